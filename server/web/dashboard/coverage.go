package dashboard

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/coverage"
	"lensan/server/export"
	"lensan/server/referral"
)

type coverageView struct {
	Lead   string
	At     time.Time // zero before the first report
	States []stateLink
	Rows   []coverageRow
	Next   string
	File   string
	Weeks  []coverageWeek
	Names  []string // of the states, for the table of weeks
}

type stateLink struct {
	Label, Href, Count string
	Current            bool
}

type coverageRow struct {
	Province, Portal, ID string
	State, Class, Why    string
	Seen, Numbers        string
	Found                []string // one line a host
}

type coverageWeek struct {
	Week      string
	Counts    []string
	Provinces string
}

const coveragePage = 100 // rows

var stateClass = map[coverage.State]string{coverage.Placed: "good", coverage.Altered: "warning", coverage.Unseen: "warning", coverage.Unfound: "warning", coverage.Lost: "danger"}

// ownCoverage returns the rows that the account may see.
func (v *visit) ownCoverage() (report *coverage.Report, rows []coverage.Row) {
	report = v.d.Coverage.Report()
	_, own := v.ownProvince()
	return report, report.Within(own)
}

func (d *Dashboard) coverage(v *visit) error {
	report, rows := v.ownCoverage()
	asked := coverage.State(v.query.Get("state"))
	if !slices.Contains(coverage.States, asked) {
		asked = ""
	}
	data := coverageView{At: report.At, Lead: v.l.T("dashboard.coverage.lead"), File: v.fileAddress(asked)}
	counts, covered, all := map[coverage.State]int{}, map[referral.ProvinceID]bool{}, map[referral.ProvinceID]bool{}
	var shown []coverage.Row
	for _, row := range rows {
		counts[row.State]++
		all[row.Province.ID] = true
		if row.State.Covered() {
			covered[row.Province.ID] = true
		}
		if asked == "" || row.State == asked {
			shown = append(shown, row)
		}
	}
	data.States = v.stateLinks(asked, counts, len(rows))
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
	}
	title := v.l.T("dashboard.coverage.heading", "n", strconv.Itoa(len(covered)), "all", strconv.Itoa(len(all)))
	if report.At.IsZero() {
		title = v.l.T("dashboard.coverage.title")
	}
	return v.render("dash_coverage.html", title, data)
}

func (v *visit) fileAddress(state coverage.State) string {
	if state == "" {
		return Root + "/do-phu.csv"
	}
	return Root + "/do-phu.csv?state=" + string(state)
}

func (v *visit) stateLinks(asked coverage.State, counts map[coverage.State]int, all int) []stateLink {
	out := []stateLink{{Label: v.l.T("dashboard.coverage.all"), Href: Root + "/do-phu", Count: v.l.Number(int64(all)), Current: asked == ""}}
	for _, s := range coverage.States {
		out = append(out, stateLink{Label: v.l.T("dashboard.coverage.state." + string(s)), Href: Root + "/do-phu?state=" + string(s),
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
	for _, c := range r.Checks {
		row.Found = append(row.Found, c.Host+": "+v.foundAt(c))
	}
	return row
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

// coverageFile answers /do-phu.csv with all rows of the page, as UTF-8 with the
// mark by which Excel knows it.
func (d *Dashboard) coverageFile(v *visit) error {
	_, rows := v.ownCoverage()
	var t export.Table
	for _, key := range []string{"province", "province_name", "portal", "portal_name", "state", "since", "last_view", "last_found", "last_check", "views_28d", "clicks_28d", "found"} {
		t.Columns = append(t.Columns, export.Column{Key: key})
	}
	var lines [][]export.Value
	for _, r := range rows {
		if asked := v.query.Get("state"); asked != "" && asked != string(r.State) {
			continue
		}
		line := []string{r.Province.Code, v.provinceName(r.Province), "", "", string(r.State), r.Since.String(), r.LastSeen.String(), r.LastFound.String(), "",
			strconv.FormatInt(r.Views, 10), strconv.FormatInt(r.Clicks, 10), ""}
		if r.Portal != nil {
			line[2], line[3] = r.Portal.ID, r.Portal.Name
		}
		if !r.CheckedAt.IsZero() {
			line[8] = r.CheckedAt.In(referral.Zone).Format(time.RFC3339)
		}
		var found []string
		for _, c := range r.Checks {
			found = append(found, c.Host+": "+v.foundAt(c))
		}
		line[11] = strings.Join(found, " | ")
		lines = append(lines, export.Texts(line))
	}
	t.Rows = func(yield func([]export.Value, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	if err := export.WriteCSV(&b, t); err != nil {
		return err
	}
	v.c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	v.c.Attachment("lensan-do-phu-" + v.today().String() + ".csv")
	return v.c.Send(b.Bytes())
}
