package registry

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"lensan/server/referral"
)

// Decision is what becomes of a portal whose province became part of another.
type Decision string

// The decisions. None changes what is recorded: clicks keep the province and the
// portal of their time, and every code works on.
const (
	DecideKeep     Decision = "keep"     // the registration stays, the portal follows by itself
	DecideRegister Decision = "register" // it is registered under the successor; the days before stay with its former province
	DecideMerge    Decision = "merge"    // it becomes part of another portal of the same successor
)

// SuccessionChoice is the decision about one portal.
type SuccessionChoice struct {
	Portal string   `json:"portal"`
	Do     Decision `json:"do"`
	Into   string   `json:"into,omitempty"` // id of the portal that it becomes part of, if it is merged
}

// SuccessionChange is a choice with the JSON of what it changes of its portal.
type SuccessionChange struct {
	SuccessionChoice
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Registration counts the portals that are registered alike.
type Registration struct {
	Province, Kept referral.ProvinceID // see referral.Portal
	Portals        int
}

// maxChoices bounds a step.
const maxChoices = 5000

// OpenSuccession counts the portals whose registered province has ended and of
// which nobody has decided what becomes of them; 0 for who may not decide it.
func (r *Registry) OpenSuccession(ctx context.Context, a referral.Actor) (open int, err error) {
	if mayDecide(a) != nil {
		return 0, nil
	}
	list, err := r.store.PortalsByRegistration(ctx)
	for _, x := range list {
		if now := r.successor(x.Province); now != x.Province && now != x.Kept {
			open += x.Portals
		}
	}
	return open, err
}

// successor returns what a province is today: itself while it stands.
func (r *Registry) successor(id referral.ProvinceID) referral.ProvinceID {
	if p := r.provinces.Follow(id, referral.DayOf(r.now())); p != nil {
		return p.ID
	}
	return id
}

// PlacementCounts counts the placements of each portal, by its id, that are not retired.
func (r *Registry) PlacementCounts(ctx context.Context, a referral.Actor) (map[string]int64, error) {
	if err := mayDecide(a); err != nil {
		return nil, err
	}
	return r.store.PlacementCounts(ctx)
}

// PreviewSuccession returns what ApplySuccession would change, and writes nothing.
func (r *Registry) PreviewSuccession(ctx context.Context, a referral.Actor, choices []SuccessionChoice) (changes []SuccessionChange, err error) {
	if err := mayDecide(a); err != nil {
		return nil, err
	}
	err = r.write(ctx, func(tx Tx) error {
		if changes, err = r.succeed(tx, a, choices, "", referral.Faults{}); err != nil {
			return err
		}
		return errUnchanged
	})
	return orNothing(changes, err)
}

// ApplySuccession decides about portals in one step: all choices or, every
// fault named ("/choices/3/into"), none. A portal that is already as chosen is
// left out. Each change stands in its portal's history and the step in the log,
// with the reason that it needs.
func (r *Registry) ApplySuccession(ctx context.Context, a referral.Actor, choices []SuccessionChoice, reason string) (step SuccessionStep, err error) {
	if err := mayDecide(a); err != nil {
		return step, err
	}
	var f referral.Faults
	if reason = checkReason(&f, reason); reason == "" {
		f.Add("/reason", "error.reason_missing")
	}
	err = r.write(ctx, func(tx Tx) error {
		changes, err := r.succeed(tx, a, choices, reason, f)
		if err != nil {
			return err
		}
		step, err = r.appendStep(tx, r.change(a, stepEntity, stepKey, "apply", reason), stepRecord{Portals: changes})
		return err
	})
	return orNothing(step, err)
}

// succeed writes what is chosen, or returns f with all that stands in the way.
func (r *Registry) succeed(tx Tx, a referral.Actor, choices []SuccessionChoice, reason string, f referral.Faults) ([]SuccessionChange, error) {
	switch n := len(choices); {
	case n == 0:
		f.Add("/choices", "error.required")
		return nil, f.Err()
	case n > maxChoices:
		f.Add("/choices", "error.too_many", "max", strconv.Itoa(maxChoices))
		return nil, f.Err()
	}
	seen, merged := map[string]bool{}, map[string]bool{}
	for _, c := range choices {
		merged[c.Portal] = merged[c.Portal] || c.Do == DecideMerge
	}
	before, after := make([]referral.Portal, len(choices)), make([]referral.Portal, len(choices))
	for i, c := range choices {
		at := "/choices/" + strconv.Itoa(i)
		if seen[c.Portal] {
			f.Add(at+"/portal", "error.succession_twice", "id", c.Portal)
			continue
		}
		seen[c.Portal] = true
		p, err := tx.FindPortal(c.Portal)
		if err != nil {
			if err := faultIfMissing(&f, at+"/portal", err); err != nil {
				return nil, err
			}
			continue
		}
		before[i], after[i] = p, p
		if err := r.decide(tx, &f, a, at, c, &after[i], merged); err != nil {
			return nil, err
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	var changes []SuccessionChange
	for i, c := range choices {
		p := &after[i]
		change, err := r.recorded(tx, r.change(a, "portal", p.ID, string(c.Do), reason), r.portalFields(before[i]), r.portalFields(*p))
		if errors.Is(err, errUnchanged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.UpdatedAt = r.moment()
		if err := tx.UpdatePortal(p); err != nil {
			return nil, err
		}
		changes = append(changes, SuccessionChange{c, change.Before, change.After})
	}
	if changes == nil {
		f.Add("/choices", "error.succession_nothing")
	}
	return changes, f.Err()
}

// decide makes a portal what was chosen for it, and adds every fault of the
// choice, which is the one at a pointer, to f. merged are the portals that the
// same step merges.
func (r *Registry) decide(tx Tx, f *referral.Faults, a referral.Actor, at string, c SuccessionChoice, p *referral.Portal, merged map[string]bool) error {
	now := r.successor(p.Province)
	if now == p.Province {
		f.Add(at+"/portal", "error.succession_stands", "id", p.ID)
		return nil
	}
	if p.MergedInto != "" && (c.Do != DecideMerge || c.Into != p.MergedInto) {
		f.Add(at+"/portal", "error.portal_merged", "id", p.ID, "into", p.MergedInto)
		return nil
	}
	if c.Into != "" && c.Do != DecideMerge {
		f.Add(at+"/into", "error.succession_into")
	}
	switch c.Do {
	case DecideKeep:
		p.Kept = now
	case DecideRegister:
		p.Former, p.Province, p.Kept = p.Origin(), now, 0
	case DecideMerge:
		if err := r.checkMerge(tx, f, a, at, *p, c.Into); err != nil || f.Has(at+"/into") {
			return err
		}
		into, err := tx.FindPortal(c.Into)
		if err != nil {
			return err
		}
		switch {
		case r.successor(into.Province) != now:
			f.Add(at+"/into", "error.succession_elsewhere", "id", into.ID, "name", r.provinces.ByID(now).NameVi)
		case merged[into.ID]:
			f.Add(at+"/into", "error.succession_chain", "id", into.ID)
		}
		p.MergedInto = c.Into
	default:
		f.Add(at+"/do", "error.one_of", "value", string(c.Do), "allowed", "keep, register, merge")
	}
	return nil
}
