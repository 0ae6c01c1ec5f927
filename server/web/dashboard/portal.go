package dashboard

import (
	"net/url"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

type portalData struct {
	Row      portalRow
	Done     string
	Contact  string
	Recorded string // the province of its first registration, if that has ended
	Decide   string // address where it is decided what becomes of it, "" if nothing is
	Into     *link  // portal that it became part of
	Edit     *form
	Merge    *form
	History  []changeRow
	Numbers  string // address of its numbers
}

func portalPath(id string) string { return Root + "/cong/" + url.PathEscape(id) }

func (d *Dashboard) portal(v *visit) error {
	p, err := d.Registry.Portal(v.ctx(), v.actor(), v.param("id"))
	if err != nil {
		return err
	}
	return d.portalPage(v, p, nil)
}

func (d *Dashboard) portalPage(v *visit, p referral.Portal, refused *refusal) error {
	data := portalData{Row: v.portalRow(p), Done: v.doneText(), Contact: p.ContactEmail, Numbers: Root + "?" + url.Values{"portal": {p.ID}}.Encode()}
	data.Decide = d.openSuccession(v, p)
	if r := d.Registry.Provinces().ByID(p.Origin()); r != nil && r.ValidTo != referral.NoDay {
		data.Recorded = v.provinceLabel(r)
	}
	if p.MergedInto != "" {
		data.Into = &link{Label: p.MergedInto, Href: portalPath(p.MergedInto)}
		if into, err := d.Registry.Portal(v.ctx(), v.actor(), p.MergedInto); err == nil {
			data.Into.Label = into.Name
		}
	}
	if v.mayWrite() {
		data.Edit = refused.form(v, "edit", func() form { return v.portalEdit(p) })
		if p.MergedInto == "" {
			picker, _, err := d.portalPicker(v, "into", "dashboard.portal.into", p.ID)
			if err != nil {
				return err
			}
			data.Merge = refused.form(v, "merge", func() form {
				return newForm(v, portalPath(p.ID)+"/sap-nhap#sap-nhap", "dashboard.portal.merge_submit", picker,
					field{Name: "reason", Of: "merge-", Key: "dashboard.form.reason", Required: true})
			})
		}
	}
	var err error
	if data.History, err = d.historyWithUndo(v, "portal", p.ID, portalPath(p.ID)); err != nil {
		return err
	}
	return v.render("dash_portal.html", p.Name, data)
}

// portalEdit leaves the province of the registration as it is unless another is chosen.
func (v *visit) portalEdit(p referral.Portal) form {
	now := v.d.Registry.Provinces().ByID(p.Province)
	provinces := []option{{Label: v.provinceLabel(now)}}
	for _, o := range v.provinceOptions() {
		if o.Value != "" && (o.Value != now.Code || now.ValidTo != referral.NoDay) {
			provinces = append(provinces, o)
		}
	}
	return editForm(v, portalPath(p.ID)+"#sua", "dashboard.form.save",
		field{Name: "name", Key: "dashboard.portals.name", Required: true, Value: p.Name},
		field{Name: "province", Key: "dashboard.portals.province", Hint: "dashboard.portal.province_hint", Type: "select", Required: true, Options: provinces},
		field{Name: "hosts", Key: "dashboard.portals.hosts", Hint: "dashboard.portals.hosts_hint", Type: "textarea", Value: strings.Join(p.Hosts, "\n")},
		field{Name: "pages", Key: "dashboard.portals.pages", Hint: "dashboard.portals.pages_hint", Type: "textarea", Value: strings.Join(p.Pages, "\n")},
		field{Name: "contact_email", Key: "dashboard.portals.email", Hint: "dashboard.portals.email_hint", Type: "email", Autocomplete: "email", Value: p.ContactEmail},
		field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.portal.reason_hint"})
}

func (d *Dashboard) updatePortal(v *visit) error {
	return d.portalAction(v, "edit", "changed", func(id string) error {
		hosts, pages, email := hostsOf(v.form.Get("hosts")), strings.Fields(v.form.Get("pages")), strings.TrimSpace(v.form.Get("contact_email"))
		in := registry.PortalInput{Name: v.retyped("name")}
		if v.changed("hosts") {
			in.Hosts = &hosts
		}
		if v.changed("pages") {
			in.Pages = &pages
		}
		if v.changed("contact_email") {
			in.ContactEmail = &email
		}
		if code := v.form.Get("province"); code != "" {
			in.Province = &code
		}
		_, err := d.Registry.UpdatePortal(v.ctx(), v.actor(), id, in, v.form.Get("reason"))
		return err
	})
}

func (d *Dashboard) mergePortal(v *visit) error {
	return d.portalAction(v, "merge", "merged", func(id string) error {
		reason := strings.TrimSpace(v.form.Get("reason"))
		into, err := d.pickedPortal(v, "into")
		if err == nil && reason == "" {
			var faults referral.Faults
			faults.Add("/reason", "error.reason_missing")
			err = faults.Err()
		}
		if err == nil {
			_, err = d.Registry.MergePortal(v.ctx(), v.actor(), id, into, reason)
		}
		return err
	})
}

// portalAction does what a form of the page asks for.
func (d *Dashboard) portalAction(v *visit, name, done string, act func(id string) error) error {
	if !v.mayWrite() {
		return referral.Errorf(referral.ErrForbidden, "error.forbidden")
	}
	p, err := d.Registry.Portal(v.ctx(), v.actor(), v.param("id"))
	if err != nil {
		return err
	}
	if err = act(p.ID); err == nil {
		return v.goTo(portalPath(p.ID), "done", done)
	}
	refused, err := v.refuse(name, err)
	if err != nil {
		return err
	}
	return d.portalPage(v, p, refused)
}
