package dashboard

import (
	"io"
	"time"

	"lensan/server/export"
	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/stats"
	"lensan/server/web"
)

// tableFiles are the addresses of a table's files.
type tableFiles struct{ XLSX, CSV string }

func (v *visit) filesOf(by stats.GroupBy) tableFiles {
	return tableFiles{v.to(Root+"/so-lieu.xlsx", "by", string(by)), v.to(Root+"/so-lieu.csv", "by", string(by))}
}

// workbookType is the media type of XLSX (ECMA-376, part 2).
const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// numbersCSV answers /so-lieu.csv and numbersXLSX /so-lieu.xlsx: a grouping with
// all its rows. A number that is withheld is "<5", one that is not known is empty.
func (d *Dashboard) numbersCSV(v *visit) error {
	return v.sendNumbers("csv", "text/csv; charset=utf-8", export.WriteCSV)
}

func (d *Dashboard) numbersXLSX(v *visit) error {
	return v.sendNumbers("xlsx", workbookType, export.WriteXLSX)
}

func (v *visit) sendNumbers(ending, kind string, write func(io.Writer, export.Table) error) error {
	s, by, p, err := v.askBreakdown()
	if err != nil {
		return err
	}
	t := v.exportTable(&s, by, p)
	name := "lensan-" + string(by) + "-" + s.period.From.String() + "-" + s.period.To.String() + "." + ending
	return web.SendFile(v.c, kind, name, func(w io.Writer) error { return write(w, t) })
}

// exportTable holds a grouping. What it shows of the visit is read here: the
// file is written when the visit is over.
func (v *visit) exportTable(s *scope, by stats.GroupBy, p part) export.Table {
	t := export.Table{Name: v.l.T("export.sheet"), Title: v.l.T("overview.title." + string(by))}
	t.Columns = report.Columns(v.l, by)
	rows := v.named(by, p).Rows
	t.Rows = func(yield func([]export.Value, error) bool) {
		for _, row := range rows {
			if !yield(exportRow(by, row), nil) {
				return
			}
		}
	}
	p.Total.Key, p.Total.Label = "", v.l.T("dashboard.overview.total")
	t.Total = exportRow("", p.Total)
	t.About = v.aboutExport(s, by, p)
	return t
}

func exportRow(by stats.GroupBy, r stats.Row) []export.Value {
	key, label := exportKey(by, r.Key), export.Text(r.Label)
	if by == "day" || by == "month" || by == "hour" {
		label = key
	}
	return report.Cells(key, label, r)
}

// exportKey makes times of the keys of times.
func exportKey(by stats.GroupBy, key string) export.Value {
	switch by {
	case "day":
		if day, err := referral.ParseDay(key); err == nil {
			return export.Day(day)
		}
	case "month":
		if day, err := referral.ParseDay(key + "-01"); err == nil {
			return export.Month(day)
		}
	case "hour":
		if at, err := time.Parse(time.RFC3339, key); err == nil {
			return export.Hour(at)
		}
	}
	return export.Text(key)
}

// aboutExport says what a workbook is of and what its columns count.
func (v *visit) aboutExport(s *scope, by stats.GroupBy, p part) export.Page {
	page := export.Page{Name: v.l.T("export.about")}
	add := func(term, text string) { page.Notes = append(page.Notes, export.Note{Term: term, Text: text}) }
	add(v.l.T("export.scope"), "")
	add(v.l.T("export.table"), v.l.T("overview.title."+string(by)))
	add(v.l.T("dashboard.period.label"), v.daysText(p.from, p.to))
	boundaries := string(s.boundaries)
	add(v.l.T("dashboard.boundaries.label"), v.l.T("dashboard.boundaries."+boundaries))
	for _, crumb := range v.crumbs(s) {
		if crumb.Current {
			add(v.l.T("export.place"), crumb.Label)
		}
	}
	for _, c := range v.chips(s) {
		add(c.Name, c.Value)
	}
	if at := p.Quality.AppliedAt; !at.IsZero() {
		add(v.l.T("dashboard.define.applied_term"), v.l.Time(at))
	}
	add(v.l.T("export.few"), v.l.T("overview.table.few"))
	page.Notes = append(page.Notes, report.Definitions(v.l)...)
	return page
}
