package registry

import (
	"context"
	"strconv"
	"time"

	"lensan/server/referral"
)

// ApproveBatch gives a draft its serial numbers. It takes a second person:
// neither who created the batch nor who changed it last.
func (r *Registry) ApproveBatch(ctx context.Context, a referral.Actor, id string) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "approve", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchDraft); err != nil {
			return err
		}
		if who := a.String(); who == b.CreatedBy || who == b.EditedBy {
			return referral.Errorf(referral.ErrForbidden, "error.batch_second_person")
		}
		places, err := openPlaces(tx, b.ID)
		if err != nil {
			return err
		}
		sheets := int64(0)
		for _, p := range places {
			sheets += int64(p.Copies)
		}
		if sheets == 0 {
			return referral.Errorf(referral.ErrConflict, "error.batch_empty", "id", b.ID)
		}
		if b.Serials, err = tx.TakeSerials(sheets); err != nil {
			return err
		}
		next := b.Serials.From
		for i := range places {
			p := &places[i]
			p.Serials = referral.SerialRange{From: next, To: next + referral.Serial(p.Copies) - 1}
			next = p.Serials.To + 1
			if err := tx.UpdatePlace(p); err != nil {
				return err
			}
		}
		b.State, b.ApprovedBy, b.ApprovedAt = referral.BatchApproved, a.String(), r.moment()
		return nil
	})
}

// openPlaces returns the places whose codes are not retired.
func openPlaces(tx Tx, batch string) (open []referral.PrintPlace, err error) {
	places, err := tx.Places(batch)
	for _, p := range places {
		if p.State != referral.PlacementRetired {
			open = append(open, p)
		}
	}
	return open, err
}

// WithdrawBatch makes an approved batch a draft again. Its serial numbers are
// not given out again.
func (r *Registry) WithdrawBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "withdraw", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchApproved); err != nil {
			return err
		}
		b.reason, err = mustReason(reason)
		if err != nil {
			return err
		}
		places, err := tx.Places(b.ID)
		if err != nil {
			return err
		}
		for i := range places {
			if places[i].Serials.Len() == 0 {
				continue
			}
			places[i].Serials = referral.SerialRange{}
			if err := tx.UpdatePlace(&places[i]); err != nil {
				return err
			}
		}
		b.State, b.Serials, b.ApprovedBy, b.ApprovedAt = referral.BatchDraft, referral.SerialRange{}, "", time.Time{}
		return nil
	})
}

func mustReason(reason string) (string, error) {
	var f referral.Faults
	reason = checkReason(&f, reason)
	if reason == "" {
		f.Add("/reason", "error.reason_missing")
	}
	return reason, f.Err()
}

// PrintInput says what came from the printer's. Quantity nil stands for all
// sheets, PrintedOn nil for today.
type PrintInput struct {
	PrintedOn *referral.Day
	Printer   *string
	Quantity  *int

	Faults referral.Faults
}

// PrintBatch notes that an approved batch was printed. From then on its codes
// are locked.
func (r *Registry) PrintBatch(ctx context.Context, a referral.Actor, id string, in PrintInput) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "print", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchApproved); err != nil {
			return err
		}
		b.PrintedOn, b.Quantity = referral.DayOf(r.now()), int(b.Serials.Len())
		f := in.Faults
		set(&b.PrintedOn, in.PrintedOn)
		setText(&b.Printer, in.Printer)
		set(&b.Quantity, in.Quantity)
		if b.Quantity < 1 || int64(b.Quantity) > b.Serials.Len() {
			f.Add("/quantity", "error.range", "min", "1", "max", strconv.FormatInt(b.Serials.Len(), 10))
		}
		if b.Printer == "" {
			f.Add("/printer", "error.required")
		}
		r.checkPast(&f, "/printed_on", b.PrintedOn)
		if err := f.Include(b.Validate()); err != nil {
			return err
		}
		b.State = referral.BatchPrinted
		return f.Err()
	})
}

// checkPast refuses a day that is still to come.
func (r *Registry) checkPast(f *referral.Faults, pointer string, day referral.Day) {
	if day > referral.DayOf(r.now()) {
		f.Add(pointer, "error.day_future")
	}
}

// PlacedInput says when and where a place got its posters. On NoDay takes that
// back. Commune and Address replace what was planned.
type PlacedInput struct {
	On      *referral.Day // nil: today
	Commune *string
	Address *string

	Faults referral.Faults
}

// PlacePlace notes that the posters of a place hang. A batch whose places all
// have theirs is placed; it is printed again when one is taken back.
func (r *Registry) PlacePlace(ctx context.Context, a referral.Actor, id string, code referral.Code, in PlacedInput) (place referral.PrintPlace, err error) {
	_, err = r.changeBatch(ctx, a, id, "place", func(tx Tx, b *batchChange) (err error) {
		if place, err = tx.FindPlace(code); err != nil {
			return err
		}
		if place.Batch != b.ID {
			return referral.Errorf(referral.ErrNotFound, "error.place_unknown", "code", string(code))
		}
		if err := inState(b.PrintBatch, referral.BatchPrinted, referral.BatchPlaced); err != nil {
			return err
		}
		before, f := place, in.Faults
		place.PlacedOn, place.PlacedBy = referral.DayOf(r.now()), a.String()
		set(&place.PlacedOn, in.On)
		if place.PlacedOn == referral.NoDay {
			place.PlacedBy = ""
		} else {
			r.checkPast(&f, "/on", place.PlacedOn)
		}
		setText(&place.Commune, in.Commune)
		setText(&place.Address, in.Address)
		if err := f.Include(place.Validate()); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := r.record(tx, r.change(a, "placement", string(code), "place", ""), placeFields(before), placeFields(place)); err != nil {
			return err
		}
		if err := tx.UpdatePlace(&place); err != nil {
			return err
		}
		b.touched = 1
		return r.settleBatch(tx, b)
	})
	return orNothing(place, err)
}

// PlaceBatch notes that all posters of a batch hang.
func (r *Registry) PlaceBatch(ctx context.Context, a referral.Actor, id string, on *referral.Day) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "place", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchPrinted); err != nil {
			return err
		}
		day := referral.DayOf(r.now())
		set(&day, on)
		var f referral.Faults
		r.checkPast(&f, "/on", day)
		if err := f.Err(); err != nil {
			return err
		}
		places, err := openPlaces(tx, b.ID)
		if err != nil {
			return err
		}
		for i := range places {
			p := &places[i]
			if p.PlacedOn != referral.NoDay {
				continue
			}
			before := *p
			p.PlacedOn, p.PlacedBy = day, a.String()
			if err := r.record(tx, r.change(a, "placement", string(p.Code), "place", ""), placeFields(before), placeFields(*p)); err != nil {
				return err
			}
			if err := tx.UpdatePlace(p); err != nil {
				return err
			}
			b.touched++
		}
		b.State = referral.BatchPlaced
		return nil
	})
}

// settleBatch makes a batch placed once all its places are.
func (r *Registry) settleBatch(tx Tx, b *batchChange) error {
	places, err := openPlaces(tx, b.ID)
	b.State = referral.BatchPlaced
	for _, p := range places {
		if p.PlacedOn == referral.NoDay {
			b.State = referral.BatchPrinted
		}
	}
	return err
}

// RetireBatch ends a batch, with a reason; its codes lead to the hub page.
func (r *Registry) RetireBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error) {
	return r.changeBatch(ctx, a, id, "retire", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchDraft, referral.BatchApproved, referral.BatchPrinted, referral.BatchPlaced); err != nil {
			return err
		}
		b.reason, err = mustReason(reason)
		if err != nil {
			return err
		}
		b.State = referral.BatchRetired
		return r.eachPlacement(tx, a, b, func(p *referral.Placement) { p.State = referral.PlacementRetired })
	})
}
