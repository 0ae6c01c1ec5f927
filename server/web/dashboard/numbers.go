package dashboard

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/stats"
)

// fill turns the answers into what the page shows.
func (n *numbers) fill(v *visit, data *overviewData) {
	total := n.days.Total
	data.Empty = total.Recorded() == 0 && total.Views == 0
	data.Periods = n.periodLinks(v)
	data.Figures = []figure{
		v.figure("arrivals", total.Arrivals, n.daysBefore.Total.Arrivals),
		v.figure("through", total.Through, n.daysBefore.Total.Through),
		v.figure("scans", find(n.channels, "qr").Arrivals, find(n.channelsBefore, "qr").Arrivals),
		v.figure("views", total.Views, n.daysBefore.Total.Views),
	}
	n.fillDays(v, data)
	data.Channels = v.table(v.channelNames(n.channels.Rows), "dashboard.overview.channel", "dashboard.overview.arrivals", arrivals)
	data.Destinations = v.table(v.hubName(n.destinations.Rows), "dashboard.overview.destination", "dashboard.overview.arrivals", arrivals)
	n.fillProvinces(v, data)
	n.fillQuality(v, data)
	data.Heading = n.heading(v, data)
	p := n.period
	data.Sub = v.l.T("dashboard.overview.sub", "from", v.l.Day(p.From), "to", v.l.Day(p.To),
		"prev_from", v.l.Day(p.PrevFrom), "prev_to", v.l.Day(p.PrevTo))
}

func arrivals(r stats.Row) int64 { return r.Arrivals }

func (v *visit) channelNames(rows []stats.Row) []stats.Row {
	rows = append([]stats.Row(nil), rows...)
	for i := range rows {
		rows[i].Label = v.l.T("dashboard.channel." + rows[i].Key)
	}
	return rows
}

func (v *visit) hubName(rows []stats.Row) []stats.Row {
	rows = append([]stats.Row(nil), rows...)
	for i := range rows {
		if rows[i].Key == referral.HubID {
			rows[i].Label = v.l.T("dashboard.destinations.hub")
		}
	}
	return rows
}

func find(r stats.Report, key string) stats.Row {
	for _, row := range r.Rows {
		if row.Key == key {
			return row
		}
	}
	return stats.Row{}
}

// heading says what is true.
func (n *numbers) heading(v *visit, data *overviewData) string {
	if len(data.Steps) > 0 {
		return v.l.T("dashboard.overview.heading_new")
	}
	if only, _ := v.ownProvince(); only != "" {
		name := only
		if p := v.d.Registry.Provinces().Follow(v.session.Account.Province, v.today()); p != nil {
			name = v.provinceName(p)
		}
		return v.l.T("dashboard.overview.heading_province", "province", name, "n", v.l.Number(n.days.Total.Arrivals))
	}
	standing := len(v.d.Registry.Provinces().At(v.today()))
	return v.l.T("dashboard.overview.heading", "n", strconv.Itoa(standing-len(data.Silent)), "all", strconv.Itoa(standing))
}

func (n *numbers) periodLinks(v *visit) (out []link) {
	for _, name := range periodNames {
		out = append(out, link{Label: v.l.T("dashboard.period.p" + name), Current: n.period.Name == name,
			Href: v.here("period", name, "from", "", "to", "", "lang", "")})
	}
	return out
}

func (v *visit) figure(key string, now, before int64) figure {
	f := figure{Key: key, Label: v.l.T("dashboard.figure." + key), Value: now, Before: before, Up: now > before, Same: now == before}
	if before > 0 {
		f.Change = v.percent(100 * math.Abs(float64(now-before)) / float64(before))
	}
	return f
}

// percent writes "12 %" in Vietnamese and "12%" in English, below ten with one decimal.
func (v *visit) percent(p float64) string {
	digits, sign := 0, ""
	switch {
	case p > 0 && p < 0.05:
		p, digits, sign = 0.1, 1, "<"
	case p > 0 && p < 9.95:
		digits = 1
	}
	s := sign + strconv.FormatFloat(p, 'f', digits, 64)
	if v.l.Code == "en" {
		return s + "%"
	}
	return strings.Replace(s, ".", ",", 1) + "\u00a0%"
}

func (n *numbers) fillDays(v *visit, data *overviewData) {
	p := n.period
	now, before := byDay(n.days, p.From, p.To), byDay(n.daysBefore, p.PrevFrom, p.PrevTo)
	size := spanOf(len(now))
	values, valuesBefore := averages(now, size), averages(before, size)
	if most(valuesBefore) == 0 {
		valuesBefore = nil
	}
	say := func(i int) string {
		text := v.l.T("dashboard.chart.day", "day", v.span(p.From, p.To, i, size), "n", v.l.Number(values[i]))
		if i < len(valuesBefore) {
			text += " " + v.l.T("dashboard.chart.day_before", "day", v.span(p.PrevFrom, p.PrevTo, i, size), "n", v.l.Number(valuesBefore[i]))
		}
		return text
	}
	label := func(i int) string { return v.shortDay(p.From+referral.Day(i*size), p.days() > 366) }
	c := drawChart(values, valuesBefore, v.l.Number, label, say)
	c.Title = v.l.T("dashboard.chart.title", "from", v.l.Day(p.From), "to", v.l.Day(p.To))
	peak := 0
	for i := range now {
		if now[i].Arrivals > now[peak].Arrivals {
			peak = i
		}
	}
	c.Desc = v.l.T("dashboard.chart.desc", "total", v.l.Number(n.days.Total.Arrivals), "days", v.l.Number(int64(len(now))),
		"peak", v.l.Number(now[peak].Arrivals), "peak_day", v.l.Day(p.From+referral.Day(peak)))
	c.Now = v.l.T("dashboard.chart.now")
	if size > 1 {
		c.Now = v.l.T("dashboard.chart.average", "n", strconv.Itoa(size))
	}
	c.Earlier = v.l.T("dashboard.chart.earlier", "from", v.l.Day(p.PrevFrom), "to", v.l.Day(p.PrevTo))
	data.Chart = c
	for i := len(now) - 1; i >= 0; i-- {
		row := now[i]
		data.Days = append(data.Days, dayRow{Day: p.From + referral.Day(i), Arrivals: row.Arrivals, Through: row.Through, Views: row.Views})
	}
}

// spanOf says how many days one point of the chart stands for, so that a long
// period shows its course and not its weekends.
func spanOf(days int) int {
	switch {
	case days <= 120:
		return 1
	case days <= 800:
		return 7
	}
	return 30
}

// averages returns the arrivals a day of each span; the last may be shorter.
func averages(rows []stats.Row, size int) []int64 {
	var out []int64
	for len(rows) > 0 {
		n := min(size, len(rows))
		var sum int64
		for _, row := range rows[:n] {
			sum += row.Arrivals
		}
		out, rows = append(out, (sum+int64(n)/2)/int64(n)), rows[n:]
	}
	return out
}

// span writes the days of a point.
func (v *visit) span(from, to referral.Day, i, size int) string {
	first := from + referral.Day(i*size)
	last := min(first+referral.Day(size)-1, to)
	if first == last {
		return v.l.Day(first)
	}
	return v.l.Day(first) + " – " + v.l.Day(last)
}

// byDay returns one row for each day, also for those without a click.
func byDay(r stats.Report, from, to referral.Day) []stats.Row {
	out := make([]stats.Row, to-from+1)
	for _, row := range r.Rows {
		if day, err := referral.ParseDay(row.Key); err == nil && day >= from && day <= to {
			out[day-from] = row
		}
	}
	return out
}

// shortDay writes a day on the axis: without its year, or its month and year.
func (v *visit) shortDay(d referral.Day, years bool) string {
	layout := "02/01"
	switch {
	case years && v.l.Code == "en":
		layout = "Jan 2006"
	case years:
		layout = "01/2006"
	case v.l.Code == "en":
		layout = "2 Jan"
	}
	return d.Start().Format(layout)
}

// table sorts rows by what they count and gives each its share of all.
func (v *visit) table(rows []stats.Row, headKey, countKey string, value func(stats.Row) int64) table {
	t := table{Head: v.l.T(headKey), Count: v.l.T(countKey)}
	rows = append([]stats.Row(nil), rows...)
	sort.SliceStable(rows, func(i, j int) bool { return value(rows[i]) > value(rows[j]) })
	for _, row := range rows {
		t.Total += value(row)
	}
	for _, row := range rows {
		if value(row) == 0 {
			continue
		}
		r := tableRow{Label: row.Label, Value: value(row)}
		r.Share = v.share(r.Value, t.Total)
		r.Width = strconv.FormatFloat(100*float64(r.Value)/float64(value(rows[0])), 'f', 1, 64)
		t.Rows = append(t.Rows, r)
	}
	return t
}

func (n *numbers) fillProvinces(v *visit, data *overviewData) {
	current := n.boundaries == stats.BoundariesCurrent
	rows := n.provinces.Rows
	if !current {
		rows = n.recordedProvinces.Rows
		rows = append([]stats.Row(nil), rows...)
		for i := range rows {
			rows[i].Label = v.recordedLabel(rows[i])
		}
	}
	data.Provinces = v.table(rows, "dashboard.overview.province", "dashboard.overview.arrivals", arrivals)
	data.Boundaries = []link{
		{Label: v.l.T("dashboard.boundaries.current"), Href: v.here("boundaries", "", "lang", ""), Current: current},
		{Label: v.l.T("dashboard.boundaries.recorded"), Href: v.here("boundaries", "recorded", "lang", ""), Current: !current},
	}
	if only, _ := v.ownProvince(); only != "" {
		return
	}
	heard := map[string]bool{}
	for _, row := range n.provinces.Rows {
		heard[row.Key] = heard[row.Key] || row.Arrivals > 0
	}
	for _, p := range v.d.Registry.Provinces().At(v.today()) {
		if !heard[p.Code] {
			data.Silent = append(data.Silent, v.provinceName(&p))
		}
	}
}

// recordedLabel tells holders of one name or code apart by the day on which one ended.
func (v *visit) recordedLabel(row stats.Row) string {
	p := v.provinceOf(row)
	if p == nil || p.ValidTo == referral.NoDay {
		return row.Label
	}
	return v.l.T("dashboard.overview.until", "province", v.provinceName(p), "code", p.Code, "day", v.l.Day(p.ValidTo))
}

func (v *visit) provinceName(p *referral.Province) string {
	if v.l.Code == "en" {
		return p.NameEn
	}
	return p.NameVi
}

func (n *numbers) fillQuality(v *visit, data *overviewData) {
	total, q := n.days.Total, n.days.Quality
	add := func(key string, value int64, bad bool) {
		data.Quality = append(data.Quality, measure{Key: key, Label: v.l.T("dashboard.quality." + key), Value: value, Bad: bad})
	}
	add("people", total.People, false)
	add("repeat", total.Repeat, false)
	add("bot", total.Bot, false)
	add("preview", total.Preview, false)
	add("lost", q.Lost, q.Lost > 0)
	add("unconfirmed", q.Unconfirmed, q.Unconfirmed > 0)
	data.Lost = q.Lost
	data.AppliedAt = v.l.Time(q.AppliedAt)
	data.Stalled = v.l.Time(q.StalledSince)
}
