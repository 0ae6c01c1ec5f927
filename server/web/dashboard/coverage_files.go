package dashboard

import (
	"io"
	"strings"

	"lensan/server/coverage"
	"lensan/server/export"
	"lensan/server/referral"
	"lensan/server/web"
)

func (v *visit) coverageFiles(state coverage.State, province string) tableFiles {
	at := func(ending string) string {
		return v.coverageAddress(coveragePath+ending, "state", string(state), "province", province, "map", "")
	}
	return tableFiles{XLSX: at(".xlsx"), CSV: at(".csv")}
}

// coverageCSV answers /do-phu.csv and coverageXLSX /do-phu.xlsx: all rows of
// the page.
func (d *Dashboard) coverageCSV(v *visit) error {
	return v.sendCoverage("csv", "text/csv; charset=utf-8", export.WriteCSV)
}

func (d *Dashboard) coverageXLSX(v *visit) error {
	return v.sendCoverage("xlsx", workbookType, export.WriteXLSX)
}

func (v *visit) sendCoverage(ending, kind string, write func(io.Writer, export.Table) error) error {
	t := v.coverageTable()
	return web.SendFile(v.c, kind, "lensan-do-phu-"+v.today().String()+"."+ending, func(w io.Writer) error { return write(w, t) })
}

// coverageTable holds the rows. They are read here: the file is written when
// the visit is over.
func (v *visit) coverageTable() export.Table {
	report, rows := v.ownCoverage()
	asked, province := v.askCoverage()
	t := export.Table{Name: v.l.T("export.sheet"), Title: v.l.T("dashboard.coverage.title")}
	for _, key := range []string{"province", "province_name", "portal", "portal_name", "state", "since", "last_view", "last_found", "last_check", "views_28d", "clicks_28d", "found"} {
		t.Columns = append(t.Columns, export.Column{Key: key, Head: v.l.T("dashboard.coverage.column." + key), Wide: strings.HasSuffix(key, "_name") || key == "found"})
	}
	var lines [][]export.Value
	for _, r := range rows {
		if asked != "" && r.State != asked || province != "" && r.Province.Code != province {
			continue
		}
		id, name, checked := export.Nothing, export.Nothing, export.Nothing
		if r.Portal != nil {
			id, name = export.Text(r.Portal.ID), export.Text(r.Portal.Name)
		}
		if !r.CheckedAt.IsZero() {
			checked = export.Hour(r.CheckedAt)
		}
		lines = append(lines, []export.Value{export.Text(r.Province.Code), export.Text(v.provinceName(r.Province)), id, name, export.Text(string(r.State)),
			dayOrNothing(r.Since), dayOrNothing(r.LastSeen), dayOrNothing(r.LastFound), checked, export.Number(r.Views), export.Number(r.Clicks),
			export.Text(strings.Join(v.foundLines(r), " | "))})
	}
	t.Rows = func(yield func([]export.Value, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
	t.About = v.aboutCoverage(report, asked, province)
	return t
}

func dayOrNothing(d referral.Day) export.Value {
	if d == referral.NoDay {
		return export.Nothing
	}
	return export.Day(d)
}

// aboutCoverage says what the workbook is of and what its states mean.
func (v *visit) aboutCoverage(report *coverage.Report, asked coverage.State, province string) export.Page {
	page := export.Page{Name: v.l.T("export.about")}
	add := func(term, text string) { page.Notes = append(page.Notes, export.Note{Term: term, Text: text}) }
	add(v.l.T("export.scope"), "")
	add(v.l.T("export.table"), v.l.T("dashboard.coverage.title"))
	add(v.l.T("dashboard.coverage.at"), v.l.Time(report.At))
	if asked != "" {
		add(v.l.T("dashboard.coverage.state_column"), v.l.T("dashboard.coverage.state."+string(asked)))
	}
	if province != "" {
		add(v.l.T("dashboard.coverage.column.province"), province)
	}
	add(v.l.T("dashboard.coverage.sources"), v.l.T("dashboard.coverage.lead"))
	for _, s := range coverage.States {
		add(string(s), v.l.T("dashboard.coverage.state."+string(s))+". "+v.l.T("dashboard.coverage.means."+string(s)))
	}
	return page
}
