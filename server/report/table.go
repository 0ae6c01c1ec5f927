package report

import (
	"context"
	"io"

	"lensan/server/export"
	"lensan/server/stats"
	"lensan/server/text"
)

// numbered are the numbers of a file, as the API names them.
var numbered = []string{"arrivals", "through", "views", "visitors", "signups", "people", "repeat", "bot", "preview", "recorded"}

// Defined are the words that a file explains.
var Defined = append(numbered[:len(numbered):len(numbered)], "day", "boundaries")

// Columns are those of a table of numbers: key, label and each number.
func Columns(l *text.Language, by stats.GroupBy) []export.Column {
	list := []export.Column{{Key: "key", Head: l.T("export.key")}, {Key: "label", Head: l.T("overview.by." + string(by)), Wide: true}}
	for _, key := range numbered {
		list = append(list, export.Column{Key: key, Head: l.T("dashboard.define." + key + "_term")})
	}
	return list
}

// Cells are a row under Columns. A number that is withheld is "<5", one that is
// not known is empty.
func Cells(key, label export.Value, r stats.Row) []export.Value {
	out := []export.Value{key, label}
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

// Definitions explain the words of a file.
func Definitions(l *text.Language) (list []export.Note) {
	list = append(list, export.Note{Term: l.T("dashboard.definitions.title")})
	for _, id := range Defined {
		list = append(list, export.Note{Term: l.T("dashboard.define." + id + "_term"), Text: l.T("dashboard.define." + id + "_text")})
	}
	return list
}

// WriteTable writes the report's provinces as a workbook (XLSX).
func (m *Maker) WriteTable(ctx context.Context, w io.Writer, o Options) error {
	c, err := m.gather(ctx, o)
	if err != nil {
		return err
	}
	l := o.Language
	d := document{content: c, maker: m, l: l}
	t := export.Table{Name: l.T("export.sheet"), Title: d.title() + " · " + d.scope(), Columns: Columns(l, "province")}
	t.Rows = func(yield func([]export.Value, error) bool) {
		for _, r := range c.provinces.Rows {
			if !yield(Cells(export.Text(r.Key), export.Text(r.Label), r), nil) {
				return
			}
		}
	}
	t.Total = Cells(export.Nothing, export.Text(l.T("dashboard.overview.total")), c.provinces.Total)
	t.About = export.Page{Name: l.T("export.about"), Notes: append([]export.Note{
		{Term: l.T("export.scope")},
		{Term: l.T("dashboard.period.label"), Text: l.Day(c.from) + " – " + l.Day(c.to)},
		{Term: l.T("export.place"), Text: d.scope()},
		{Term: l.T("dashboard.boundaries.label"), Text: l.T("dashboard.boundaries.recorded")},
	}, Definitions(l)...)}
	return export.WriteXLSX(w, t)
}
