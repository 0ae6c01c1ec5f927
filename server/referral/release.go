package referral

import (
	"slices"
	"strings"
	"time"
)

// Release says which version of the enhancer pages get from its evergreen
// address. Versions are named by the checksum in their own address, "1a2b3c4d5e".
type Release struct {
	Stable    string       // "": the newest that is built in
	Previous  string       // what Stable was before
	Canary    string       // "": none is on trial
	Provinces []ProvinceID // today's, whose portals get Canary
	UpdatedAt time.Time
}

// For returns the version for a page of a province, of which nil stands for
// pages that nobody knows.
func (r Release) For(p *Province) string {
	if r.Canary != "" && p != nil && slices.Contains(r.Provinces, p.ID) {
		return r.Canary
	}
	return r.Stable
}

// Release returns which version of the enhancer is in force.
func (l *Links) Release() Release { return l.release }

// PortalAt returns the portal that a host is registered for, with or without
// "www."; nil if there is none.
func (l *Links) PortalAt(host string) *LinkPortal { return l.byHost[bareHost(host)] }

func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
