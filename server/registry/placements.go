package registry

import (
	"context"
	"errors"
	"fmt"

	"lensan/server/referral"
)

// Placements lists placements, newest first; next is "" at the end.
func (r *Registry) Placements(ctx context.Context, a referral.Actor, p Page, f Filter) (list []referral.Placement, next string, err error) {
	if err := mayRead(a); err != nil {
		return nil, "", err
	}
	f, nothing := r.narrow(a, f)
	if nothing {
		return nil, "", nil
	}
	return r.store.Placements(ctx, p, f)
}

// Placement returns ErrNotFound if there is no such placement for the actor.
func (r *Registry) Placement(ctx context.Context, a referral.Actor, code referral.Code) (p referral.Placement, err error) {
	if err := mayRead(a); err != nil {
		return p, err
	}
	if p, err = r.store.FindPlacement(ctx, code); err != nil {
		return p, err
	}
	return orNothing(p, r.hidePlacement(a, p, func(id string) (referral.Portal, error) { return r.store.FindPortal(ctx, id) }))
}

// hidePlacement makes a placement of another province not exist for a
// province's actor.
func (r *Registry) hidePlacement(a referral.Actor, p referral.Placement, find func(string) (referral.Portal, error)) error {
	if _, everywhere := r.own(a); everywhere {
		return nil
	}
	portal, err := find(p.Portal)
	if err == nil && !r.owns(a, portal.Province) {
		return referral.Errorf(referral.ErrNotFound, "error.code_unknown", "code", string(p.Code))
	}
	return err
}

// CreatePlacement creates an open placement (or in the state asked for) under
// a new code.
func (r *Registry) CreatePlacement(ctx context.Context, a referral.Actor, in PlacementInput) (p referral.Placement, err error) {
	if err := mayWrite(a); err != nil {
		return p, err
	}
	err = r.write(ctx, func(tx Tx) (err error) {
		p, err = r.insertPlacement(tx, a, in)
		return err
	})
	return orNothing(p, err)
}

func (r *Registry) insertPlacement(tx Tx, a referral.Actor, in PlacementInput) (p referral.Placement, err error) {
	p.State = referral.PlacementOpen
	set(&p.Portal, in.Portal)
	if in.Kind != nil {
		p.Kind = referral.PlacementKind(*in.Kind)
	}
	f := in.Faults
	if p.Portal != "" {
		if err := r.checkPortal(tx, &f, a, p.Portal); err != nil {
			return p, err
		}
	}
	if err := applyPlacement(tx, &f, &p, in); err != nil {
		return p, err
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	p.CreatedAt = r.moment()
	p.UpdatedAt = p.CreatedAt
	if err := r.insertUnderNewCode(tx, &p); err != nil {
		return p, err
	}
	return p, r.record(tx, r.change(a, "placement", string(p.Code), "create", ""), nil, placementFields(p))
}

func (r *Registry) checkPortal(tx Tx, f *referral.Faults, a referral.Actor, id string) error {
	portal, err := tx.FindPortal(id)
	if err := r.hide(a, portal, err); err != nil {
		return faultIfMissing(f, "/portal", err)
	}
	if portal.MergedInto != "" {
		f.Add("/portal", "error.portal_merged", "id", portal.ID, "into", portal.MergedInto)
	}
	return nil
}

// insertUnderNewCode draws codes until one is free: of 24.3 million, so that a
// second draw is rare and a tenth means that something else is wrong.
func (r *Registry) insertUnderNewCode(tx Tx, p *referral.Placement) error {
	const draws = 20
	for range draws {
		p.Code = r.newCode()
		if err := tx.InsertPlacement(p); !errors.Is(err, referral.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("no free code in %d draws: %w", draws, referral.ErrUnavailable)
}

// UpdatePlacement changes a placement. Changing the destination of one of kind
// qr needs a reason.
func (r *Registry) UpdatePlacement(ctx context.Context, a referral.Actor, code referral.Code, in PlacementInput, reason string) (p referral.Placement, err error) {
	if err := mayWrite(a); err != nil {
		return p, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.FindPlacement(code)
		if err != nil {
			return err
		}
		if err := r.hidePlacement(a, before, tx.FindPortal); err != nil {
			return err
		}
		p = before
		if err := in.check(placementFields(before)); err != nil {
			return err
		}
		f := in.Faults
		fixed(&f, "/portal", p.Portal, in.Portal)
		fixed(&f, "/kind", string(p.Kind), in.Kind)
		if err := applyPlacement(tx, &f, &p, in); err != nil {
			return err
		}
		reason := checkReason(&f, reason)
		if p.Kind == referral.PlacementQR && p.Destination != before.Destination && reason == "" {
			f.Add("/reason", "error.reason_required")
		}
		if err := r.renameInBatch(tx, &f, a, before, in); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		verb := "update"
		if p.State == referral.PlacementRetired && before.State != p.State {
			verb = "retire"
		}
		if err := r.record(tx, r.change(a, "placement", string(p.Code), in.verb(verb), reason), placementFields(before), placementFields(p)); err != nil {
			return err
		}
		p.UpdatedAt = r.moment()
		return tx.UpdatePlacement(&p)
	})
	return orNothing(p, err)
}

// renameInBatch refuses to rename a code that is on paper or approved for it,
// and notes who renames one of a draft, as a change of its place would.
func (r *Registry) renameInBatch(tx Tx, f *referral.Faults, a referral.Actor, p referral.Placement, in PlacementInput) error {
	if in.Label == nil || tidy(*in.Label) == p.Label {
		return nil
	}
	place, err := tx.FindPlace(p.Code)
	if errors.Is(err, referral.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	batch, err := tx.FindBatch(place.Batch)
	switch {
	case err != nil:
		return err
	case batch.State.Locked():
		f.Add("/label", "error.batch_locked", "id", batch.ID)
	case batch.State == referral.BatchApproved:
		f.Add("/label", "error.batch_approved", "id", batch.ID)
	case batch.State == referral.BatchDraft:
		batch.EditedBy, batch.UpdatedAt = a.String(), r.moment()
		return tx.UpdateBatch(&batch)
	}
	return nil
}

// applyPlacement changes all but portal and kind and adds every fault to f.
func applyPlacement(tx Tx, f *referral.Faults, p *referral.Placement, in PlacementInput) error {
	set(&p.Destination, in.Destination)
	set(&p.Campaign, in.Campaign)
	setText(&p.Label, in.Label)
	if in.State != nil {
		p.State = referral.PlacementState(*in.State)
	}
	if err := f.Include(p.Validate()); err != nil {
		return err
	}
	return checkLeads(tx, f, in.Destination, in.Campaign)
}

// checkLeads adds a fault for a destination or campaign of an input that does
// not exist.
func checkLeads(tx Tx, f *referral.Faults, destination, campaign *string) error {
	if destination != nil && *destination != "" && *destination != referral.HubID {
		if _, err := tx.FindDestination(*destination); err != nil {
			if err := faultIfMissing(f, "/destination", err); err != nil {
				return err
			}
		}
	}
	if campaign != nil && *campaign != "" {
		if _, err := tx.FindCampaign(*campaign); err != nil {
			return faultIfMissing(f, "/campaign", err)
		}
	}
	return nil
}

// faultIfMissing makes ErrNotFound the fault of a field; other errors it returns.
func faultIfMissing(f *referral.Faults, pointer string, err error) error {
	if errors.Is(err, referral.ErrNotFound) {
		return f.AddError(pointer, err)
	}
	return err
}
