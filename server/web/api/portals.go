package api

import (
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// portalView names the province as it was registered and, beside it, the one
// that it has become and the one of an earlier registration.
type portalView struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	Province        string        `json:"province"`
	ProvinceFrom    *referral.Day `json:"province_valid_from"`
	FormerProvince  *provinceRef  `json:"former_province"`
	CurrentProvince provinceRef   `json:"current_province"`
	Hosts           []string      `json:"hosts"`
	Pages           []string      `json:"pages"`
	ContactEmail    *string       `json:"contact_email"`
	MergedInto      *string       `json:"merged_into"`
	CreatedAt       time.Time     `json:"created_at"`
	UpdatedAt       time.Time     `json:"updated_at"`
}

func (a *API) portal(p referral.Portal) portalView {
	v := portalView{ID: p.ID, Name: p.Name, Hosts: texts(p.Hosts), Pages: texts(p.Pages), ContactEmail: orNull(p.ContactEmail), MergedInto: orNull(p.MergedInto),
		CreatedAt: moment(p.CreatedAt), UpdatedAt: moment(p.UpdatedAt)}
	if province := a.d.Registry.Provinces().ByID(p.Province); province != nil {
		v.Province, v.ProvinceFrom = province.Code, dayOrNull(province.ValidFrom)
		v.CurrentProvince = referTo(a.d.Registry.Provinces().Follow(p.Province, a.today()))
	}
	if former := a.d.Registry.Provinces().ByID(p.Former); former != nil {
		ref := referTo(former)
		v.FormerProvince = &ref
	}
	return v
}

func (a *API) handlePortals(c *call) error {
	q := c.query()
	page, filter := q.page(), registry.Filter{Province: q.province(a.d.Registry.Provinces(), a.today())}
	if err := q.done(); err != nil {
		return err
	}
	portals, next, err := a.d.Registry.Portals(c.ctx, c.actor, page, filter)
	if err != nil {
		return err
	}
	return sendList(c, portals, next, a.portal)
}

func (a *API) handlePortal(c *call) error {
	p, err := a.d.Registry.Portal(c.ctx, c.actor, c.param("id"))
	if err != nil {
		return err
	}
	return c.send(200, a.portal(p))
}

func readPortal(o *object) (in registry.PortalInput) {
	o.text("id", &in.ID)
	o.text("name", &in.Name)
	o.text("province", &in.Province)
	o.day("province_on", &in.ProvinceOn, false)
	o.texts("hosts", &in.Hosts)
	o.texts("pages", &in.Pages)
	o.textOrNull("contact_email", &in.ContactEmail)
	return in
}

func (a *API) handlePortalCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readPortal(o)
	in.Faults = o.done()
	p, err := a.d.Registry.CreatePortal(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	return c.created("/portals/"+p.ID, a.portal(p))
}

func (a *API) handlePortalUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in, reason := readPortal(o), o.reason()
	in.Faults = o.done()
	p, err := a.d.Registry.UpdatePortal(c.ctx, c.actor, c.param("id"), in, reason)
	if err != nil {
		return err
	}
	return c.send(200, a.portal(p))
}

func (a *API) handlePortalMerge(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var into *string
	o.text("into", &into)
	reason := o.reason()
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	if into == nil {
		into = new(string)
	}
	p, err := a.d.Registry.MergePortal(c.ctx, c.actor, c.param("id"), *into, reason)
	if err != nil {
		return err
	}
	return c.send(200, a.portal(p))
}
