package dashboard

import (
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
)

// overviewData is the first page: what came of it all, and how far to trust it.
type overviewData struct {
	Heading, Sub string
	Fault        string // of the period that was asked for
	Stalled      string // since when the numbers stand still, "" if they do not
	Period       period
	Periods      []link
	Figures      []figure
	Chart        chart
	Days         []dayRow
	Channels     table
	Provinces    table
	Boundaries   []link
	Silent       []string // provinces of today without a click
	Destinations table
	Quality      []measure
	AppliedAt    string
	Lost         int64
	Empty        bool   // nothing was recorded in the period
	Steps        []step // what a new instance needs next, empty once it has it all
}

type figure struct {
	Key    string // of its definition
	Label  string
	Value  int64
	Before int64
	Change string // "12 %", "" if there was nothing before
	Up     bool
	Same   bool
}

type dayRow struct {
	Day             referral.Day
	Arrivals, Views int64
	Through         int64
}

// table is a list of parts of a whole.
type table struct {
	Head  string
	Count string // what is counted
	Rows  []tableRow
	Total int64
}

type tableRow struct {
	Label string
	Value int64
	Share string // "42 %"
	Width string // of the bar: 100 for the longest
}

type measure struct {
	Key   string // of its definition
	Label string
	Value int64
	Bad   bool
}

type step struct {
	Title, Text, Href, Action string
	Done, Next                bool
}

func (d *Dashboard) overview(v *visit) error {
	if v.is(referral.RoleMarketplace) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	var data overviewData
	var fault string
	data.Period, fault = readPeriod(v.query.Get("period"), v.query.Get("from"), v.query.Get("to"), v.today())
	if fault != "" {
		data.Fault = v.l.T(fault)
	}
	n, err := d.ask(v, data.Period, stats.Boundaries(v.query.Get("boundaries")))
	if err != nil {
		return err
	}
	if data.Steps, err = d.steps(v, n.days.Total.Recorded()); err != nil {
		return err
	}
	n.fill(v, &data)
	return v.render("dash_overview.html", data.Heading, data)
}

// numbers are the answers that the page is made of.
type numbers struct {
	period                       period
	boundaries                   stats.Boundaries
	days, daysBefore             stats.Report
	channels, channelsBefore     stats.Report
	provinces, recordedProvinces stats.Report
	destinations                 stats.Report
}

func (d *Dashboard) ask(v *visit, p period, b stats.Boundaries) (n numbers, err error) {
	if b != stats.BoundariesRecorded {
		b = stats.BoundariesCurrent
	}
	n.period, n.boundaries = p, b
	only, lineage := v.ownProvince()
	query := func(into *stats.Report, by stats.GroupBy, from, to referral.Day, b stats.Boundaries) {
		if err != nil {
			return
		}
		q := stats.Query{From: from, To: to, GroupBy: by, Boundaries: b, Lang: v.l.Code}
		if b == stats.BoundariesCurrent {
			q.Filter.Province = only
		}
		*into, err = d.Stats.Query(v.ctx(), q)
	}
	query(&n.days, "day", p.From, p.To, stats.BoundariesCurrent)
	query(&n.daysBefore, "day", p.PrevFrom, p.PrevTo, stats.BoundariesCurrent)
	query(&n.channels, "channel", p.From, p.To, stats.BoundariesCurrent)
	query(&n.channelsBefore, "channel", p.PrevFrom, p.PrevTo, stats.BoundariesCurrent)
	query(&n.destinations, "destination", p.From, p.To, stats.BoundariesCurrent)
	query(&n.provinces, "province", p.From, p.To, stats.BoundariesCurrent)
	if b == stats.BoundariesRecorded {
		query(&n.recordedProvinces, "province", p.From, p.To, b)
		n.recordedProvinces.Rows = v.keepOwn(n.recordedProvinces.Rows, lineage)
	}
	return n, err
}

// ownProvince returns the code of the province, as it is today, that an account
// is limited to, and all that became part of it; "" and nil for any other account.
func (v *visit) ownProvince() (code string, lineage map[referral.ProvinceID]bool) {
	if !v.is(referral.RoleProvince) {
		return "", nil
	}
	provinces := v.d.Registry.Provinces()
	lineage = map[referral.ProvinceID]bool{}
	p := provinces.Follow(v.session.Account.Province, v.today())
	if p == nil {
		return "none", lineage
	}
	for _, id := range provinces.Lineage(p.ID) {
		lineage[id] = true
	}
	return p.Code, lineage
}

// keepOwn leaves out the rows of other provinces: by recorded boundaries one
// code can have had two holders, so rows are told apart by their validity.
func (v *visit) keepOwn(rows []stats.Row, lineage map[referral.ProvinceID]bool) []stats.Row {
	if lineage == nil {
		return rows
	}
	var out []stats.Row
	for _, row := range rows {
		if p := v.provinceOf(row); p != nil && lineage[p.ID] {
			out = append(out, row)
		}
	}
	return out
}

func (v *visit) provinceOf(row stats.Row) *referral.Province {
	all := v.d.Registry.Provinces().All()
	for i := range all {
		if all[i].Code == row.Key && all[i].ValidFrom == row.ValidFrom {
			return &all[i]
		}
	}
	return nil
}

// steps are what an instance needs that never recorded a click, in order.
func (d *Dashboard) steps(v *visit, recorded int64) ([]step, error) {
	if recorded > 0 || !v.mayWrite() {
		return nil, nil
	}
	only, _ := v.ownProvince()
	ever, err := d.Stats.Query(v.ctx(), stats.Query{From: v.today() - longestPeriod + 1, To: v.today(), Boundaries: stats.BoundariesCurrent,
		Filter: stats.Filter{Province: only}, Lang: v.l.Code})
	if err != nil || ever.Total.Recorded() > 0 {
		return nil, err
	}
	portals, _, err := d.Registry.Portals(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	placements, _, err := d.Registry.Placements(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	newStep := func(name, href string, done bool) step {
		key := "dashboard.step." + name
		return step{Title: v.l.T(key + "_title"), Text: v.l.T(key + "_text"), Action: v.l.T(key + "_action"), Href: href, Done: done}
	}
	steps := []step{
		newStep("portal", Root+"/cong#moi", len(portals) > 0),
		newStep("placement", Root+"/vi-tri#moi", len(placements) > 0),
	}
	embed, try := Root+"/vi-tri", Root+"/vi-tri"
	if len(placements) > 0 {
		code := string(placements[0].Code)
		embed, try = "/nhung/"+code, "/go/"+code
	}
	steps = append(steps, newStep("embed", embed, false), newStep("try", try, false))
	for i := range steps {
		if !steps[i].Done {
			steps[i].Next = true
			break
		}
	}
	return steps, nil
}

// share writes part of whole in percent.
func (v *visit) share(part, whole int64) string {
	if whole <= 0 {
		return v.percent(0)
	}
	return v.percent(100 * float64(part) / float64(whole))
}
