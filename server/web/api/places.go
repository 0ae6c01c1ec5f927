package api

import (
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
	"lensan/server/web"
)

type placeView struct {
	Code     referral.Code           `json:"code"`
	Position int                     `json:"position"`
	Label    string                  `json:"label"`
	Commune  string                  `json:"commune"`
	Address  string                  `json:"address"`
	Copies   int                     `json:"copies"`
	Serials  *serialsView            `json:"serials"`
	PlacedOn *referral.Day           `json:"placed_on"`
	PlacedBy *string                 `json:"placed_by"`
	State    referral.PlacementState `json:"state"`
	URLs     web.URLs                `json:"urls"`
}

func (a *API) place(p referral.PrintPlace) placeView {
	return placeView{Code: p.Code, Position: p.Position, Label: p.Label, Commune: p.Commune, Address: p.Address, Copies: p.Copies, Serials: serials(p.Serials),
		PlacedOn: dayOrNull(p.PlacedOn), PlacedBy: orNull(p.PlacedBy), State: p.State, URLs: web.NewURLs(a.d.Base, p.Code)}
}

func (a *API) handlePlaces(c *call) error {
	q := c.query()
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	places, next, err := a.d.Registry.Places(c.ctx, c.actor, c.param("id"), page)
	if err != nil {
		return err
	}
	return sendList(c, places, next, a.place)
}

func (a *API) handlePlacesImport(c *call) error {
	q := c.query()
	replace := q.oneOf("replace", "true", "false") == "true"
	if err := q.done(); err != nil {
		return err
	}
	table, err := c.csv()
	if err != nil {
		return err
	}
	made, err := a.d.Registry.ImportPlaces(c.ctx, c.actor, c.param("id"), table, replace)
	if err != nil {
		return err
	}
	return sendImported(c, made, a.place)
}

func (a *API) handlePlaceUpdate(c *call) error {
	code, o, err := c.codeAndBody()
	if err != nil {
		return err
	}
	var in registry.PlaceInput
	o.text("label", &in.Label)
	o.textOrNull("commune", &in.Commune)
	o.textOrNull("address", &in.Address)
	o.integer("copies", &in.Copies)
	o.flag("retired", &in.Retired)
	in.Faults = o.done()
	p, err := a.d.Registry.UpdatePlace(c.ctx, c.actor, c.param("id"), code, in)
	if err != nil {
		return err
	}
	return c.send(200, a.place(p))
}

func (a *API) handlePlacePlace(c *call) error {
	code, o, err := c.codeAndBody()
	if err != nil {
		return err
	}
	var in registry.PlacedInput
	o.day("on", &in.On, true)
	o.textOrNull("commune", &in.Commune)
	o.textOrNull("address", &in.Address)
	in.Faults = o.done()
	p, err := a.d.Registry.PlacePlace(c.ctx, c.actor, c.param("id"), code, in)
	if err != nil {
		return err
	}
	return c.send(200, a.place(p))
}

// scansView says how one printed code fares.
type scansView struct {
	Code     referral.Code `json:"code"`
	Label    string        `json:"label"`
	Commune  string        `json:"commune"`
	Copies   int           `json:"copies"`
	PlacedOn *referral.Day `json:"placed_on"`
	People   int64         `json:"people"`
	LastScan *referral.Day `json:"last_scan"`
	State    string        `json:"state"`
}

func (a *API) handleBatchScans(c *call) error {
	q := c.query()
	page := q.page()
	days := q.whole("silent_after", stats.SilentAfter, 1, 3660)
	if err := q.done(); err != nil {
		return err
	}
	id := c.param("id")
	places, next, err := a.d.Registry.Places(c.ctx, c.actor, id, page)
	if err != nil {
		return err
	}
	scans, err := a.d.Stats.Scans(c.ctx, id)
	if err != nil {
		return err
	}
	return sendList(c, places, next, func(p referral.PrintPlace) scansView {
		s := scans[p.PlacementNum]
		v := scansView{Code: p.Code, Label: p.Label, Commune: p.Commune, Copies: p.Copies, PlacedOn: dayOrNull(p.PlacedOn), People: s.People, State: s.State(a.today(), days)}
		if s.People > 0 {
			v.LastScan = &s.Last
		}
		return v
	})
}
