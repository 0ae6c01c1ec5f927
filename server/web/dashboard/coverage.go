package dashboard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
)

type coverageView struct {
	Lead    string
	Done    string    // what a look that was asked for has found
	Problem string    // why there was none
	At      time.Time // zero before the first report
	Country *coverageCountry
	Chosen  *coverageChosen
	States  []stateLink
	Rows    []coverageRow
	Next    string
	Files   tableFiles
	Weeks   []coverageWeek
	Names   []string // of the states, for the table of weeks
}

// coverageChosen is the province that the rows are narrowed to.
type coverageChosen struct{ Name, Without string }

type stateLink struct {
	Label, Href, Count string
	Current            bool
}

type coverageRow struct {
	Province, Portal, ID string
	State, Class, Why    string
	Seen, Numbers        string
	Found                []string // one line a host
	Checked              time.Time
	Look                 string // where to ask for a look at once, "" for who may not
}

type coverageWeek struct {
	Week      string
	Counts    []string
	Provinces string
}

const (
	coveragePath = Root + "/do-phu"
	coveragePage = 100 // rows
)

var stateClass = map[coverage.State]string{coverage.Placed: "good", coverage.Altered: "warning", coverage.Unseen: "warning", coverage.Unfound: "warning", coverage.Lost: "danger"}

// ownCoverage returns the rows that the account may see.
func (v *visit) ownCoverage() (report *coverage.Report, rows []coverage.Row) {
	report = v.d.Coverage.Report()
	_, own := v.ownProvince()
	return report, report.Within(own)
}

// askCoverage reads the filter of the address.
func (v *visit) askCoverage() (state coverage.State, province string) {
	if state = coverage.State(v.query.Get("state")); !slices.Contains(coverage.States, state) {
		state = ""
	}
	return state, v.query.Get("province")
}

func (d *Dashboard) coverage(v *visit) error { return d.coverageShown(v, "") }

func (d *Dashboard) coverageShown(v *visit, problem string) error {
	report, rows := v.ownCoverage()
	asked, province := v.askCoverage()
	data := coverageView{At: report.At, Lead: v.l.T("dashboard.coverage.lead"), Problem: problem, Files: v.coverageFiles(asked, province)}
	counts, covered, all := map[coverage.State]int{}, map[referral.ProvinceID]bool{}, map[referral.ProvinceID]bool{}
	var shown []coverage.Row
	inProvince := 0
	for _, row := range rows {
		all[row.Province.ID] = true
		if row.State.Covered() {
			covered[row.Province.ID] = true
		}
		if row.ID() != "" && row.ID() == v.query.Get("looked") {
			data.Done = v.lookedText(row)
		}
		if province != "" && row.Province.Code != province {
			continue
		}
		if province != "" {
			data.Chosen = &coverageChosen{v.provinceName(row.Province), v.coverageAddress(coveragePath, "province", "")}
		}
		inProvince++
		counts[row.State]++
		if asked == "" || row.State == asked {
			shown = append(shown, row)
		}
	}
	data.States = v.stateLinks(asked, counts, inProvince)
	from, _ := strconv.Atoi(v.query.Get("from"))
	from = min(max(from, 0), len(shown))
	for _, row := range shown[from:min(from+coveragePage, len(shown))] {
		data.Rows = append(data.Rows, v.coverageRow(row))
	}
	if from+coveragePage < len(shown) {
		data.Next = v.here("from", strconv.Itoa(from+coveragePage), "lang", "")
	}
	if _, own := v.ownProvince(); own == nil {
		data.Weeks, data.Names = v.coverageWeeks(report.Weeks)
		if !report.At.IsZero() {
			data.Country = d.coverageCountry(v, rows)
		}
	}
	title := v.l.T("dashboard.coverage.heading", "n", strconv.Itoa(len(covered)), "all", strconv.Itoa(len(all)))
	if report.At.IsZero() {
		title = v.l.T("dashboard.coverage.title")
	}
	return v.render("dash_coverage.html", title, data)
}

// coverageAddress is a page or file with the filter of this page, of which
// some values are changed.
func (v *visit) coverageAddress(path string, nameValue ...string) string {
	return v.to(path, append([]string{"from", "", "looked", ""}, nameValue...)...)
}

func (v *visit) stateLinks(asked coverage.State, counts map[coverage.State]int, all int) []stateLink {
	out := []stateLink{{Label: v.l.T("dashboard.coverage.all"), Href: v.coverageAddress(coveragePath, "state", ""), Count: v.l.Number(int64(all)), Current: asked == ""}}
	for _, s := range coverage.States {
		out = append(out, stateLink{Label: v.l.T("dashboard.coverage.state." + string(s)), Href: v.coverageAddress(coveragePath, "state", string(s)),
			Count: v.l.Number(int64(counts[s])), Current: asked == s})
	}
	return out
}

func (v *visit) coverageRow(r coverage.Row) coverageRow {
	row := coverageRow{Province: v.provinceName(r.Province), State: v.l.T("dashboard.coverage.state." + string(r.State)), Class: stateClass[r.State],
		Why: v.l.T("dashboard.coverage.why."+string(r.State), "day", v.l.Day(r.Since))}
	if r.Portal == nil {
		row.Why = v.l.T("dashboard.coverage.no_portal")
		return row
	}
	row.Portal, row.ID = r.Portal.Name, r.Portal.ID
	if r.State == coverage.Unfound && !slices.ContainsFunc(r.Checks, func(c coverage.HostCheck) bool { return c.Fault == "" }) {
		row.Why = v.l.T("dashboard.coverage.unread")
	}
	if r.LastSeen != referral.NoDay {
		row.Seen = v.l.Day(r.LastSeen)
		row.Numbers = v.l.T("dashboard.coverage.numbers", "views", v.l.Number(r.Views), "clicks", v.l.Number(r.Clicks))
	}
	row.Found, row.Checked = v.foundLines(r), r.CheckedAt
	if v.is(staff...) && v.d.Coverage.Looks() && len(r.Portal.Hosts) > 0 {
		row.Look = coveragePath + "/" + r.Portal.ID + "/kiem-tra"
	}
	return row
}

// foundLines says of each page what the latest look saw.
func (v *visit) foundLines(r coverage.Row) (lines []string) {
	for _, c := range r.Checks {
		lines = append(lines, c.Host+c.Page+": "+v.foundAt(c))
	}
	return lines
}

// foundAt says in a line what a look at a host saw.
func (v *visit) foundAt(c coverage.HostCheck) string {
	if c.Fault != "" {
		return v.l.T("dashboard.coverage.fault."+strings.TrimPrefix(c.Fault, "probe_"), "status", strconv.Itoa(c.HTTP))
	}
	if len(c.Found) == 0 {
		return v.l.T("dashboard.coverage.nothing")
	}
	var parts []string
	for _, f := range c.Found {
		text := string(f.Code)
		if !f.Own {
			text += " " + v.l.T("dashboard.coverage.foreign")
		}
		var notes []string
		for _, tier := range f.Tiers {
			notes = append(notes, v.l.T("dashboard.coverage.tier."+tier))
		}
		for _, bad := range f.Bad {
			notes = append(notes, v.l.T("dashboard.coverage.bad."+bad))
		}
		parts = append(parts, text+" ("+strings.Join(notes, ", ")+")")
	}
	return strings.Join(parts, "; ")
}

func (v *visit) coverageWeeks(weeks []coverage.Week) (out []coverageWeek, names []string) {
	for _, s := range coverage.States {
		names = append(names, v.l.T("dashboard.coverage.state."+string(s)))
	}
	for _, w := range slices.Backward(weeks) {
		row := coverageWeek{Week: v.l.T("dashboard.coverage.week", "day", v.l.Day(w.Monday)), Provinces: v.l.Number(int64(w.Provinces))}
		for _, s := range coverage.States {
			row.Counts = append(row.Counts, v.l.Number(int64(w.Portals[s])))
		}
		out = append(out, row)
	}
	return out, names
}
