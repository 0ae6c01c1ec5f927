package dashboard

import (
	"encoding/json"
	"strconv"
	"time"

	"lensan/server/referral"
	"lensan/server/stats"
)

// timeTable holds the numbers of the chart, the latest first.
type timeTable struct {
	Head  string
	Rows  []timeRow
	Files tableFiles
}

type timeRow struct {
	Label, Href                                    string
	Arrivals, Through, Views, Repeat, Bot, Preview int64
}

// moment is one point of the chart: an hour, a day or some days.
type moment struct {
	label, axis string // in words, and on the axis
	href        string // of the page about it
	days        int64  // that it sums, 1 for an hour
	stats.Row
}

func (n *numbers) fillTimes(v *visit, data *overviewData) {
	now, before, size := n.momentsOfDays(v)
	by, label := stats.GroupBy("day"), "overview.by.day"
	if n.byHour() && n.hours.refused == nil {
		now, before, size = n.momentsOfHours(v, n.hours), n.momentsOfHours(v, n.hoursBefore), 1
		by, label = "hour", "overview.by.hour"
	}
	data.Chart = n.chart(v, now, before, size)
	data.Times = timeTable{Head: v.l.T(label), Files: v.filesOf(by)}
	for i := len(now) - 1; i >= 0; i-- {
		m := &now[i]
		data.Times.Rows = append(data.Times.Rows, timeRow{Label: m.label, Href: m.href, Arrivals: m.Arrivals, Through: m.Through, Views: m.Views,
			Repeat: m.Repeat, Bot: m.Bot, Preview: m.Preview})
	}
}

// momentsOfDays adds up as many days as one point of the chart stands for.
func (n *numbers) momentsOfDays(v *visit) (now, before []moment, size int) {
	p := n.period
	size = spanOf(p.days())
	gather := func(r stats.Report, from, to referral.Day) (out []moment) {
		rows := byDay(r, from, to)
		for first := 0; first < len(rows); first += size {
			last := min(first+size, len(rows)) - 1
			m := moment{days: int64(last - first + 1), Row: sum(rows[first : last+1]), axis: v.shortDay(from+referral.Day(first), p.days() > 366)}
			m.label = v.daysText(from+referral.Day(first), from+referral.Day(last))
			m.href = v.to(Root, "period", "custom", "from", (from + referral.Day(first)).String(), "to", (from + referral.Day(last)).String())
			out = append(out, m)
		}
		return out
	}
	return gather(n.days, p.From, p.To), gather(n.daysBefore, p.PrevFrom, p.PrevTo), size
}

func (n *numbers) momentsOfHours(v *visit, hours part) (out []moment) {
	for _, row := range hours.Rows {
		at, err := time.Parse(time.RFC3339, row.Key)
		if err != nil {
			continue
		}
		at = at.In(referral.Zone)
		label := v.l.T("overview.chart.hour", "from", at.Format("15:04"), "to", at.Add(time.Hour-time.Minute).Format("15:04"))
		out = append(out, moment{Row: row, days: 1, axis: at.Format("15:04"), label: label})
	}
	return out
}

// sum adds rows up; what one of them does not know, the sum does not.
func sum(rows []stats.Row) (s stats.Row) {
	add := func(to *int64, n int64) {
		if *to == stats.Unknown || n == stats.Unknown {
			*to = stats.Unknown
		} else {
			*to += n
		}
	}
	for _, r := range rows {
		s.People, s.Repeat, s.Bot, s.Preview = s.People+r.People, s.Repeat+r.Repeat, s.Bot+r.Bot, s.Preview+r.Preview
		s.Arrivals += r.Arrivals
		add(&s.Signups, r.Signups)
		add(&s.Through, r.Through)
		add(&s.Views, r.Views)
	}
	return s
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

// chart draws the arrivals a day, or an hour, of the points.
func (n *numbers) chart(v *visit, now, before []moment, size int) chart {
	p := n.period
	values, earlier := average(now, people), average(before, people)
	if most(earlier) == 0 {
		earlier = nil
	}
	say := func(i int) string {
		text := v.l.T("dashboard.chart.day", "day", now[i].label, "n", v.l.Number(values[i]))
		if i < len(earlier) {
			text += " " + v.l.T("dashboard.chart.day_before", "day", before[i].label, "n", v.l.Number(earlier[i]))
		}
		return text
	}
	c := drawChart(values, earlier, v.l.Number, func(i int) string { return now[i].axis }, say)
	c.Title = v.l.T("overview.chart.title", "days", v.daysText(p.From, p.To))
	c.Desc = v.l.T("overview.chart.desc", "total", v.l.Number(n.days.Total.Arrivals))
	if peak := highest(now); peak >= 0 {
		c.Desc += " " + v.l.T("overview.chart.peak", "peak", v.l.Number(now[peak].Arrivals), "when", now[peak].label)
	}
	c.Now = v.l.T("dashboard.chart.now")
	if size > 1 {
		c.Now = v.l.T("dashboard.chart.average", "n", strconv.Itoa(size))
	}
	c.Earlier = v.l.T("overview.chart.earlier", "days", v.daysText(p.PrevFrom, p.PrevTo))
	c.Series = v.series(c, now, before, values, earlier)
	return c
}

// average returns the values a day, or an hour, of each point.
func average(moments []moment, value func(*moment) int64) []int64 {
	out := make([]int64, len(moments))
	for i := range moments {
		m := &moments[i]
		out[i] = (max(value(m), 0) + m.days/2) / m.days
	}
	return out
}

func people(m *moment) int64 { return m.Arrivals }

func highest(moments []moment) int {
	at := -1
	for i := range moments {
		if moments[i].Arrivals > 0 && (at < 0 || moments[i].Arrivals > moments[at].Arrivals) {
			at = i
		}
	}
	return at
}

// chartSeries is what the script draws instead of the picture.
type chartSeries struct {
	Axis   []string     `json:"axis"`
	Labels []string     `json:"labels"`
	Lines  []seriesLine `json:"lines"`
	Locale string       `json:"locale"`
}

// seriesLine is a line; those that are not On wait for being asked for.
type seriesLine struct {
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	Values []int64  `json:"values"`
	Labels []string `json:"labels,omitempty"` // of a line over other days
	On     bool     `json:"on"`
}

func (v *visit) series(c chart, now, before []moment, values, earlier []int64) string {
	s := chartSeries{Locale: v.l.Code, Lines: []seriesLine{{Key: "now", Name: c.Now, Values: values, On: true}}}
	for i := range now {
		s.Axis, s.Labels = append(s.Axis, now[i].axis), append(s.Labels, now[i].label)
	}
	if len(earlier) > 0 {
		line := seriesLine{Key: "before", Name: c.Earlier, Values: earlier[:min(len(earlier), len(values))], On: true}
		for i := range line.Values {
			line.Labels = append(line.Labels, before[i].label)
		}
		s.Lines = append(s.Lines, line)
	}
	for _, other := range []struct {
		key, text string
		value     func(*moment) int64
	}{
		{"through", "dashboard.figure.through", func(m *moment) int64 { return m.Through }},
		{"views", "dashboard.figure.views", func(m *moment) int64 { return m.Views }},
		{"repeat", "dashboard.quality.repeat", func(m *moment) int64 { return m.Repeat }},
		{"bot", "dashboard.quality.bot", func(m *moment) int64 { return m.Bot }},
		{"preview", "dashboard.quality.preview", func(m *moment) int64 { return m.Preview }},
	} {
		if line := average(now, other.value); most(line) > 0 {
			s.Lines = append(s.Lines, seriesLine{Key: other.key, Name: v.l.T(other.text), Values: line})
		}
	}
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // numbers and texts
	}
	return string(raw)
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
