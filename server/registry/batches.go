package registry

import (
	"context"
	"errors"
	"strconv"

	"lensan/server/referral"
)

// BatchInput is what a caller sends to create or change a print batch; nil
// fields are left as they are. ID and Portal cannot be changed after creation.
type BatchInput struct {
	ID          *string
	Name        *string
	Portal      *string
	Destination *string
	Campaign    *string
	Paper       *string

	Faults referral.Faults // what is wrong with how the input was written
}

// Batches lists print batches, newest first; next is "" at the end.
func (r *Registry) Batches(ctx context.Context, a referral.Actor, p Page, f Filter) (list []referral.PrintBatch, next string, err error) {
	if err := mayRead(a); err != nil {
		return nil, "", err
	}
	f, nothing := r.narrow(a, f)
	if nothing {
		return nil, "", nil
	}
	return r.store.Batches(ctx, p, f)
}

// Batch returns ErrNotFound if there is no such batch for the actor.
func (r *Registry) Batch(ctx context.Context, a referral.Actor, id string) (b referral.PrintBatch, err error) {
	if err := mayRead(a); err != nil {
		return b, err
	}
	if b, err = r.store.FindBatch(ctx, id); err != nil {
		return b, err
	}
	return orNothing(b, r.hideBatch(a, b, func(id string) (referral.Portal, error) { return r.store.FindPortal(ctx, id) }))
}

// BatchCounts sums up the places of a batch.
func (r *Registry) BatchCounts(ctx context.Context, a referral.Actor, id string) (referral.BatchCounts, error) {
	if _, err := r.Batch(ctx, a, id); err != nil {
		return referral.BatchCounts{}, err
	}
	return r.store.BatchCounts(ctx, id)
}

// Places lists the places of a batch by position; next is "" at the end.
func (r *Registry) Places(ctx context.Context, a referral.Actor, id string, p Page) (list []referral.PrintPlace, next string, err error) {
	if _, err := r.Batch(ctx, a, id); err != nil {
		return nil, "", err
	}
	return r.store.Places(ctx, id, p)
}

// Place returns the place of a code; ErrNotFound if it belongs to no batch.
func (r *Registry) Place(ctx context.Context, a referral.Actor, code referral.Code) (p referral.PrintPlace, err error) {
	if _, err := r.Placement(ctx, a, code); err != nil {
		return p, err
	}
	return r.store.FindPlace(ctx, code)
}

// hideBatch makes a batch of another province not exist for a province's actor.
func (r *Registry) hideBatch(a referral.Actor, b referral.PrintBatch, find func(string) (referral.Portal, error)) error {
	if _, everywhere := r.own(a); everywhere {
		return nil
	}
	portal, err := find(b.Portal)
	if err == nil && !r.owns(a, portal.Province) {
		return referral.Errorf(referral.ErrNotFound, "error.batch_unknown", "id", b.ID)
	}
	return err
}

// CreateBatch creates a draft without places.
func (r *Registry) CreateBatch(ctx context.Context, a referral.Actor, in BatchInput) (b referral.PrintBatch, err error) {
	if err := mayWrite(a); err != nil {
		return b, err
	}
	err = r.write(ctx, func(tx Tx) error {
		b = referral.PrintBatch{State: referral.BatchDraft, Paper: referral.PaperA4, Destination: referral.HubID, PrintedOn: referral.NoDay,
			CreatedBy: a.String(), EditedBy: a.String(), CreatedAt: r.moment(), UpdatedAt: r.moment()}
		set(&b.ID, in.ID)
		set(&b.Portal, in.Portal)
		f := in.Faults
		if b.Portal != "" {
			if err := r.checkPortal(tx, &f, a, b.Portal); err != nil {
				return err
			}
		}
		if err := applyBatch(tx, &f, &b, in); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.InsertBatch(&b); err != nil {
			return takenAt("/id", err)
		}
		return r.record(tx, r.change(a, "batch", b.ID, "create", ""), nil, batchFields(b))
	})
	return orNothing(b, err)
}

// applyBatch changes all but id and portal and adds every fault to f.
func applyBatch(tx Tx, f *referral.Faults, b *referral.PrintBatch, in BatchInput) error {
	setText(&b.Name, in.Name)
	set(&b.Destination, in.Destination)
	set(&b.Campaign, in.Campaign)
	if in.Paper != nil {
		b.Paper = referral.Paper(*in.Paper)
	}
	if err := f.Include(b.Validate()); err != nil {
		return err
	}
	return checkLeads(tx, f, in.Destination, in.Campaign)
}

// UpdateBatch changes a draft freely; of a batch whose codes are on paper only
// name, destination and campaign, its destination with a reason. Its places
// follow. An approved batch is to be withdrawn first.
func (r *Registry) UpdateBatch(ctx context.Context, a referral.Actor, id string, in BatchInput, reason string) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "update", func(tx Tx, b *batchChange) error {
		before, f := b.PrintBatch, in.Faults
		fixed(&f, "/id", b.ID, in.ID)
		fixed(&f, "/portal", b.Portal, in.Portal)
		if err := applyBatch(tx, &f, &b.PrintBatch, in); err != nil {
			return err
		}
		b.reason = checkReason(&f, reason)
		if b.State.Locked() {
			fixed(&f, "/paper", string(before.Paper), in.Paper)
			if b.Destination != before.Destination && b.reason == "" {
				f.Add("/reason", "error.reason_required")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if !b.State.Locked() {
			if err := inState(before, referral.BatchDraft); err != nil {
				return err
			}
			b.EditedBy = a.String()
		}
		if b.Destination == before.Destination && b.Campaign == before.Campaign {
			return nil
		}
		return r.eachPlacement(tx, a, b, func(p *referral.Placement) { p.Destination, p.Campaign = b.Destination, b.Campaign })
	})
}

// eachPlacement changes the placements of a batch that are not retired, with
// their history.
func (r *Registry) eachPlacement(tx Tx, a referral.Actor, b *batchChange, change func(*referral.Placement)) error {
	places, err := tx.Places(b.ID)
	if err != nil {
		return err
	}
	for _, place := range places {
		p, err := tx.FindPlacement(place.Code)
		if err != nil {
			return err
		}
		if p.State == referral.PlacementRetired {
			continue
		}
		before := p
		change(&p)
		verb := "update"
		if p.State == referral.PlacementRetired {
			verb = "retire"
		}
		err = r.record(tx, r.change(a, "placement", string(p.Code), verb, b.reason), placementFields(before), placementFields(p))
		if errors.Is(err, errUnchanged) {
			continue
		}
		if err != nil {
			return err
		}
		b.touched++
		p.UpdatedAt = r.moment()
		if err := tx.UpdatePlacement(&p); err != nil {
			return err
		}
	}
	return nil
}

// batchChange is a batch while it is being changed.
type batchChange struct {
	referral.PrintBatch
	reason  string
	touched int // places that were changed with it
}

// changeBatch runs fn on a batch that the actor may change and writes it with
// its history.
func (r *Registry) changeBatch(ctx context.Context, a referral.Actor, id, verb string, fn func(Tx, *batchChange) error) (b referral.PrintBatch, err error) {
	if err := mayWrite(a); err != nil {
		return b, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.FindBatch(id)
		if err != nil {
			return err
		}
		if err := r.hideBatch(a, before, tx.FindPortal); err != nil {
			return err
		}
		c := batchChange{PrintBatch: before}
		if err := fn(tx, &c); err != nil {
			return err
		}
		b = c.PrintBatch
		was, is := append(batchFields(before), field{"places_changed", 0}), append(batchFields(b), field{"places_changed", c.touched})
		if err := r.record(tx, r.change(a, "batch", b.ID, verb, c.reason), was, is); err != nil {
			return err
		}
		b.UpdatedAt = r.moment()
		return tx.UpdateBatch(&b)
	})
	return orNothing(b, err)
}

// inState returns ErrConflict that names the state and those in which it goes.
func inState(b referral.PrintBatch, allowed ...referral.BatchState) error {
	for _, state := range allowed {
		if b.State == state {
			return nil
		}
	}
	return referral.Errorf(referral.ErrConflict, whatToDo[b.State], "id", b.ID)
}

// whatToDo are the texts that say what a batch in a state waits for.
var whatToDo = map[referral.BatchState]string{
	referral.BatchDraft: "error.batch_draft", referral.BatchApproved: "error.batch_approved", referral.BatchPrinted: "error.batch_printed",
	referral.BatchPlaced: "error.batch_placed", referral.BatchRetired: "error.batch_retired",
}

func batchFields(b referral.PrintBatch) []field {
	day := any(nil)
	if b.PrintedOn != referral.NoDay {
		day = b.PrintedOn
	}
	return []field{{"id", b.ID}, {"name", b.Name}, {"portal", b.Portal}, {"destination", b.Destination}, {"campaign", b.Campaign}, {"paper", b.Paper},
		{"state", b.State}, {"approved_by", b.ApprovedBy}, {"serials", serialFields(b.Serials)}, {"printed_on", day}, {"printer", b.Printer}, {"quantity", b.Quantity}}
}

func serialFields(s referral.SerialRange) []string {
	if s.Len() == 0 {
		return []string{}
	}
	return []string{s.From.String(), s.To.String()}
}

func placeFields(p referral.PrintPlace) []field {
	day := any(nil)
	if p.PlacedOn != referral.NoDay {
		day = p.PlacedOn
	}
	return []field{{"batch", p.Batch}, {"commune", p.Commune}, {"address", p.Address}, {"copies", strconv.Itoa(p.Copies)}, {"serials", serialFields(p.Serials)},
		{"placed_on", day}, {"placed_by", p.PlacedBy}}
}
