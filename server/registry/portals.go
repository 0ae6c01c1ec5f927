package registry

import (
	"context"

	"lensan/server/referral"
)

// Portals lists portals by id; next is "" at the end.
func (r *Registry) Portals(ctx context.Context, a referral.Actor, p Page, f Filter) (list []referral.Portal, next string, err error) {
	if err := mayRead(a); err != nil {
		return nil, "", err
	}
	f, nothing := r.narrow(a, f)
	if nothing {
		return nil, "", nil
	}
	return r.store.Portals(ctx, p, f)
}

// Portal returns ErrNotFound if there is no such portal for the actor.
func (r *Registry) Portal(ctx context.Context, a referral.Actor, id string) (p referral.Portal, err error) {
	if err := mayRead(a); err != nil {
		return p, err
	}
	p, err = r.store.FindPortal(ctx, id)
	return orNothing(p, r.hide(a, p, err))
}

// hide makes a portal of another province not exist for a province's actor.
func (r *Registry) hide(a referral.Actor, p referral.Portal, err error) error {
	if err == nil && !r.owns(a, p.Province) {
		return referral.Errorf(referral.ErrNotFound, "error.portal_unknown", "id", p.ID)
	}
	return err
}

// CreatePortal creates a portal; its province is the holder of the code on ProvinceOn.
func (r *Registry) CreatePortal(ctx context.Context, a referral.Actor, in PortalInput) (p referral.Portal, err error) {
	if err := mayWrite(a); err != nil {
		return p, err
	}
	err = r.write(ctx, func(tx Tx) (err error) {
		p, err = r.insertPortal(tx, a, in)
		return err
	})
	return orNothing(p, err)
}

func (r *Registry) insertPortal(tx Tx, a referral.Actor, in PortalInput) (p referral.Portal, err error) {
	f := in.Faults
	set(&p.ID, in.ID)
	if in.Province == nil {
		f.Add("/province", "error.required")
	}
	if err := r.applyPortal(&f, a, &p, in); err != nil {
		return p, err
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	p.CreatedAt = r.moment()
	p.UpdatedAt = p.CreatedAt
	if err := tx.InsertPortal(&p); err != nil {
		return p, takenAt("/id", err)
	}
	return p, r.record(tx, r.change(a, "portal", p.ID, "create", ""), nil, r.portalFields(p))
}

// UpdatePortal changes what the input names. A change of the province corrects
// the registration, as of its first day.
func (r *Registry) UpdatePortal(ctx context.Context, a referral.Actor, id string, in PortalInput, reason string) (p referral.Portal, err error) {
	if err := mayWrite(a); err != nil {
		return p, err
	}
	err = r.write(ctx, func(tx Tx) (err error) {
		p, err = r.updatePortal(tx, a, id, in, reason)
		return err
	})
	return orNothing(p, err)
}

func (r *Registry) updatePortal(tx Tx, a referral.Actor, id string, in PortalInput, reason string) (p referral.Portal, err error) {
	before, err := tx.FindPortal(id)
	if err := r.hide(a, before, err); err != nil {
		return p, err
	}
	p = before
	f := in.Faults
	if err := in.check(r.portalFields(before)); err != nil {
		return p, err
	}
	fixed(&f, "/id", p.ID, in.ID)
	if in.mergedInto != nil && *in.mergedInto != "" {
		if err := r.checkMerge(tx, &f, a, "", before, *in.mergedInto); err != nil {
			return p, err
		}
	}
	set(&p.MergedInto, in.mergedInto)
	if in.Province == nil && in.ProvinceOn != nil {
		f.Add("/province", "error.required")
	}
	if err := r.applyPortal(&f, a, &p, in); err != nil {
		return p, err
	}
	if p.Province != before.Province {
		p.Former = 0
	}
	set(&p.Former, in.former)
	set(&p.Kept, in.kept)
	reason = checkReason(&f, reason)
	if err := f.Err(); err != nil {
		return p, err
	}
	if err := r.record(tx, r.change(a, "portal", p.ID, in.verb("update"), reason), r.portalFields(before), r.portalFields(p)); err != nil {
		return p, err
	}
	p.UpdatedAt = r.moment()
	return p, tx.UpdatePortal(&p)
}

// applyPortal changes all but the ID and adds every fault to f.
func (r *Registry) applyPortal(f *referral.Faults, a referral.Actor, p *referral.Portal, in PortalInput) error {
	setText(&p.Name, in.Name)
	setText(&p.ContactEmail, in.ContactEmail)
	if in.Hosts != nil {
		p.Hosts = tidyHosts(*in.Hosts)
	}
	if in.Pages != nil {
		p.Pages = tidyPages(*in.Pages)
	}
	if in.Province != nil && !f.Has("/province_on") {
		if err := r.applyProvince(f, a, p, in); err != nil {
			return err
		}
	}
	if err := f.Include(p.Validate()); err != nil {
		return err
	}
	p.Hosts, p.Pages = distinct(p.Hosts), distinct(p.Pages)
	return nil
}

func (r *Registry) applyProvince(f *referral.Faults, a referral.Actor, p *referral.Portal, in PortalInput) error {
	today := referral.DayOf(r.now())
	day := today
	if in.ProvinceOn != nil && *in.ProvinceOn != referral.NoDay {
		day = *in.ProvinceOn
	}
	if day > today {
		f.Add("/province_on", "error.day_future")
		return nil
	}
	if *in.Province == "" {
		f.Add("/province", "error.required")
		return nil
	}
	province, err := r.provinces.Find(*in.Province, day)
	if err != nil {
		return f.AddError("/province", err)
	}
	if !r.owns(a, province.ID) {
		f.Add("/province", "error.province_foreign", "code", province.Code, "name", province.NameVi)
	}
	p.Province = province.ID
	return nil
}

// MergePortal makes portal id part of portal into; codes and history of both
// stay, and placements stay with the portal that they were made for. A portal
// can be merged once, and not into one that is itself merged.
func (r *Registry) MergePortal(ctx context.Context, a referral.Actor, id, into, reason string) (p referral.Portal, err error) {
	if err := mayWrite(a); err != nil {
		return p, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.FindPortal(id)
		if err := r.hide(a, before, err); err != nil {
			return err
		}
		p = before
		p.MergedInto = into
		var f referral.Faults
		if err := r.checkMerge(tx, &f, a, "", before, into); err != nil {
			return err
		}
		reason := checkReason(&f, reason)
		if err := f.Err(); err != nil {
			return err
		}
		if err := r.record(tx, r.change(a, "portal", p.ID, "merge", reason), r.portalFields(before), r.portalFields(p)); err != nil {
			return err
		}
		p.UpdatedAt = r.moment()
		return tx.UpdatePortal(&p)
	})
	return orNothing(p, err)
}

// checkMerge needs no search for circles: into is not merged, so nothing leads
// from it back to p. Faults are of "/into", with at before it.
func (r *Registry) checkMerge(tx Tx, f *referral.Faults, a referral.Actor, at string, p referral.Portal, into string) error {
	at += "/into"
	switch {
	case into == "":
		f.Add(at, "error.required")
		return nil
	case into == p.ID:
		f.Add(at, "error.merge_self")
		return nil
	case p.MergedInto == into:
		return nil
	case p.MergedInto != "":
		return referral.Errorf(referral.ErrConflict, "error.portal_merged", "id", p.ID, "into", p.MergedInto)
	}
	target, err := tx.FindPortal(into)
	if err := r.hide(a, target, err); err != nil {
		return faultIfMissing(f, at, err)
	}
	if target.MergedInto != "" {
		f.Add(at, "error.portal_merged", "id", target.ID, "into", target.MergedInto)
	}
	return nil
}
