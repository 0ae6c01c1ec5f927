package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lensan/server/referral"
)

// SuccessionStep is one step of decisions, taken or taken back as a whole.
type SuccessionStep struct {
	ID           int64 // number of its entry in the history
	Time         time.Time
	Actor        string
	Reason       string
	Changes      []SuccessionChange
	UndoneAt     time.Time // zero while it stands
	UndoneBy     string
	UndoneReason string // why
}

// A step stands in the history under one key; its undoing is an entry of its own.
const stepEntity, stepKey = "succession", "portals"

// stepRecord is what the history keeps of a step.
type stepRecord struct {
	Undoes  int64              `json:"undoes,omitempty"` // number of the step that it takes back
	Portals []SuccessionChange `json:"portals"`
}

func (r *Registry) appendStep(tx Tx, c referral.Change, record stepRecord) (step SuccessionStep, err error) {
	if c.After, err = json.Marshal(record); err != nil {
		return step, err
	}
	if err := tx.AppendChange(c); err != nil {
		return step, err
	}
	id, err := tx.LastChange()
	return SuccessionStep{ID: id, Time: c.Time, Actor: c.Actor, Reason: c.Reason, Changes: record.Portals}, err
}

// SuccessionSteps returns the newest steps, at most limit of them.
func (r *Registry) SuccessionSteps(ctx context.Context, a referral.Actor, limit int) (list []SuccessionStep, err error) {
	if err := mayDecide(a); err != nil {
		return nil, err
	}
	err = r.eachStep(ctx, func(s SuccessionStep) bool {
		list = append(list, s)
		return len(list) < limit
	})
	return list, err
}

// eachStep calls yield for every step, newest first, until it returns false. An
// undoing is newer than its step.
func (r *Registry) eachStep(ctx context.Context, yield func(SuccessionStep) bool) error {
	undone := map[int64]referral.Change{}
	for p := (Page{Limit: 500}); ; {
		list, next, err := r.store.History(ctx, stepEntity, stepKey, p)
		if err != nil {
			return err
		}
		for _, c := range list {
			var record stepRecord
			if err := json.Unmarshal(c.After, &record); err != nil {
				return fmt.Errorf("read step %d of the succession: %w", c.ID, err)
			}
			if record.Undoes != 0 {
				undone[record.Undoes] = c
				continue
			}
			u := undone[c.ID]
			if !yield(SuccessionStep{c.ID, c.Time, c.Actor, c.Reason, record.Portals, u.Time, u.Actor, u.Reason}) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		p.Cursor = next
	}
}

// UndoSuccession takes a whole step back: every portal gets the values that the
// step replaced, as changes of their own with a reason. ErrConflict says that
// the step was taken back before, or names each portal of which something that
// the step had changed was changed since, by whom and when; then nothing is.
func (r *Registry) UndoSuccession(ctx context.Context, a referral.Actor, id int64, reason string) (step SuccessionStep, err error) {
	if err := mayDecide(a); err != nil {
		return step, err
	}
	found := false
	if err := r.eachStep(ctx, func(s SuccessionStep) bool {
		step, found = s, s.ID == id
		return !found
	}); err != nil {
		return SuccessionStep{}, err
	}
	switch {
	case !found:
		return SuccessionStep{}, referral.Errorf(referral.ErrNotFound, "error.succession_step_unknown")
	case !step.UndoneAt.IsZero():
		return SuccessionStep{}, referral.Errorf(referral.ErrConflict, "error.succession_undone", "by", person(step.UndoneBy), "at", clock(step.UndoneAt))
	}
	if reason, err = mustReason(reason); err != nil {
		return SuccessionStep{}, err
	}
	var blocked []SuccessionChange
	err = r.write(ctx, func(tx Tx) error {
		record := stepRecord{Undoes: id}
		for _, c := range slices.Backward(step.Changes) {
			before, err := readBefore(c.Before)
			if err != nil {
				return err
			}
			err = r.undoPortal(tx, a, c.Portal, before, undoing{c.After}, reason)
			if errors.Is(err, errUndoSince) {
				blocked = append(blocked, c)
				continue
			}
			if err != nil {
				return err
			}
			c.Before, c.After = c.After, c.Before
			record.Portals = append(record.Portals, c)
		}
		if blocked != nil {
			return errUndoSince
		}
		c := r.change(a, stepEntity, stepKey, "undo", reason)
		step.UndoneAt, step.UndoneBy, step.UndoneReason = c.Time, c.Actor, c.Reason
		_, err := r.appendStep(tx, c, record)
		return err
	})
	if blocked != nil {
		err = r.standInTheWay(ctx, id, blocked)
	}
	return orNothing(step, err)
}

// standInTheWay names the later changes of portals.
func (r *Registry) standInTheWay(ctx context.Context, step int64, blocked []SuccessionChange) error {
	refusal := &referral.Error{Kind: referral.ErrConflict, Key: "error.succession_since"}
	for _, c := range slices.Backward(blocked) {
		p, err := r.store.FindPortal(ctx, c.Portal)
		if err != nil {
			return err
		}
		list, _, err := r.store.History(ctx, "portal", c.Portal, Page{Limit: 500})
		if err != nil {
			return err
		}
		args := referral.Args{"id": p.ID, "name": p.Name, "by": "–", "at": "–"}
		for _, later := range list {
			if later.ID > step && touchesSame(later.After, c.After) {
				args["by"], args["at"] = person(later.Actor), clock(later.Time)
				break
			}
		}
		refusal.Fields = append(refusal.Fields, referral.FieldError{Field: "/portals/" + p.ID, Key: "error.succession_portal_since", Args: args})
	}
	return refusal
}

// touchesSame reports whether two changes set a field in common.
func touchesSame(a, b json.RawMessage) bool {
	var of, other map[string]json.RawMessage
	if json.Unmarshal(a, &of) != nil || json.Unmarshal(b, &other) != nil {
		return false
	}
	for name := range of {
		if _, both := other[name]; both {
			return true
		}
	}
	return false
}

// person and clock write who did something and when into the text of an error.
func person(actor string) string { return strings.TrimPrefix(actor, "account:") }

func clock(t time.Time) string { return t.In(referral.Zone).Format("15:04 02/01/2006") }
