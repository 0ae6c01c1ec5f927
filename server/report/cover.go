package report

import (
	"math"
	"slices"
	"strconv"

	"lensan/server/atlas"
	"lensan/server/pdf"
	"lensan/server/referral"
	"lensan/server/stats"
	"lensan/server/text"
)

// A document lays a report out. Pages are kept until their number is known.
type document struct {
	*content
	maker  *Maker
	l      *text.Language
	fonts  *pdf.Fonts
	out    *pdf.Writer
	sheets []*sheet
}

// Type of the document.
var (
	titleType = letter{24, pdf.SemiBold, black}
	headType  = letter{12.5, pdf.SemiBold, black}
	bodyType  = letter{9, pdf.Regular, black}
	boldType  = letter{9, pdf.SemiBold, black}
	smallType = letter{7.5, pdf.Regular, dim}
	bigType   = letter{21, pdf.SemiBold, black}
)

func (d *document) sheet() *sheet {
	s := &sheet{fonts: d.fonts}
	d.sheets = append(d.sheets, s)
	return s
}

func (d *document) month() string { return d.from.Start().Format("01/2006") }

func (d *document) title() string { return d.l.T("report.title", "month", d.month()) }

func (d *document) scope() string {
	if d.Province != nil {
		return d.Province.In(d.l.Code)
	}
	return d.l.T("report.country")
}

func (d *document) cover() error {
	s := d.sheet()
	s.box(accent, 0, 0, width, 5)
	s.mark(edge, 14, 14)
	s.text(boldType, edge+18, 19.5, d.l.T("report.service"))
	s.text(smallType, edge+18, 24.5, d.l.T("report.plan"))
	s.text(titleType, edge, 45, d.title())
	s.text(letter{12.5, pdf.Regular, dim}, edge, 53, d.scope()+" · "+d.l.Day(d.from)+" – "+d.l.Day(d.to))
	d.figures(s, 61)
	d.chart(s, 96)
	s.text(headType, edge, 167, d.l.T("report.map"))
	if err := d.atlas(s, edge, 171, 104.0/atlas.Height); err != nil {
		return err
	}
	left := float64(edge + 92)
	end := d.list(s, left, 167, d.l.T("report.channels"), d.channels, func(r stats.Row) string { return d.l.T("dashboard.channel." + r.Key) })
	d.list(s, left, end+9, d.l.T("report.destinations"), d.destinations, func(r stats.Row) string {
		if r.Key == referral.HubID {
			return d.l.T("dashboard.destinations.hub")
		}
		return r.Label
	})
	return nil
}

func (d *document) figures(s *sheet, top float64) {
	scans := int64(0)
	for _, r := range d.channels.Rows {
		if r.Key == referral.ChannelQR.String() {
			scans = r.Arrivals
		}
	}
	now, before := d.days.Total, d.before.Total
	const gap = 5
	wide := (inner - 3*gap) / 4.0
	for i, f := range []struct {
		key        string
		value, was int64
	}{
		{"arrivals", now.Arrivals, before.Arrivals}, {"through", now.Through, before.Through},
		{"signups", now.Signups, before.Signups}, {"scans", scans, stats.Unknown},
	} {
		left := edge + float64(i)*(wide+gap)
		s.box(accent, left, top, wide, 0.8)
		s.within(letter{8.5, pdf.Regular, dim}, left, top+7, wide, d.l.T("dashboard.define."+f.key+"_term"))
		s.text(bigType, left, top+17.5, d.l.Number(f.value))
		if f.was != stats.Unknown {
			s.text(smallType, left, top+24, d.change(f.value, f.was))
		}
	}
}

// change compares with the month before, in words and numbers.
func (d *document) change(now, was int64) string {
	n := d.l.Number(was)
	switch {
	case was == 0 || now == was:
		return d.l.T("report.before", "n", n)
	case now > was:
		return "+" + d.percent(now-was, was) + ", " + d.l.T("report.before", "n", n)
	}
	return "−" + d.percent(was-now, was) + ", " + d.l.T("report.before", "n", n)
}

func (d *document) percent(part, whole int64) string {
	n := d.l.Number(int64(math.Round(100 * float64(part) / float64(max(whole, 1)))))
	if d.l.Code == "en" {
		return n + "%"
	}
	return n + "\u00a0%"
}

// chart draws a bar for each day.
func (d *document) chart(s *sheet, top float64) {
	const plot, axis = 46, 14
	s.text(headType, edge, top, d.l.T("report.chart"))
	highest := int64(1)
	for _, r := range d.days.Rows {
		highest = max(highest, r.Arrivals)
	}
	limit := roundUp(highest)
	base := top + 6 + plot
	for i := range int64(3) {
		at := base - float64(plot)*float64(i)/2
		s.rule(faint, edge+axis, at, inner-axis)
		if i == 0 || limit%2 == 0 || i == 2 {
			s.textRight(smallType, edge+axis-2, at+1, d.l.Number(limit*i/2))
		}
	}
	step := float64(inner-axis) / float64(max(len(d.days.Rows), 1))
	for i, r := range d.days.Rows {
		left := edge + axis + float64(i)*step
		if high := plot * float64(r.Arrivals) / float64(limit); high > 0 {
			s.box(accent, left+step*0.16, base-high, step*0.68, high)
		}
		s.textCentre(letter{6.5, pdf.Regular, dim}, left+step/2, base+4, strconv.Itoa(i+1))
	}
}

// roundUp keeps two digits.
func roundUp(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit - 1) / unit * unit
}

// atlas draws the boundaries that stood at the end of the month, with both
// archipelagos. Steps split the provinces with arrivals into fifths.
func (d *document) atlas(s *sheet, left, top, scale float64) error {
	m := d.maker.Map34
	if d.to < merger {
		m = d.maker.Map63
	}
	var values []int64
	byCode := map[string]int64{}
	for _, r := range d.provinces.Rows {
		if r.Arrivals > 0 {
			values = append(values, r.Arrivals)
			byCode[r.Key] = r.Arrivals
		}
	}
	slices.Sort(values)
	colour := func(code string) string {
		n := byCode[code]
		if n == 0 {
			return white
		}
		at, _ := slices.BinarySearch(values, n)
		return steps[at*len(steps)/len(values)]
	}
	for _, p := range m.Provinces {
		if err := s.outline(p.Path, left, top, scale, colour(p.Code)); err != nil {
			return err
		}
	}
	for _, i := range m.Insets {
		s.frame(faint, left+float64(i.X)*scale, top+float64(i.Y)*scale, float64(i.Width)*scale, float64(i.Height)*scale)
		if err := s.outline(i.Path, left, top, scale, colour(i.Code)); err != nil {
			return err
		}
		middle, foot := left+float64(2*i.X+i.Width)/2*scale, top+float64(i.Y+i.Height)*scale
		s.textCentre(letter{6, pdf.SemiBold, black}, middle, foot-4.3, d.l.T("overview.map."+i.Slug))
		s.textCentre(letter{5.5, pdf.Regular, black}, middle, foot-1.6, d.l.T("overview.map."+i.Slug+"-of"))
	}
	for i, c := range append([]string{white}, steps[:]...) {
		s.box(c, left+float64(i)*7, 279, 7, 3)
		s.frame(dim, left+float64(i)*7, 279, 7, 3)
	}
	if len(values) > 0 {
		s.text(smallType, left+45, 281.5, d.l.T("report.legend", "least", d.l.Number(values[0]), "most", d.l.Number(values[len(values)-1])))
	}
	return nil
}

// list draws a small table and returns where it ends.
func (d *document) list(s *sheet, left, top float64, title string, r stats.Report, name func(stats.Row) string) float64 {
	const most = 7
	right := float64(width - edge)
	s.text(headType, left, top, title)
	at := top + 3
	for _, row := range r.Rows[:min(len(r.Rows), most)] {
		s.within(bodyType, left, at+4.6, right-left-29, name(row))
		s.textRight(bodyType, right-16, at+4.6, d.l.Number(row.Arrivals))
		s.textRight(letter{9, pdf.Regular, dim}, right, at+4.6, d.percent(row.Arrivals, r.Total.Arrivals))
		at += 6.3
		s.rule(faint, left, at, right-left)
	}
	s.text(boldType, left, at+4.8, d.l.T("dashboard.overview.total"))
	s.textRight(boldType, right-16, at+4.8, d.l.Number(r.Total.Arrivals))
	return at + 6.3
}
