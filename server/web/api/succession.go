package api

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/succession"
)

// Succession is what the API needs of package succession.
type Succession interface {
	Overview(context.Context, referral.Actor) (succession.Overview, error)
	Preview(context.Context, referral.Actor, []registry.SuccessionChoice) ([]registry.SuccessionChange, error)
	Apply(ctx context.Context, a referral.Actor, choices []registry.SuccessionChoice, reason string) (registry.SuccessionStep, error)
	Undo(ctx context.Context, a referral.Actor, step int64, reason string) (registry.SuccessionStep, error)
}

const successionPath = "/portals:succession"

type successionView struct {
	Open   int                   `json:"open"`
	Groups []successionGroupView `json:"groups"`
	Steps  []stepView            `json:"steps"`
}

type successionGroupView struct {
	Province   provinceRef             `json:"province"`
	Former     []provinceRef           `json:"former"`
	Open       int                     `json:"open"`
	Portals    []successionPortalView  `json:"portals"`
	Candidates []successionTargetsView `json:"candidates"`
}

type successionPortalView struct {
	Portal       string           `json:"portal"`
	Name         string           `json:"name"`
	Registered   provinceRef      `json:"registered"`
	CountedSince referral.Day     `json:"counted_since"` // under the province of today
	State        succession.State `json:"state"`
	MergedInto   *string          `json:"merged_into"`
	Placements   int64            `json:"placements"`
	People       int64            `json:"people_90d"`
	Proposal     *proposalView    `json:"proposal"`
}

type proposalView struct {
	Do   registry.Decision `json:"do"`
	Into *string           `json:"into"`
	Why  succession.Reason `json:"why"`
}

type successionTargetsView struct {
	Portal     string      `json:"portal"`
	Name       string      `json:"name"`
	Registered provinceRef `json:"registered"`
	People     int64       `json:"people_90d"`
}

type stepView struct {
	ID      int64            `json:"id"`
	Time    time.Time        `json:"time"`
	Actor   string           `json:"actor"`
	Reason  string           `json:"reason"`
	Changes []stepChangeView `json:"changes"`
	Undone  *stepUndoneView  `json:"undone"`
}

type stepUndoneView struct {
	Time   time.Time `json:"time"`
	Actor  string    `json:"actor"`
	Reason string    `json:"reason"`
}

type stepChangeView struct {
	Portal string            `json:"portal"`
	Do     registry.Decision `json:"do"`
	Into   *string           `json:"into"`
	Before json.RawMessage   `json:"before"`
	After  json.RawMessage   `json:"after"`
}

func successionChanges(list []registry.SuccessionChange) []stepChangeView {
	out := make([]stepChangeView, len(list))
	for i, c := range list {
		out[i] = stepChangeView{c.Portal, c.Do, orNull(c.Into), c.Before, c.After}
	}
	return out
}

func successionStep(s registry.SuccessionStep) stepView {
	v := stepView{ID: s.ID, Time: moment(s.Time), Actor: s.Actor, Reason: s.Reason, Changes: successionChanges(s.Changes)}
	if !s.UndoneAt.IsZero() {
		v.Undone = &stepUndoneView{moment(s.UndoneAt), s.UndoneBy, s.UndoneReason}
	}
	return v
}

func successionGroup(g succession.Group) successionGroupView {
	v := successionGroupView{Province: referTo(g.Province), Open: g.Open, Candidates: []successionTargetsView{}}
	for _, p := range g.Former {
		v.Former = append(v.Former, referTo(p))
	}
	for _, p := range g.Portals {
		x := successionPortalView{Portal: p.ID, Name: p.Name, Registered: referTo(p.Registered), CountedSince: g.Province.ValidFrom, State: p.State,
			MergedInto: orNull(p.MergedInto), Placements: p.Placements, People: p.Arrivals}
		if p.Why != "" {
			x.Proposal = &proposalView{p.Proposal.Do, orNull(p.Proposal.Into), p.Why}
		}
		v.Portals = append(v.Portals, x)
	}
	for _, c := range g.Candidates {
		v.Candidates = append(v.Candidates, successionTargetsView{c.ID, c.Name, referTo(c.Registered), c.Arrivals})
	}
	return v
}

func (a *API) handleSuccession(c *call) error {
	o, err := a.d.Succession.Overview(c.ctx, c.actor)
	if err != nil {
		return err
	}
	v := successionView{Open: o.Open, Groups: []successionGroupView{}, Steps: []stepView{}}
	for _, g := range o.Groups {
		v.Groups = append(v.Groups, successionGroup(g))
	}
	for _, s := range o.Steps {
		v.Steps = append(v.Steps, successionStep(s))
	}
	return c.send(200, v)
}

// successionAsk is a step to take or, with Undo, to take back.
type successionAsk struct {
	choices []registry.SuccessionChoice
	preview bool
	undo    *int64
	reason  string
}

func readSuccession(o *object) (in successionAsk) {
	var rows *[]json.RawMessage
	var preview *bool
	field(o, "choices", "array", &rows)
	o.flag("preview", &preview)
	field(o, "undo", "integer", &in.undo)
	in.reason, in.preview = o.reason(), preview != nil && *preview
	if in.undo != nil {
		for name, sent := range map[string]bool{"choices": rows != nil, "preview": preview != nil} {
			if sent {
				o.faults.Add(o.at(name), "error.succession_undo_alone")
			}
		}
		return in
	}
	if rows == nil {
		return in
	}
	for i, raw := range *rows {
		at := o.at("choices") + "/" + strconv.Itoa(i)
		row := readObject(raw, at, o.faults)
		if row == nil {
			o.faults.Add(at, "error.json_type", "type", "object")
			continue
		}
		var portal, do, into *string
		row.text("portal", &portal)
		row.text("do", &do)
		row.textOrNull("into", &into)
		row.refuseUnknown()
		for name, value := range map[string]*string{"portal": portal, "do": do} {
			if value == nil {
				o.faults.Add(row.at(name), "error.required")
			}
		}
		if portal != nil && do != nil {
			c := registry.SuccessionChoice{Portal: *portal, Do: registry.Decision(*do)}
			if into != nil {
				c.Into = *into
			}
			in.choices = append(in.choices, c)
		}
	}
	return in
}

// successionDone says what was changed, or would be.
type successionDone struct {
	Preview bool             `json:"preview"`
	Changes []stepChangeView `json:"changes"`
	Step    *stepView        `json:"step"`
}

func (a *API) handleSuccessionStep(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readSuccession(o)
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	if in.preview {
		changes, err := a.d.Succession.Preview(c.ctx, c.actor, in.choices)
		if err != nil {
			return err
		}
		return c.send(200, successionDone{Preview: true, Changes: successionChanges(changes)})
	}
	var step registry.SuccessionStep
	if in.undo != nil {
		step, err = a.d.Succession.Undo(c.ctx, c.actor, *in.undo, in.reason)
	} else {
		step, err = a.d.Succession.Apply(c.ctx, c.actor, in.choices, in.reason)
	}
	if err != nil {
		return err
	}
	v := successionStep(step)
	return c.send(200, successionDone{Changes: v.Changes, Step: &v})
}
