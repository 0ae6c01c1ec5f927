package api

import (
	"time"

	"lensan/server/health"
	"lensan/server/referral"
	"lensan/server/registry"
)

type destinationView struct {
	ID         string        `json:"id"`
	Kind       referral.Kind `json:"kind"`
	Name       referral.Name `json:"name"`
	URL        string        `json:"url"`
	PassParams []string      `json:"pass_params"`
	FallbackID *string       `json:"fallback_id"`
	Confirmed  bool          `json:"confirmed"`
	Paused     bool          `json:"paused"`
	Position   int           `json:"position"`
	Health     health.State  `json:"health"`
	Check      *checkView    `json:"health_check"`
	UpdatedAt  time.Time     `json:"updated_at"`
}

func (a *API) destination(d referral.Destination) destinationView {
	status := a.d.Health.Status(d.ID)
	return destinationView{ID: d.ID, Kind: d.Kind, Name: d.Name, URL: d.URL, PassParams: texts(d.PassParams), FallbackID: orNull(d.FallbackID),
		Confirmed: d.Confirmed, Paused: d.Paused, Position: d.Position, Health: status.Effective(), Check: check(status), UpdatedAt: moment(d.UpdatedAt)}
}

func (a *API) handleDestinations(c *call) error {
	all, err := a.d.Registry.Destinations(c.ctx)
	if err != nil {
		return err
	}
	return sendList(c, all, "", a.destination)
}

func (a *API) handleDestination(c *call) error {
	d, err := a.d.Registry.Destination(c.ctx, c.param("id"))
	if err != nil {
		return err
	}
	return c.send(200, a.destination(d))
}

func readDestination(o *object) (in registry.DestinationInput) {
	o.text("id", &in.ID)
	o.text("kind", &in.Kind)
	o.object("name", func(n *object) {
		n.text("vi", &in.NameVi)
		n.text("en", &in.NameEn)
	})
	o.text("url", &in.URL)
	o.texts("pass_params", &in.PassParams)
	o.textOrNull("fallback_id", &in.FallbackID)
	o.flag("confirmed", &in.Confirmed)
	o.flag("paused", &in.Paused)
	o.integer("position", &in.Position)
	return in
}

func (a *API) handleDestinationCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readDestination(o)
	in.Faults = o.done()
	d, err := a.d.Registry.CreateDestination(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	return c.created("/destinations/"+d.ID, a.destination(d))
}

func (a *API) handleDestinationUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in, reason := readDestination(o), o.reason()
	in.Faults = o.done()
	d, err := a.d.Registry.UpdateDestination(c.ctx, c.actor, c.param("id"), in, reason)
	if err != nil {
		return err
	}
	return c.send(200, a.destination(d))
}
