package dashboard

import (
	"cmp"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

type placementsData struct {
	Search, Next string
	Rows         []placementRow
	Form         form
	MayWrite     bool
	NoPortal     bool // there is none yet, so no placement can be made
}

type placementRow struct {
	Code                                       referral.Code
	Portal, Label, Kind, Destination, Campaign string
	State                                      referral.PlacementState
	StateText                                  string
}

func (d *Dashboard) placements(v *visit) error {
	f, noPortal, err := d.placementForm(v)
	if err != nil {
		return err
	}
	return d.placementsPage(v, f, noPortal)
}

func (d *Dashboard) placementsPage(v *visit, f form, noPortal bool) error {
	data := placementsData{Search: v.query.Get("q"), Form: f, MayWrite: v.mayWrite(), NoPortal: noPortal}
	list, next, err := d.Registry.Placements(v.ctx(), v.actor(), v.page(), registry.Filter{Portal: v.query.Get("portal")})
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	names, err := d.destinationNames(v)
	if err != nil {
		return err
	}
	portals, err := portalNames(d, v, list, func(p referral.Placement) string { return p.Portal })
	if err != nil {
		return err
	}
	for _, p := range list {
		row := v.placementRow(p, names)
		row.Portal = cmp.Or(portals[p.Portal], p.Portal)
		data.Rows = append(data.Rows, row)
	}
	return v.render("dash_placements.html", v.l.T("dashboard.placements.title"), data)
}

func (v *visit) placementRow(p referral.Placement, destinations map[string]string) placementRow {
	row := placementRow{Code: p.Code, Portal: p.Portal, Label: p.Label, Campaign: p.Campaign, State: p.State,
		Kind: v.l.T("dashboard.kind." + string(p.Kind)), StateText: v.l.T("dashboard.state." + string(p.State)), Destination: destinations[p.Destination]}
	if row.Destination == "" {
		row.Destination = p.Destination
	}
	return row
}

// destinationNames are the names of all destinations, the hub among them.
func (d *Dashboard) destinationNames(v *visit) (map[string]string, error) {
	list, err := d.Registry.Destinations(v.ctx())
	if err != nil {
		return nil, err
	}
	names := map[string]string{referral.HubID: v.l.T("dashboard.destinations.hub")}
	for _, x := range list {
		names[x.ID] = x.Name.In(v.l.Code)
	}
	return names, nil
}

func (d *Dashboard) placementForm(v *visit) (f form, noPortal bool, err error) {
	portal, noPortal, err := d.portalPicker(v, "portal", "dashboard.placements.portal", "")
	if err != nil {
		return form{}, false, err
	}
	destinations, err := d.destinationOptions(v)
	if err != nil {
		return form{}, false, err
	}
	portal.Value = v.query.Get("portal")
	var kinds []option
	for _, k := range []referral.PlacementKind{referral.PlacementWidget, referral.PlacementQR, referral.PlacementLink} {
		kinds = append(kinds, option{Value: string(k), Label: v.l.T("dashboard.kind." + string(k))})
	}
	return newForm(v, Root+"/vi-tri#moi", "dashboard.placements.submit",
		portal,
		field{Name: "kind", Key: "dashboard.placements.kind", Hint: "dashboard.placements.kind_hint", Type: "select", Required: true, Options: kinds},
		field{Name: "destination", Key: "dashboard.placements.destination", Hint: "dashboard.placements.destination_hint", Type: "select", Required: true, Options: destinations},
		field{Name: "label", Key: "dashboard.placements.label", Hint: "dashboard.placements.label_hint", Placeholder: v.l.T("dashboard.placements.label_example")}), noPortal, nil
}

func (d *Dashboard) destinationOptions(v *visit) ([]option, error) {
	list, err := d.Registry.Destinations(v.ctx())
	if err != nil {
		return nil, err
	}
	var out []option
	for _, x := range list {
		out = append(out, option{Value: x.ID, Label: x.Name.In(v.l.Code)})
	}
	return append(out, option{Value: referral.HubID, Label: v.l.T("dashboard.destinations.hub")}), nil
}

func (d *Dashboard) createPlacement(v *visit) error {
	in := registry.PlacementInput{Kind: v.typed("kind"), Destination: v.typed("destination"), Label: v.typed("label")}
	if err := d.pickPortal(v, &in.Portal, &in.Faults); err != nil {
		return err
	}
	p, err := d.Registry.CreatePlacement(v.ctx(), v.actor(), in)
	if err != nil {
		f, noPortal, ferr := d.placementForm(v)
		if ferr != nil {
			return ferr
		}
		if !f.take(v, err) {
			return err
		}
		return d.placementsPage(v, f, noPortal)
	}
	return v.goTo(Root+"/vi-tri/"+string(p.Code), "done", "made")
}

type placementData struct {
	Row      placementRow
	Done     string // what was just done
	Go, Scan string // whole addresses
	MayWrite bool
	Form     form
	History  []changeRow
}

func (d *Dashboard) placement(v *visit) error {
	code, err := v.code()
	if err != nil {
		return err
	}
	p, err := d.Registry.Placement(v.ctx(), v.actor(), code)
	if err != nil {
		return err
	}
	f, err := d.placementEdit(v, p)
	if err != nil {
		return err
	}
	return d.placementPage(v, p, f)
}

func (v *visit) code() (referral.Code, error) {
	code, err := referral.ParseCode(v.param("code"))
	if err != nil {
		return "", referral.Errorf(referral.ErrNotFound, "status.not_found.detail")
	}
	return code, nil
}

func (d *Dashboard) placementPage(v *visit, p referral.Placement, f form) error {
	names, err := d.destinationNames(v)
	if err != nil {
		return err
	}
	history, err := d.historyWithUndo(v, "placement", string(p.Code), Root+"/vi-tri/"+string(p.Code))
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(d.BaseURL, "/")
	data := placementData{Row: v.placementRow(p, names), MayWrite: v.mayWrite(), Form: f, History: history,
		Go: base + "/go/" + string(p.Code), Scan: base + "/" + string(p.Code)}
	if portal, err := d.Registry.Portal(v.ctx(), v.actor(), p.Portal); err == nil {
		data.Row.Portal = portal.Name
	}
	switch v.query.Get("done") {
	case "made":
		data.Done = v.l.T("dashboard.placement.made", "code", string(p.Code))
	case "changed":
		data.Done = v.l.T("dashboard.placement.changed")
	default:
		data.Done = v.doneText()
	}
	return v.render("dash_placement.html", v.l.T("dashboard.placement.title", "code", string(p.Code)), data)
}

func (d *Dashboard) placementEdit(v *visit, p referral.Placement) (form, error) {
	destinations, err := d.destinationOptions(v)
	if err != nil {
		return form{}, err
	}
	campaigns, err := d.campaignOptions(v, p.Campaign)
	if err != nil {
		return form{}, err
	}
	var states []option
	for _, s := range []referral.PlacementState{referral.PlacementOpen, referral.PlacementPaused, referral.PlacementRetired} {
		states = append(states, option{Value: string(s), Label: v.l.T("dashboard.state." + string(s))})
	}
	return editForm(v, Root+"/vi-tri/"+string(p.Code)+"#sua", "dashboard.form.save",
		field{Name: "destination", Key: "dashboard.placements.destination", Type: "select", Required: true, Options: destinations, Value: p.Destination},
		field{Name: "label", Key: "dashboard.placements.label", Value: p.Label},
		field{Name: "campaign", Key: "dashboard.placement.campaign", Hint: "dashboard.placement.campaign_hint", Type: "select", Options: campaigns, Value: p.Campaign},
		field{Name: "state", Key: "dashboard.placement.state", Hint: "dashboard.placement.state_hint", Type: "select", Required: true, Options: states, Value: string(p.State)},
		field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.placement.reason_hint"}), nil
}

func (d *Dashboard) updatePlacement(v *visit) error {
	code, err := v.code()
	if err != nil {
		return err
	}
	_, err = d.Registry.UpdatePlacement(v.ctx(), v.actor(), code, registry.PlacementInput{Destination: v.retyped("destination"), Label: v.retyped("label"),
		Campaign: v.retyped("campaign"), State: v.retyped("state")}, v.form.Get("reason"))
	if err == nil {
		return v.goTo(Root+"/vi-tri/"+string(code), "done", "changed")
	}
	p, perr := d.Registry.Placement(v.ctx(), v.actor(), code)
	if perr != nil {
		return perr
	}
	f, ferr := d.placementEdit(v, p)
	if ferr != nil {
		return ferr
	}
	if !f.take(v, err) {
		return err
	}
	return d.placementPage(v, p, f)
}
