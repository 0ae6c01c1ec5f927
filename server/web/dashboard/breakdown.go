package dashboard

import (
	"slices"

	"lensan/server/referral"
	"lensan/server/stats"
)

// breakdownData is one grouping with all its columns.
type breakdownData struct {
	Crumbs []link
	Chips  []chip
	Days   string
	By     []link // the groupings
	Head   string
	Heads  []columnHead
	Rows   []breakdownRow
	Total  breakdownRow
	Left   int // rows that only the file has
	Note   string
	Files  tableFiles
	Back   string
}

type breakdownRow struct {
	Label, Sub, Href string
	stats.Row
}

// columnHead is a column's name and the key of its definition.
type columnHead struct{ Label, Key string }

var breakdownColumns = []string{"arrivals", "through", "views", "visitors", "signups", "repeat", "bot", "preview", "recorded"}

// Cells are the numbers of a row in the order of breakdownColumns.
func (r breakdownRow) Cells() []int64 {
	return []int64{r.Arrivals, r.Through, r.Views, r.Visitors, r.Signups, r.Repeat, r.Bot, r.Preview, r.Recorded()}
}

// mostRows is how many rows a page shows; the file has all.
const mostRows = 500

// filterOf says which filter of the address narrows to a row of a grouping.
var filterOf = map[stats.GroupBy]string{"portal": "portal", "batch": "batch", "placement": "placement", "destination": "destination", "channel": "channel", "campaign": "campaign",
	"device": "device", "os": "os", "browser": "browser", "app": "app", "referrer_host": "host"}

// breakdown answers /bang: what a figure is made of.
func (d *Dashboard) breakdown(v *visit) error {
	s, by, p, err := v.askBreakdown()
	if err != nil {
		return err
	}
	n := numbers{scope: s}
	data := breakdownData{Crumbs: v.crumbs(&s), Chips: v.chips(&s), Days: v.daysText(p.from, p.to), Head: v.l.T("overview.by." + string(by)),
		Files: v.filesOf(by), Back: v.to(Root, "by", ""), Total: breakdownRow{Row: p.Total}}
	if p.from != s.period.From || p.to != s.period.To {
		data.Note = v.l.T("overview.table.months", "days", data.Days)
	}
	for _, key := range breakdownColumns {
		data.Heads = append(data.Heads, columnHead{v.l.T("dashboard.define." + key + "_term"), key})
	}
	for _, other := range stats.Groupings {
		data.By = append(data.By, link{Label: v.l.T("overview.by." + string(other)), Current: other == by, Href: v.to(Root+"/bang", "by", string(other))})
	}
	link := n.rowLink(v, by)
	sub := func(stats.Row) string { return "" }
	if by == "placement" {
		sub = n.placementSub(v)
	}
	rows := v.named(by, p).Rows
	for _, row := range rows[:min(len(rows), mostRows)] {
		data.Rows = append(data.Rows, breakdownRow{Label: row.Label, Sub: sub(row), Href: link(row), Row: row})
	}
	data.Left = len(rows) - len(data.Rows)
	return v.render("dash_breakdown.html", v.l.T("overview.title."+string(by)), data)
}

// askBreakdown reads the address and puts its one question.
func (v *visit) askBreakdown() (s scope, by stats.GroupBy, p part, err error) {
	if err = v.mayReadNumbers(); err != nil {
		return s, by, p, err
	}
	if s, err = v.readScope(); err != nil {
		return s, by, p, err
	}
	by = stats.GroupBy(v.query.Get("by"))
	if by == "" {
		by = "day"
	}
	if !slices.Contains(stats.Groupings, by) {
		var faults referral.Faults
		faults.Add("/by", "overview.scope.unreadable")
		return s, by, p, faults.Err()
	}
	p.from, p.to = s.period.From, s.period.To
	if s.agentsByMonth(by) {
		p.from, p.to = wholeMonths(p.from, p.to)
	}
	p.Report, err = v.d.Stats.Query(v.ctx(), s.query(by, p.from, p.to, v.l.Code))
	return s, by, p, err
}

// agentsByMonth says whether a grouping makes devices meet placements, which is
// kept by the month alone.
func (s *scope) agentsByMonth(by stats.GroupBy) bool {
	agents := []stats.GroupBy{"device", "os", "browser", "app"}
	f := &s.filter
	return slices.Contains(agents, by) && s.placed() ||
		f.Device+f.OS+f.Browser+f.App != "" && (by == "portal" || by == "batch" || by == "placement" || s.placed() && by == "month")
}

// rowLink returns the address of the overview that is narrowed to a row.
func (n *numbers) rowLink(v *visit, by stats.GroupBy) func(stats.Row) string {
	at := func(from, to referral.Day) string {
		return v.to(Root, "by", "", "period", "custom", "from", from.String(), "to", to.String())
	}
	switch by {
	case "day":
		return func(row stats.Row) string {
			day, err := referral.ParseDay(row.Key)
			if err != nil {
				return ""
			}
			return at(day, day)
		}
	case "month":
		return func(row stats.Row) string {
			day, err := referral.ParseDay(row.Key + "-01")
			if err != nil {
				return ""
			}
			first, last := wholeMonths(day, day)
			return at(first, last)
		}
	case "province":
		return n.provinceHref(v)
	}
	name, ok := filterOf[by]
	if !ok || n.agentsByMonth(by) {
		return func(stats.Row) string { return "" }
	}
	return v.narrowedBy(name)
}
