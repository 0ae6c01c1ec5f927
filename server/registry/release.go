package registry

import (
	"context"
	"slices"

	"lensan/server/referral"
)

// releaseKey is the one key of the entity "widget" in the history.
const releaseKey = "v1"

// ReleaseInput is what a caller sends to change which version of the enhancer
// is in force; nil fields are left as they are. "" is the newest version for
// Stable and none for Canary, which takes the provinces away as well.
type ReleaseInput struct {
	Stable    *string
	Canary    *string
	Provinces *[]string // today's GSO codes
}

// Release needs the role admin.
func (r *Registry) Release(ctx context.Context, a referral.Actor) (referral.Release, error) {
	if err := mayWriteDestinations(a); err != nil {
		return referral.Release{}, err
	}
	return r.store.Release(ctx)
}

// UpdateRelease needs the role admin. known are the versions that exist. A
// version on trial needs the provinces that try it.
func (r *Registry) UpdateRelease(ctx context.Context, a referral.Actor, in ReleaseInput, known []string, reason string) (referral.Release, error) {
	return r.changeRelease(ctx, a, "update", reason, func(f *referral.Faults, next *referral.Release) error {
		version := func(pointer string, to *string, from *string) {
			if from == nil {
				return
			}
			if *to = *from; *to != "" && !slices.Contains(known, *to) {
				f.Add(pointer, "error.release_unknown", "value", *to)
			}
		}
		version("/stable", &next.Stable, in.Stable)
		version("/canary", &next.Canary, in.Canary)
		if in.Provinces != nil {
			next.Provinces = nil
			for _, code := range distinct(*in.Provinces) {
				p, err := r.provinces.Find(code, referral.DayOf(r.now()))
				if err != nil {
					if err := f.AddError("/canary_provinces", err); err != nil {
						return err
					}
					continue
				}
				next.Provinces = append(next.Provinces, p.ID)
			}
		}
		if next.Canary == "" {
			next.Provinces = nil
		} else if len(next.Provinces) == 0 && (in.Provinces == nil || len(*in.Provinces) == 0) {
			f.Add("/canary_provinces", "error.required")
		}
		return nil
	})
}

// RollBackRelease ends the trial, or else puts the stable version back that was
// in force before. It needs the role admin.
func (r *Registry) RollBackRelease(ctx context.Context, a referral.Actor, reason string) (referral.Release, error) {
	return r.changeRelease(ctx, a, "roll_back", reason, func(_ *referral.Faults, next *referral.Release) error {
		if next.Canary != "" {
			next.Canary, next.Provinces = "", nil
		} else {
			next.Stable = next.Previous
		}
		return nil
	})
}

func (r *Registry) changeRelease(ctx context.Context, a referral.Actor, verb, reason string, change func(*referral.Faults, *referral.Release) error) (next referral.Release, err error) {
	if err := mayWriteDestinations(a); err != nil {
		return next, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.Release()
		if err != nil {
			return err
		}
		next = before
		var f referral.Faults
		reason := checkReason(&f, reason)
		if err := change(&f, &next); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if next.Stable != before.Stable {
			next.Previous = before.Stable
		}
		if err := r.record(tx, r.change(a, "widget", releaseKey, verb, reason), r.releaseFields(before), r.releaseFields(next)); err != nil {
			return err
		}
		next.UpdatedAt = r.moment()
		return tx.UpdateRelease(next)
	})
	return orNothing(next, err)
}

func (r *Registry) releaseFields(x referral.Release) []field {
	return []field{{"stable", x.Stable}, {"canary", x.Canary}, {"canary_provinces", texts(r.ProvinceCodes(x.Provinces))}}
}

// ProvinceCodes returns the GSO codes of provinces, those left out that do not exist.
func (r *Registry) ProvinceCodes(ids []referral.ProvinceID) (codes []string) {
	for _, id := range ids {
		if p := r.provinces.ByID(id); p != nil {
			codes = append(codes, p.Code)
		}
	}
	return codes
}
