package registry

import "lensan/server/referral"

// DrawCodes makes the registry draw its codes from draw.
func (r *Registry) DrawCodes(draw func() referral.Code) { r.newCode = draw }

// Tidy and ReadTable are tested by themselves.
var Tidy = tidy

// ReadBefore reports whether an undo understands what a change replaced.
func ReadBefore(raw []byte) bool { _, err := readBefore(raw); return err == nil }
