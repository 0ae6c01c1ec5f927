package report

import (
	"slices"
	"strings"

	"lensan/server/pdf"
	"lensan/server/stats"
)

// columns of the table of provinces.
var columns = []struct {
	head  string // its text
	value func(stats.Row) int64
}{
	{"dashboard.define.arrivals_term", func(r stats.Row) int64 { return r.Arrivals }},
	{"dashboard.define.through_term", func(r stats.Row) int64 { return r.Through }},
	{"dashboard.define.views_term", func(r stats.Row) int64 { return r.Views }},
	{"report.signups", func(r stats.Row) int64 { return r.Signups }},
	{"dashboard.define.recorded_term", func(r stats.Row) int64 { return r.Recorded() }},
}

const (
	rowHeight  = 6.4
	tableTop   = 46
	tableFoot  = 272
	columnWide = 25
)

// provincePages lists the provinces from which anything came, under the names
// and codes that they had.
func (d *document) provincePages() {
	rows := d.provinces.Rows
	for {
		s := d.page(d.l.T("report.provinces"))
		right := float64(width - edge)
		s.text(boldType, edge, tableTop, d.l.T("overview.by.province"))
		for i, c := range columns {
			s.textRight(boldType, right-float64(len(columns)-1-i)*columnWide, tableTop, d.l.T(c.head))
		}
		s.box(accent, edge, tableTop+2, inner, 0.5)
		at := float64(tableTop) + 2.5
		for len(rows) > 0 && at+2*rowHeight < tableFoot {
			d.row(s, at, bodyType, rows[0].Key, rows[0].Label, rows[0])
			at += rowHeight
			s.rule(faint, edge, at, inner)
			rows = rows[1:]
		}
		if len(rows) == 0 {
			d.row(s, at, boldType, "", d.l.T("dashboard.overview.total"), d.provinces.Total)
			d.nothingFrom(s, at+2*rowHeight)
			return
		}
	}
}

// nothingFrom names the provinces of the whole country from which nothing came.
func (d *document) nothingFrom(s *sheet, base float64) {
	if d.Options.Province != nil {
		return
	}
	var names []string
	for _, p := range d.maker.Provinces.At(d.to) {
		if !slices.ContainsFunc(d.provinces.Rows, func(r stats.Row) bool { return r.Key == p.Code }) {
			names = append(names, p.In(d.l.Code))
		}
	}
	switch n := len(names); {
	case n == 0:
		return
	case base+rowHeight*float64(1+n/6) > tableFoot:
		s, base = d.page(d.l.T("report.provinces")), tableTop
	}
	s.paragraph(bodyType, edge, base, inner, 4.8, d.l.T("report.nothing_from", "n", d.l.Number(int64(len(names))), "names", strings.Join(names, ", ")))
}

func (d *document) row(s *sheet, at float64, l letter, code, label string, r stats.Row) {
	base := at + 4.5
	right := float64(width - edge)
	s.text(letter{l.size, l.weight, dim}, edge, base, code)
	s.within(l, edge+9, base, inner-9-float64(len(columns))*columnWide, label)
	for i, c := range columns {
		number := "–"
		if n := c.value(r); n != stats.Unknown {
			number = d.l.Number(n)
		}
		s.textRight(l, right-float64(len(columns)-1-i)*columnWide, base, number)
	}
}

// page begins one of the pages after the first.
func (d *document) page(title string) *sheet {
	s := d.sheet()
	s.box(accent, 0, 0, width, 2)
	s.mark(edge, 11, 8)
	s.text(smallType, edge+11, 16.2, d.title()+" · "+d.scope())
	s.text(letter{17, pdf.SemiBold, black}, edge, 34, title)
	return s
}

var defined = []string{"arrivals", "through", "scans", "views", "signups", "people", "repeat", "bot", "preview", "recorded", "day"}

// definitions says what the figures count, how good they are, and leaves room
// for the names of who made and who signs the report.
func (d *document) definitions() {
	s := d.page(d.l.T("dashboard.definitions.title"))
	base := 45.0
	for _, id := range defined {
		s.text(boldType, edge, base, d.l.T("dashboard.define."+id+"_term"))
		base = s.paragraph(bodyType, edge+44, base, inner-44, 4.8, d.l.T("dashboard.define."+id+"_text")) + 2.2
	}
	s.rule(faint, edge, base-2, inner)
	t, q := d.days.Total, d.days.Quality
	base = s.paragraph(bodyType, edge, base+4, inner, 4.8, d.l.T("report.quality", "recorded", d.l.Number(t.Recorded()), "people", d.l.Number(t.People), "repeat", d.l.Number(t.Repeat),
		"bot", d.l.Number(t.Bot), "preview", d.l.Number(t.Preview), "lost", d.l.Number(q.Lost), "unconfirmed", d.l.Number(q.Unconfirmed)))
	s.paragraph(bodyType, edge, base+2, inner, 4.8, d.l.T("report.boundaries"))
	for i, key := range []string{"report.made_by", "report.signed_by"} {
		middle := edge + inner*(0.25+0.5*float64(i))
		s.textCentre(letter{10, pdf.SemiBold, black}, middle, 205, strings.ToUpper(d.l.T(key)))
		s.textCentre(smallType, middle, 210, d.l.T("report.sign"))
	}
}

// finish writes the pages with their numbers and the date of export.
func (d *document) finish() {
	for i, s := range d.sheets {
		s.rule(faint, edge, 285, inner)
		s.text(smallType, edge, 290, d.l.T("report.exported", "day", d.l.Day(d.On)))
		s.textRight(smallType, width-edge, 290, d.l.T("report.page", "n", d.l.Number(int64(i+1)), "all", d.l.Number(int64(len(d.sheets)))))
		paper := [4]float64{0, 0, width, height}
		d.out.Page(pdf.Boxes{Media: paper, Bleed: paper, Trim: paper}, s.Bytes(), map[string]int{"M": pdf.MarkObject})
	}
}
