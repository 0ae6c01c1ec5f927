package dashboard

import (
	"strconv"
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
	f, err := v.destinationForm(x)
	if err != nil {
		return err
	}
	return d.destinationPage(v, x, f, v.healthForm(x))
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

func (v *visit) destinationForm(x referral.Destination) (form, error) {
	list, err := v.d.Registry.Destinations(v.ctx())
	if err != nil {
		return form{}, err
	}
	fallbacks := []option{{Label: v.l.T("dashboard.destination.no_fallback")}}
	for _, other := range list {
		if other.ID != x.ID {
			fallbacks = append(fallbacks, option{Value: other.ID, Label: other.Name.In(v.l.Code)})
		}
	}
	return editForm(v, Root+"/dich-den/"+x.ID, "dashboard.form.save",
		field{Name: "url", Key: "dashboard.destination.url", Hint: "dashboard.destination.url_hint", InputMode: "url", Required: true, Value: x.URL},
		field{Name: "confirmed", Key: "dashboard.destination.confirmed", Hint: "dashboard.destination.confirmed_hint", Type: "checkbox", Value: checkedIf(x.Confirmed)},
		field{Name: "paused", Key: "dashboard.destination.paused", Hint: "dashboard.destination.paused_hint", Type: "checkbox", Value: checkedIf(x.Paused)},
		field{Name: "fallback_id", Key: "dashboard.destination.fallback", Hint: "dashboard.destination.fallback_hint", Type: "select", Options: fallbacks, Value: x.FallbackID},
		field{Name: "position", Key: "dashboard.destination.position", Hint: "dashboard.destination.position_hint", InputMode: "numeric", Required: true, Value: strconv.Itoa(x.Position)},
		field{Name: "name/vi", Key: "dashboard.destination.name_vi", Required: true, Value: x.Name.Vi},
		field{Name: "name/en", Key: "dashboard.destination.name_en", Required: true, Value: x.Name.En},
		field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.destination.reason_hint", Required: true}), nil
}

func (d *Dashboard) updateDestination(v *visit) error {
	x, err := d.adminDestination(v)
	if err != nil {
		return err
	}
	url, reason := strings.TrimSpace(v.form.Get("url")), strings.TrimSpace(v.form.Get("reason"))
	confirmed, paused := v.form.Get("confirmed") == checked, v.form.Get("paused") == checked
	in := registry.DestinationInput{NameVi: v.retyped("name/vi"), NameEn: v.retyped("name/en"), FallbackID: v.retyped("fallback_id")}
	if v.changed("url") {
		in.URL = &url
	}
	if v.changed("url") || v.changed("confirmed") { // another address is confirmed, or not, with it
		in.Confirmed = &confirmed
	}
	if v.changed("paused") {
		in.Paused = &paused
	}
	if reason == "" {
		in.Faults.Add("/reason", "error.required")
	}
	if typed := v.retyped("position"); typed != nil {
		position, err := strconv.Atoi(strings.TrimSpace(*typed))
		if err != nil {
			in.Faults.Add("/position", "error.whole_number", "value", *typed)
		}
		in.Position = &position
	}
	_, err = d.Registry.UpdateDestination(v.ctx(), v.actor(), x.ID, in, reason)
	if err == nil {
		return v.goTo(Root+"/dich-den", "changed", x.ID)
	}
	f, ferr := v.destinationForm(x)
	if ferr != nil {
		return ferr
	}
	if !f.take(v, err) {
		return err
	}
	v.form = nil // what was typed belongs to this form alone
	return d.destinationPage(v, x, f, v.healthForm(x))
}
