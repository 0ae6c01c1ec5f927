package registry

import (
	"context"
	"io"

	"lensan/server/referral"
)

// ImportPortals and ImportPlacements read CSV with a header (UTF-8, with or
// without BOM; comma or semicolon) and write all rows or none; every fault is
// reported with its line and column.
func (r *Registry) ImportPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error) {
	panic("skeleton")
}

// ImportPlacements likewise.
func (r *Registry) ImportPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error) {
	panic("skeleton")
}
