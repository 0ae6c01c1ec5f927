package dashboard

import (
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

type destinationsData struct {
	Rows        []destinationRow
	Unconfirmed int
	IsAdmin     bool
	Changed     string // name of the one just changed
}

type destinationRow struct {
	ID, Name, Kind, URL string
	Confirmed, Paused   bool
	Health              healthRow
}

func (v *visit) destinationRow(x referral.Destination) destinationRow {
	return destinationRow{ID: x.ID, Name: x.Name.In(v.l.Code), Kind: v.l.T("dashboard.destination_kind." + string(x.Kind)),
		URL: x.URL, Confirmed: x.Confirmed, Paused: x.Paused, Health: v.healthRow(x.ID)}
}

func (d *Dashboard) destinations(v *visit) error {
	list, err := d.Registry.Destinations(v.ctx())
	if err != nil {
		return err
	}
	data := destinationsData{IsAdmin: v.is(referral.RoleAdmin)}
	for _, x := range list {
		if !x.Confirmed {
			data.Unconfirmed++
		}
		if x.ID == v.query.Get("changed") {
			data.Changed = x.Name.In(v.l.Code)
		}
		data.Rows = append(data.Rows, v.destinationRow(x))
	}
	return v.render("dash_destinations.html", v.l.T("dashboard.destinations.title"), data)
}

type destinationData struct {
	Row     destinationRow
	Done    string
	Form    form
	History []changeRow
	Force   form
	Events  []eventRow
}

func (d *Dashboard) destination(v *visit) error {
	x, err := d.adminDestination(v)
	if err != nil {
		return err
	}
	return d.destinationPage(v, x, v.destinationForm(x), v.healthForm(x))
}

func (d *Dashboard) adminDestination(v *visit) (referral.Destination, error) {
	if !v.is(referral.RoleAdmin) {
		return referral.Destination{}, referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	return d.Registry.Destination(v.ctx(), v.param("id"))
}

func (d *Dashboard) destinationPage(v *visit, x referral.Destination, f, force form) error {
	history, err := d.historyWithUndo(v, "destination", x.ID, Root+"/dich-den/"+x.ID)
	if err != nil {
		return err
	}
	events, err := d.healthEvents(v, x.ID)
	if err != nil {
		return err
	}
	return v.render("dash_destination.html", x.Name.In(v.l.Code), destinationData{Row: v.destinationRow(x), Done: v.doneText(), Form: f, History: history, Force: force, Events: events})
}

const checked = "1"

func checkedIf(yes bool) string {
	if yes {
		return checked
	}
	return ""
}

func (v *visit) destinationForm(x referral.Destination) form {
	return newForm(v, Root+"/dich-den/"+x.ID, "dashboard.form.save",
		field{Name: "url", Key: "dashboard.destination.url", Hint: "dashboard.destination.url_hint", InputMode: "url", Required: true, Value: x.URL},
		field{Name: "confirmed", Key: "dashboard.destination.confirmed", Hint: "dashboard.destination.confirmed_hint", Type: "checkbox", Value: checkedIf(x.Confirmed)},
		field{Name: "paused", Key: "dashboard.destination.paused", Hint: "dashboard.destination.paused_hint", Type: "checkbox", Value: checkedIf(x.Paused)},
		field{Name: "name/vi", Key: "dashboard.destination.name_vi", Required: true, Value: x.Name.Vi},
		field{Name: "name/en", Key: "dashboard.destination.name_en", Required: true, Value: x.Name.En},
		field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.destination.reason_hint", Required: true})
}

func (d *Dashboard) updateDestination(v *visit) error {
	x, err := d.adminDestination(v)
	if err != nil {
		return err
	}
	url, vi, en := strings.TrimSpace(v.form.Get("url")), v.form.Get("name/vi"), v.form.Get("name/en")
	confirmed, paused, reason := v.form.Get("confirmed") == checked, v.form.Get("paused") == checked, strings.TrimSpace(v.form.Get("reason"))
	if reason == "" {
		var faults referral.Faults
		faults.Add("/reason", "error.required")
		err = faults.Err()
	} else {
		_, err = d.Registry.UpdateDestination(v.ctx(), v.actor(), x.ID, registry.DestinationInput{URL: &url, NameVi: &vi, NameEn: &en,
			Confirmed: &confirmed, Paused: &paused}, reason)
	}
	if err == nil {
		return v.goTo(Root+"/dich-den", "changed", x.ID)
	}
	f := v.destinationForm(x)
	if !f.take(v, err) {
		return err
	}
	v.form = nil // what was typed belongs to this form alone
	return d.destinationPage(v, x, f, v.healthForm(x))
}
