package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lensan/server/referral"
)

// Destinations returns all destinations by position, then id.
func (r *Registry) Destinations(ctx context.Context) ([]referral.Destination, error) {
	return r.store.Destinations(ctx)
}

// Destination returns ErrNotFound if there is no such destination.
func (r *Registry) Destination(ctx context.Context, id string) (referral.Destination, error) {
	return r.store.FindDestination(ctx, id)
}

// CreateDestination needs the role admin. Without a position the destination
// comes last.
func (r *Registry) CreateDestination(ctx context.Context, a referral.Actor, in DestinationInput) (d referral.Destination, err error) {
	if err := mayWriteDestinations(a); err != nil {
		return d, err
	}
	err = r.write(ctx, func(tx Tx) error {
		others, err := tx.Destinations()
		if err != nil {
			return err
		}
		for _, other := range others {
			d.Position = max(d.Position, other.Position+1)
		}
		set(&d.ID, in.ID)
		in.apply(&d)
		f := in.Faults
		if err := checkDestination(&f, &d, others); err != nil {
			return err
		}
		d.UpdatedAt = r.moment()
		if err := tx.InsertDestination(&d); err != nil {
			return takenAt("/id", err)
		}
		return r.record(tx, r.change(a, "destination", d.ID, "create", ""), nil, destinationFields(d))
	})
	return orNothing(d, err)
}

// UpdateDestination needs the role admin.
func (r *Registry) UpdateDestination(ctx context.Context, a referral.Actor, id string, in DestinationInput, reason string) (d referral.Destination, err error) {
	if err := mayWriteDestinations(a); err != nil {
		return d, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.FindDestination(id)
		if err != nil {
			return err
		}
		others, err := tx.Destinations()
		if err != nil {
			return err
		}
		d = before
		if err := in.check(destinationFields(before)); err != nil {
			return err
		}
		f := in.Faults
		fixed(&f, "/id", d.ID, in.ID)
		in.apply(&d)
		reason := checkReason(&f, reason)
		if err := checkDestination(&f, &d, others); err != nil {
			return err
		}
		if err := r.record(tx, r.change(a, "destination", d.ID, in.verb("update"), reason), destinationFields(before), destinationFields(d)); err != nil {
			return err
		}
		d.UpdatedAt = r.moment()
		return tx.UpdateDestination(&d)
	})
	return orNothing(d, err)
}

// apply changes all but the ID.
func (in *DestinationInput) apply(d *referral.Destination) {
	if in.Kind != nil {
		d.Kind = referral.Kind(*in.Kind)
	}
	setText(&d.Name.Vi, in.NameVi)
	setText(&d.Name.En, in.NameEn)
	before := d.URL
	setText(&d.URL, in.URL)
	if d.URL != before {
		d.Confirmed = false
	}
	if in.PassParams != nil {
		d.PassParams = distinct(*in.PassParams)
	}
	set(&d.FallbackID, in.FallbackID)
	set(&d.Confirmed, in.Confirmed)
	set(&d.Paused, in.Paused)
	set(&d.Position, in.Position)
}

// checkDestination returns all faults of d, f's among them. others are the
// destinations as stored.
func checkDestination(f *referral.Faults, d *referral.Destination, others []referral.Destination) error {
	if err := f.Include(d.Validate()); err != nil {
		return err
	}
	if d.Position < -maxPosition || d.Position > maxPosition {
		f.Add("/position", "error.position")
	}
	next := map[string]string{}
	for _, other := range others {
		next[other.ID] = other.FallbackID
	}
	if d.FallbackID != "" && d.FallbackID != d.ID {
		if _, ok := next[d.FallbackID]; !ok {
			f.Add("/fallback_id", "error.destination_unknown", "id", d.FallbackID)
		}
		passed := []string{d.ID}
		for id := d.FallbackID; id != ""; id = next[id] {
			if slices.Contains(passed, id) {
				f.Add("/fallback_id", "error.fallback_circle", "value", d.FallbackID)
				break
			}
			passed = append(passed, id)
		}
	}
	return f.Err()
}

const maxPosition = 10_000

// Seed inserts the destinations that are missing and leaves the others as an
// admin may have changed them. It is idempotent.
func (r *Registry) Seed(ctx context.Context, destinations []referral.Destination) error {
	system := referral.Actor{Kind: "system", Role: referral.RoleAdmin}
	err := r.write(ctx, func(tx Tx) error {
		inserted := false
		for _, d := range destinations {
			if _, err := tx.FindDestination(d.ID); err == nil {
				continue
			} else if !errors.Is(err, referral.ErrNotFound) {
				return err
			}
			others, err := tx.Destinations()
			if err != nil {
				return err
			}
			var f referral.Faults
			if err := checkDestination(&f, &d, others); err != nil {
				return fmt.Errorf("%q: %w", d.ID, err)
			}
			d.UpdatedAt = r.moment()
			if err := tx.InsertDestination(&d); err != nil {
				return err
			}
			if err := r.record(tx, r.change(system, "destination", d.ID, "create", ""), nil, destinationFields(d)); err != nil {
				return err
			}
			inserted = true
		}
		if !inserted {
			return errUnchanged
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seed destinations: %w", err)
	}
	return nil
}
