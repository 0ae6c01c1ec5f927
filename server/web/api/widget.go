package api

import (
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// widgetView is which version of the enhancer is in force. Versions are named
// by the checksum in their address /w/v1.{checksum}.js.
type widgetView struct {
	Stable          *string    `json:"stable"` // null: the newest
	Canary          *string    `json:"canary"` // null: none is on trial
	CanaryProvinces []string   `json:"canary_provinces"`
	Previous        *string    `json:"previous"` // stable before the last change
	Versions        []string   `json:"versions"` // all that exist, the newest first
	UpdatedAt       *time.Time `json:"updated_at"`
}

func (a *API) widget(x referral.Release) widgetView {
	var codes []string
	for _, id := range x.Provinces {
		if p := a.d.Registry.Provinces().ByID(id); p != nil {
			codes = append(codes, p.Code)
		}
	}
	return widgetView{Stable: orNull(x.Stable), Canary: orNull(x.Canary), CanaryProvinces: texts(codes), Previous: orNull(x.Previous),
		Versions: texts(a.d.Releases), UpdatedAt: momentOrNull(x.UpdatedAt)}
}

func (a *API) handleWidget(c *call) error {
	x, err := a.d.Registry.Release(c.ctx, c.actor)
	if err != nil {
		return err
	}
	return c.send(200, a.widget(x))
}

func (a *API) handleWidgetUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var in registry.ReleaseInput
	o.textOrNull("stable", &in.Stable)
	o.textOrNull("canary", &in.Canary)
	o.texts("canary_provinces", &in.Provinces)
	reason := o.reason()
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	x, err := a.d.Registry.UpdateRelease(c.ctx, c.actor, in, a.d.Releases, reason)
	if err != nil {
		return err
	}
	return c.send(200, a.widget(x))
}
