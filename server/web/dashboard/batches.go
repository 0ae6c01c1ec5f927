package dashboard

import (
	"cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

const batchesPath = Root + "/in-an"

type batchesData struct {
	Search, Next string
	Tabs         []link
	Rows         []batchRow
	Form         form
	MayWrite     bool
	NoPortal     bool // there is none yet, so nothing can be printed
}

type batchRow struct {
	ID, Name, Portal, Destination, Paper string
	State                                referral.BatchState
	StateText                            string
	Serials                              string // "0000 0018 – 0000 0067"
	PrintedOn                            string
	Never                                int64 // codes that nobody has ever scanned
}

var batchStates = []referral.BatchState{referral.BatchDraft, referral.BatchApproved, referral.BatchPrinted, referral.BatchPlaced, referral.BatchRetired}

func (d *Dashboard) batches(v *visit) error {
	f, noPortal, err := d.batchForm(v)
	if err != nil {
		return err
	}
	return d.batchesPage(v, f, noPortal)
}

func (d *Dashboard) batchesPage(v *visit, f form, noPortal bool) error {
	state := v.query.Get("state")
	data := batchesData{Search: v.query.Get("q"), Form: f, MayWrite: v.mayWrite(), NoPortal: noPortal,
		Tabs: []link{{Label: v.l.T("print.tab.all"), Href: batchesPath, Current: state == ""}}}
	for _, s := range batchStates {
		data.Tabs = append(data.Tabs, link{Label: v.l.T("print.state." + string(s)), Href: batchesPath + "?state=" + string(s), Current: state == string(s)})
	}
	list, next, err := d.Registry.Batches(v.ctx(), v.actor(), v.page(), registry.Filter{State: state, Portal: v.query.Get("portal")})
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	names, err := d.destinationNames(v)
	if err != nil {
		return err
	}
	never, err := d.Stats.NeverScanned(v.ctx())
	if err != nil {
		return err
	}
	portals, err := portalNames(d, v, list, func(b referral.PrintBatch) string { return b.Portal })
	if err != nil {
		return err
	}
	for _, b := range list {
		row := v.batchRow(b, names)
		row.Never, row.Portal = never[b.ID], cmp.Or(portals[b.Portal], b.Portal)
		data.Rows = append(data.Rows, row)
	}
	return v.render("dash_batches.html", v.l.T("print.title"), data)
}

func (v *visit) batchRow(b referral.PrintBatch, destinations map[string]string) batchRow {
	row := batchRow{ID: b.ID, Name: b.Name, Portal: b.Portal, Destination: destinations[b.Destination], Paper: v.l.T("print.paper." + string(b.Paper)),
		State: b.State, StateText: v.l.T("print.state." + string(b.State)), Serials: serials(b.Serials)}
	if b.PrintedOn != referral.NoDay {
		row.PrintedOn = v.l.Day(b.PrintedOn)
	}
	return row
}

func (d *Dashboard) batchForm(v *visit) (f form, noPortal bool, err error) {
	portal, noPortal, err := d.portalPicker(v, "portal", "dashboard.placements.portal", "")
	if err != nil {
		return form{}, false, err
	}
	portal.Value = v.query.Get("portal")
	fields, err := d.batchFields(v, referral.PrintBatch{Paper: referral.PaperA4, Destination: referral.HubID})
	if err != nil {
		return form{}, false, err
	}
	return newForm(v, batchesPath+"#moi", "print.create", append([]field{
		{Name: "name", Key: "print.name", Hint: "print.name_hint", Required: true, Placeholder: v.l.T("print.name_example")},
		{Name: "id", Key: "print.id", Hint: "print.id_hint", Required: true, Placeholder: "dot-1-2026"},
		portal,
	}, fields...)...), noPortal, nil
}

// batchFields are the inputs of what can be changed later too.
func (d *Dashboard) batchFields(v *visit, b referral.PrintBatch) ([]field, error) {
	destinations, err := d.destinationOptions(v)
	if err != nil {
		return nil, err
	}
	campaigns, err := d.campaignOptions(v, b.Campaign)
	if err != nil {
		return nil, err
	}
	return []field{
		{Name: "destination", Key: "dashboard.placements.destination", Type: "select", Required: true, Options: destinations, Value: b.Destination},
		{Name: "campaign", Key: "print.campaign", Hint: "print.campaign_hint", Type: "select", Options: campaigns, Value: b.Campaign},
		{Name: "paper", Key: "print.paper_label", Type: "select", Required: true, Options: v.papers(), Value: string(b.Paper)},
	}, nil
}

func (v *visit) papers() (out []option) {
	for _, p := range []referral.Paper{referral.PaperA4, referral.PaperA3, referral.PaperA5, referral.PaperStickers} {
		out = append(out, option{Value: string(p), Label: v.l.T("print.paper." + string(p))})
	}
	return out
}

func (v *visit) batchInput() registry.BatchInput {
	return registry.BatchInput{Name: v.retyped("name"), Destination: v.retyped("destination"), Campaign: v.retyped("campaign"), Paper: v.retyped("paper")}
}

// typed returns nil for an input that the form did not have.
func (v *visit) typed(name string) *string {
	if values, sent := v.form[name]; sent && len(values) > 0 {
		return &values[0]
	}
	return nil
}

func (d *Dashboard) createBatch(v *visit) error {
	in := v.batchInput()
	in.ID = v.typed("id")
	if err := d.pickPortal(v, &in.Portal, &in.Faults); err != nil {
		return err
	}
	b, err := d.Registry.CreateBatch(v.ctx(), v.actor(), in)
	if err == nil {
		return v.goTo(batchesPath+"/"+b.ID, "done", "create")
	}
	f, noPortal, ferr := d.batchForm(v)
	if ferr != nil {
		return ferr
	}
	if !f.take(v, err) {
		return err
	}
	return d.batchesPage(v, f, noPortal)
}
