package dashboard

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/stats"
)

// scope is what a page's numbers are narrowed to. All of it lives in the
// address, so that a page can be kept and sent.
type scope struct {
	period     period
	boundaries stats.Boundaries
	filter     stats.Filter          // without the province, which is in within
	within     []referral.ProvinceID // nil for all
	province   *referral.Province    // asked for, or the one that the account is limited to
	portal     *referral.Portal
	placement  *referral.Placement
	batch      *referral.PrintBatch
	fault      string // of the period, as a text
}

// filterNames are the parameters of the address that narrow, as they are
// written there; the first of them are also the steps of the way down.
var filterNames = []string{"province", "portal", "placement", "destination", "channel", "campaign", "device", "os", "browser", "app", "host", "batch"}

// longestFilter bounds a value, in bytes; hosts are the longest.
const longestFilter = 253

// readScope reads the address. What it names must exist and be the account's to
// see: what is another's is as unknown as what does not exist.
func (v *visit) readScope() (s scope, err error) {
	q := v.query
	var fault string
	s.period, fault = readPeriod(periodQuery{q.Get("period"), q.Get("from"), q.Get("to"), q.Get("compare")}, v.today())
	if fault != "" {
		s.fault = v.l.T(fault)
	}
	s.boundaries = stats.BoundariesCurrent
	if q.Get("boundaries") == string(stats.BoundariesRecorded) {
		s.boundaries = stats.BoundariesRecorded
	}
	var faults referral.Faults
	s.filter = readFilter(q, &faults)
	if err := v.readProvince(&s, &faults); err != nil {
		return s, err
	}
	if err := v.readPlace(&s, &faults); err != nil {
		return s, err
	}
	return s, faults.Err()
}

func readFilter(q url.Values, faults *referral.Faults) (f stats.Filter) {
	for name, into := range map[string]*string{"portal": &f.Portal, "placement": &f.Placement, "destination": &f.Destination, "channel": &f.Channel,
		"campaign": &f.Campaign, "device": &f.Device, "os": &f.OS, "browser": &f.Browser, "app": &f.App, "host": &f.ReferrerHost, "batch": &f.Batch} {
		if *into = q.Get(name); len(*into) > longestFilter || strings.ContainsRune(*into, 0) {
			faults.Add("/"+name, "overview.scope.unreadable")
			*into = ""
		}
	}
	return f
}

// readProvince narrows to a province. In the address it is a code, which
// stands for all that became part of its holder of today, or a code and the
// first day of one of its holders, 91~2008-08-01. As recorded that stands for
// this holder alone, by today's boundaries for what has become of it.
func (v *visit) readProvince(s *scope, faults *referral.Faults) error {
	provinces := v.d.Registry.Provinces()
	asked := v.query.Get("province")
	s.province, s.within = v.ownProvince()
	if asked == "" {
		return nil
	}
	p, err := findProvince(provinces, asked, v.today())
	if err != nil {
		return faults.AddError("/province", err)
	}
	ids := []referral.ProvinceID{p.ID}
	if s.boundaries == stats.BoundariesCurrent || !strings.Contains(asked, "~") {
		p = provinces.Follow(p.ID, v.today())
		ids = provinces.Lineage(p.ID)
	}
	if s.within != nil && slices.ContainsFunc(ids, func(id referral.ProvinceID) bool { return !slices.Contains(s.within, id) }) {
		faults.Add("/province", "error.province_unknown", "code", p.Code)
		return nil
	}
	s.province, s.within = p, ids
	return nil
}

// ownProvince returns the province, as it is today, that an account is limited
// to, and all that became part of it; nil and nil for any other account.
func (v *visit) ownProvince() (*referral.Province, []referral.ProvinceID) {
	if !v.is(referral.RoleProvince) {
		return nil, nil
	}
	provinces := v.d.Registry.Provinces()
	p := provinces.Follow(v.session.Account.Province, v.today())
	if p == nil {
		return nil, []referral.ProvinceID{}
	}
	return p, provinces.Lineage(p.ID)
}

// findProvince reads a province of an address.
func findProvince(ps *referral.Provinces, key string, today referral.Day) (*referral.Province, error) {
	code, since, exact := strings.Cut(key, "~")
	if !exact {
		return ps.Find(code, today)
	}
	day, err := referral.ParseDay(since)
	if err != nil {
		return nil, referral.Errorf(referral.ErrNotFound, "error.province_unknown", "code", code)
	}
	all := ps.All()
	for i := range all {
		if all[i].Code == code && all[i].ValidFrom == day {
			return &all[i], nil
		}
	}
	return nil, referral.Errorf(referral.ErrNotFound, "error.province_unknown", "code", code)
}

// provinceKey writes a province into an address within this scope.
func (s *scope) provinceKey(p *referral.Province) string {
	if s.boundaries == stats.BoundariesRecorded {
		return p.Code + "~" + p.ValidFrom.String()
	}
	return p.Code
}

// readPlace looks portal, batch and placement up; the portal that a batch or
// placement belongs to is the page's as well.
func (v *visit) readPlace(s *scope, faults *referral.Faults) error {
	if s.filter.Placement != "" {
		code, err := referral.ParseCode(s.filter.Placement)
		if err == nil {
			var p referral.Placement
			if p, err = v.d.Registry.Placement(v.ctx(), v.actor(), code); err == nil {
				s.placement = &p
			}
		}
		if err := unknownTo(faults, "/placement", err); err != nil {
			return err
		}
	}
	id := s.filter.Portal
	if s.filter.Batch != "" {
		b, err := v.d.Registry.Batch(v.ctx(), v.actor(), s.filter.Batch)
		if err == nil {
			s.batch = &b
			id = cmp.Or(id, b.Portal)
		}
		if err := unknownTo(faults, "/batch", err); err != nil {
			return err
		}
	}
	if s.placement != nil {
		id = cmp.Or(id, s.placement.Portal)
	}
	if id == "" {
		return nil
	}
	p, err := v.d.Registry.Portal(v.ctx(), v.actor(), id)
	if err == nil {
		s.portal = &p
	}
	return unknownTo(faults, "/portal", err)
}

// unknownTo makes what is wrong with a parameter a fault; other errors it returns.
func unknownTo(faults *referral.Faults, field string, err error) error {
	if err == nil || errors.Is(err, referral.ErrNotFound) || errors.Is(err, referral.ErrInvalid) {
		return faults.AddError(field, err)
	}
	return err
}

// placed says whether the page is about one portal, batch or placement, where
// devices are kept by the month alone.
func (s *scope) placed() bool { return s.filter.Portal+s.filter.Batch+s.filter.Placement != "" }

// query is a question within the scope.
func (s *scope) query(by stats.GroupBy, from, to referral.Day, lang string) stats.Query {
	return stats.Query{From: from, To: to, GroupBy: by, Boundaries: s.boundaries, Filter: s.filter, Within: s.within, Lang: lang}
}
