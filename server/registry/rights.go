package registry

import (
	"slices"

	"lensan/server/referral"
)

// The rules of who may do what:
//   - admin and editor: everything here, but only an admin changes destinations;
//   - province: portals and placements of its own province, its predecessors and
//     its successors; anything else is ErrNotFound, as if it did not exist;
//   - viewer, marketplace: nothing (ErrForbidden);
//   - what becomes of the portals of ended provinces: admin and editor alone.
//
// A viewer reads everything; a province reads its own portals and placements.

var errForbidden = referral.Errorf(referral.ErrForbidden, "error.forbidden")

// mayWrite says whether the role may change portals and placements at all.
func mayWrite(a referral.Actor) error {
	switch a.Role {
	case referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince:
		return nil
	}
	return errForbidden
}

func mayWriteCampaigns(a referral.Actor) error {
	if a.Role == referral.RoleAdmin || a.Role == referral.RoleEditor {
		return nil
	}
	return errForbidden
}

// mayDecide says whether the role may decide what becomes of portals whose
// province has ended: of several provinces, so that none does it alone.
func mayDecide(a referral.Actor) error { return mayWriteCampaigns(a) }

func mayWriteDestinations(a referral.Actor) error {
	if a.Role == referral.RoleAdmin {
		return nil
	}
	return errForbidden
}

func mayRead(a referral.Actor) error {
	if a.Role == referral.RoleViewer {
		return nil
	}
	return mayWrite(a)
}

// own returns the provinces of a province's actor: its own, its predecessors
// and its successors; everywhere is true for actors without such a limit.
func (r *Registry) own(a referral.Actor) (ids []referral.ProvinceID, everywhere bool) {
	if a.Role != referral.RoleProvince {
		return nil, true
	}
	ids = r.provinces.Lineage(a.Province)
	for p := r.provinces.ByID(a.Province); p != nil && p.Successor != 0; p = r.provinces.ByID(p.Successor) {
		ids = append(ids, p.Successor)
	}
	return ids, false
}

func (r *Registry) owns(a referral.Actor, province referral.ProvinceID) bool {
	ids, everywhere := r.own(a)
	return everywhere || slices.Contains(ids, province)
}

// narrow completes a filter with the provinces that it and the actor allow;
// nothing is true if no row can be left.
func (r *Registry) narrow(a referral.Actor, f Filter) (narrowed Filter, nothing bool) {
	own, everywhere := r.own(a)
	f.Provinces = nil
	if f.Province != 0 {
		f.Provinces = r.provinces.Lineage(f.Province)
		nothing = len(f.Provinces) == 0
	}
	if everywhere {
		return f, nothing
	}
	if f.Province == 0 {
		f.Provinces = own
	} else {
		f.Provinces = slices.DeleteFunc(f.Provinces, func(id referral.ProvinceID) bool { return !slices.Contains(own, id) })
	}
	return f, len(f.Provinces) == 0
}
