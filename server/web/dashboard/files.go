package dashboard

import (
	"io"
	"time"

	"lensan/server/export"
	"lensan/server/referral"
	"lensan/server/stats"
	"lensan/server/web"
)

// tableFiles are the addresses of a table's files.
type tableFiles struct{ XLSX, CSV string }

func (v *visit) filesOf(by stats.GroupBy) tableFiles {
	return tableFiles{v.to(Root+"/so-lieu.xlsx", "by", string(by)), v.to(Root+"/so-lieu.csv", "by", string(by))}
}

// numbersCSV answers /so-lieu.csv and numbersXLSX /so-lieu.xlsx: a grouping with
// all its rows. A number that is withheld is "<5", one that is not known is empty.
func (d *Dashboard) numbersCSV(v *visit) error {
	return v.sendNumbers("csv", "text/csv; charset=utf-8", export.WriteCSV)
}

func (d *Dashboard) numbersXLSX(v *visit) error {
	return v.sendNumbers("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export.WriteXLSX)
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

// exportColumns are the numbers of a file, as the API names them.
var exportColumns = []string{"arrivals", "through", "views", "visitors", "signups", "people", "repeat", "bot", "preview", "recorded"}

// exportTable holds a grouping. What it shows of the visit is read here: the
// file is written when the visit is over.
func (v *visit) exportTable(s *scope, by stats.GroupBy, p part) export.Table {
	t := export.Table{Name: v.l.T("export.sheet"), Title: v.l.T("overview.title." + string(by))}
	t.Columns = []export.Column{{Key: "key", Head: v.l.T("export.key")}, {Key: "label", Head: v.l.T("overview.by." + string(by)), Wide: true}}
	for _, key := range exportColumns {
		t.Columns = append(t.Columns, export.Column{Key: key, Head: v.l.T("dashboard.define." + key + "_term")})
	}
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
	out := []export.Value{exportKey(by, r.Key), export.Text(r.Label)}
	if by == "day" || by == "month" || by == "hour" {
		out[1] = out[0]
	}
	for _, n := range []int64{r.Arrivals, r.Through, r.Views, r.Visitors, r.Signups, r.People, r.Repeat, r.Bot, r.Preview, r.Recorded()} {
		switch {
		case r.Hidden:
			out = append(out, export.Few)
		case n == stats.Unknown:
			out = append(out, export.Nothing)
		default:
			out = append(out, export.Number(n))
		}
	}
	return out
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
	add(v.l.T("dashboard.definitions.title"), "")
	for _, id := range append(exportColumns, "day", "boundaries") {
		add(v.l.T("dashboard.define."+id+"_term"), v.l.T("dashboard.define."+id+"_text"))
	}
	return page
}
