package api

import (
	"encoding/json"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/web"
)

type placementView struct {
	Code        referral.Code           `json:"code"`
	Portal      string                  `json:"portal"`
	Kind        referral.PlacementKind  `json:"kind"`
	Destination string                  `json:"destination"`
	Label       string                  `json:"label"`
	Campaign    *string                 `json:"campaign"`
	State       referral.PlacementState `json:"state"`
	CreatedAt   time.Time               `json:"created_at"`
	UpdatedAt   time.Time               `json:"updated_at"`
	URLs        web.URLs                `json:"urls"`
	Snippets    *web.Snippets           `json:"snippets,omitempty"`
}

func (a *API) placement(p referral.Placement) placementView {
	v := a.placementRow(p)
	// Portals are Vietnamese pages, whatever language the caller reads.
	snippets := web.NewSnippets(a.d.Base, p.Code, a.d.Texts.In("vi"), web.Look{})
	v.Snippets = &snippets
	return v
}

// placementRow is a placement without its snippets, as an import returns thousands.
func (a *API) placementRow(p referral.Placement) placementView {
	return placementView{Code: p.Code, Portal: p.Portal, Kind: p.Kind, Destination: p.Destination, Label: p.Label, Campaign: orNull(p.Campaign),
		State: p.State, CreatedAt: moment(p.CreatedAt), UpdatedAt: moment(p.UpdatedAt), URLs: web.NewURLs(a.d.Base, p.Code)}
}

func (a *API) handlePlacements(c *call) error {
	q := c.query()
	page := q.page()
	filter := registry.Filter{
		Portal:      q.text("portal"),
		Destination: q.text("destination"),
		Campaign:    q.text("campaign"),
		Kind:        q.oneOf("kind", "widget", "qr", "link"),
		State:       q.oneOf("state", "open", "paused", "retired"),
		Province:    q.province(a.d.Registry.Provinces(), a.today()),
	}
	if err := q.done(); err != nil {
		return err
	}
	placements, next, err := a.d.Registry.Placements(c.ctx, c.actor, page, filter)
	if err != nil {
		return err
	}
	return sendList(c, placements, next, a.placement)
}

// code reads the code in the path; one that cannot be is not found.
func (c *call) code() (referral.Code, error) {
	written := c.param("code")
	code, err := referral.ParseCode(written)
	if err != nil {
		return "", referral.Errorf(referral.ErrNotFound, "error.code_unknown", "code", written)
	}
	return code, nil
}

// codeAndBody reads the code in the path, then the body.
func (c *call) codeAndBody() (code referral.Code, o *object, err error) {
	if code, err = c.code(); err != nil {
		return code, nil, err
	}
	o, err = c.body()
	return code, o, err
}

func (a *API) handlePlacement(c *call) error {
	code, err := c.code()
	if err != nil {
		return err
	}
	p, err := a.d.Registry.Placement(c.ctx, c.actor, code)
	if err != nil {
		return err
	}
	return c.send(200, a.placement(p))
}

func readPlacement(o *object) (in registry.PlacementInput) {
	o.text("portal", &in.Portal)
	o.text("kind", &in.Kind)
	o.text("destination", &in.Destination)
	o.textOrNull("label", &in.Label)
	o.textOrNull("campaign", &in.Campaign)
	o.text("state", &in.State)
	return in
}

func (a *API) handlePlacementCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readPlacement(o)
	in.Faults = o.done()
	p, err := a.d.Registry.CreatePlacement(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	return c.created("/placements/"+string(p.Code), a.placement(p))
}

func (a *API) handlePlacementUpdate(c *call) error {
	code, o, err := c.codeAndBody()
	if err != nil {
		return err
	}
	in, reason := readPlacement(o), o.reason()
	in.Faults = o.done()
	p, err := a.d.Registry.UpdatePlacement(c.ctx, c.actor, code, in, reason)
	if err != nil {
		return err
	}
	return c.send(200, a.placement(p))
}

type changeView struct {
	Time   time.Time       `json:"time"`
	Actor  string          `json:"actor"`
	Verb   string          `json:"verb"`
	Reason string          `json:"reason"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

func change(c referral.Change) changeView {
	orNull := func(raw json.RawMessage) json.RawMessage {
		if len(raw) == 0 {
			return json.RawMessage("null")
		}
		return raw
	}
	return changeView{Time: moment(c.Time), Actor: c.Actor, Verb: c.Verb, Reason: c.Reason, Before: orNull(c.Before), After: orNull(c.After)}
}

func (a *API) handlePlacementHistory(c *call) error {
	code, err := c.code()
	if err != nil {
		return err
	}
	q := c.query()
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	changes, next, err := a.d.Registry.History(c.ctx, c.actor, "placement", string(code), page)
	if err != nil {
		return err
	}
	return sendList(c, changes, next, change)
}
