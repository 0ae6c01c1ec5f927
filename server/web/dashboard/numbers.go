package dashboard

import (
	"math"
	"slices"
	"strconv"

	"lensan/server/referral"
	"lensan/server/stats"
	"lensan/server/web"
)

// coverageData says which provinces show the link: those from which a click or
// a view came in the period.
type coverageData struct {
	Placed, All int
	Silent      []link
	Maps        []web.Map
}

type funnelStep struct {
	Key   string // of its definition
	Label string
	Href  string // what it is made of
	Value int64
	Rate  string // of the step before, in words
	Width string
}

// fill turns the answers into what the page shows.
func (n *numbers) fill(v *visit, data *overviewData) {
	total := n.days.Total
	data.Empty = total.Recorded() == 0 && total.Views <= 0
	data.Figures = n.figures(v)
	n.fillTimes(v, data)
	n.fillToday(v, data)
	data.Channels = v.tableOf("channel", v.named("channel", n.channels), 0, columns{link: v.narrowedBy("channel")})
	data.Destinations = v.tableOf("destination", v.named("destination", n.destinations), 0, columns{link: v.narrowedBy("destination"),
		sub:  v.signupRate,
		more: func(r stats.Row) []int64 { return []int64{r.Signups} }})
	data.Destinations.More = []string{v.l.T("overview.figure.signups")}
	data.Funnel = n.funnel(v)
	n.fillProvinces(v, data)
	data.Merged = n.beforeAndAfter(v)
	n.fillPlaces(v, data)
	n.fillAgents(v, data)
	n.fillQuality(v, data)
	data.Heading = n.heading(v, data)
	p := n.period
	data.Sub = v.l.T("overview.sub", "days", v.daysText(p.From, p.To), "before", v.daysText(p.PrevFrom, p.PrevTo))
	if n.placement != nil {
		data.Registered = Root + "/vi-tri/" + string(n.placement.Code)
	}
}

func (n *numbers) figures(v *visit) []figure {
	total, before := n.days.Total, n.daysBefore.Total
	out := []figure{
		n.figure(v, "arrivals", v.l.T("dashboard.figure.arrivals"), v.to(Root+"/bang", "by", "day"), total.Arrivals, before.Arrivals),
		n.figure(v, "through", v.l.T("dashboard.figure.through"), v.to(Root+"/bang", "by", "destination"), total.Through, before.Through),
		n.figure(v, "signups", v.l.T("overview.figure.signups"), v.to(Root+"/bang", "by", "destination"), total.Signups, before.Signups),
	}
	if n.channels.refused == nil {
		out = append(out, n.figure(v, "scans", v.l.T("dashboard.figure.scans"), v.to(Root, "channel", "qr"), find(n.channels.Report, "qr").Arrivals, find(n.channelsBefore.Report, "qr").Arrivals))
	}
	return out
}

func find(r stats.Report, key string) stats.Row {
	for _, row := range r.Rows {
		if row.Key == key {
			return row
		}
	}
	return stats.Row{}
}

func (n *numbers) figure(v *visit, key, label, href string, now, before int64) figure {
	f := figure{Key: key, Label: label, Href: href, Value: now, Before: v.l.T("overview.compared."+n.period.Compare, "n", v.l.Number(before)), Up: now > before, Same: now == before}
	if before > 0 {
		f.Change = v.percent(100 * math.Abs(float64(now-before)) / float64(before))
	}
	return f
}

// heading says what is true.
func (n *numbers) heading(v *visit, data *overviewData) string {
	count := v.l.Number(n.days.Total.Arrivals)
	switch {
	case len(data.Steps) > 0:
		return v.l.T("dashboard.overview.heading_new")
	case n.placement != nil:
		return v.l.T("overview.heading_part", "part", placementLabel(n.placement), "n", count)
	case n.batch != nil:
		return v.l.T("overview.heading_part", "part", n.batch.Name, "n", count)
	case n.portal != nil:
		return v.l.T("overview.heading_part", "part", n.portal.Name, "n", count)
	case n.province != nil:
		return v.l.T("overview.heading_part", "part", v.provinceLabel(n.province), "n", count)
	case data.Coverage == nil:
		return v.l.T("overview.heading_count", "n", count)
	}
	return v.l.T("overview.heading", "n", strconv.Itoa(data.Coverage.Placed), "all", strconv.Itoa(data.Coverage.All))
}

// funnel goes from what was seen to what came of it. Badges alone are seen, so
// the clicks on them stand between.
func (n *numbers) funnel(v *visit) []funnelStep {
	total := n.days.Total
	var out []funnelStep
	by := func(by string) string { return v.to(Root+"/bang", "by", by) }
	add := func(key, label, href string, value, of int64, rate string) {
		step := funnelStep{Key: key, Label: label, Href: href, Value: value}
		if rate != "" && of > 0 {
			step.Rate = v.l.T(rate, "share", v.share(value, of))
		}
		out = append(out, step)
	}
	if total.Views > 0 && n.channels.refused == nil {
		add("views", v.l.T("dashboard.figure.views"), by("placement"), total.Views, 0, "")
		add("badge_clicks", v.l.T("overview.figure.badge_clicks"), v.to(Root, "channel", "widget"), find(n.channels.Report, "widget").Arrivals, total.Views, "overview.funnel.of_views")
	}
	add("arrivals", v.l.T("overview.figure.all_arrivals"), by("day"), total.Arrivals, 0, "")
	if total.Through != stats.Unknown {
		add("through", v.l.T("dashboard.figure.through"), by("destination"), total.Through, total.Arrivals, "overview.funnel.of_arrivals")
	}
	if total.Signups != stats.Unknown {
		add("signups", v.l.T("overview.figure.signups"), by("destination"), total.Signups, max(total.Through, 0), "overview.funnel.of_through")
	}
	highest := int64(1)
	for _, step := range out {
		highest = max(highest, step.Value)
	}
	for i := range out {
		out[i].Width = strconv.FormatFloat(100*float64(out[i].Value)/float64(highest), 'f', 1, 64)
	}
	return out
}

func (n *numbers) fillProvinces(v *visit, data *overviewData) {
	if !n.placed() && n.province == nil || len(n.provinces.Rows) > 1 {
		data.Provinces = v.tableOf("province", v.named("province", n.provinces), 0, columns{link: n.provinceHref(v), more: views})
		data.Provinces.More = []string{v.l.T("dashboard.figure.views")}
	}
	if n.province != nil || n.placed() || n.provinces.refused != nil {
		return
	}
	data.Coverage = n.coverage(v)
}

// coverage tells which provinces of today placed the link; as recorded, which of
// those that stood when the period ended.
func (n *numbers) coverage(v *visit) *coverageData {
	asOf := v.today()
	if n.boundaries == stats.BoundariesRecorded {
		asOf = min(asOf, max(n.period.To, merger-1))
	}
	provinces := v.d.Registry.Provinces()
	placed := map[referral.ProvinceID]bool{}
	for _, row := range n.provinces.Rows {
		if p := v.provinceOf(row); p != nil && (row.Arrivals > 0 || row.Views > 0 || row.Loads > 0) {
			placed[provinces.Follow(p.ID, asOf).ID] = true
		}
	}
	standing := provinces.At(asOf)
	c := &coverageData{Placed: len(placed), All: len(standing), Maps: n.maps(v)}
	for i := range standing {
		if p := &standing[i]; !placed[p.ID] {
			c.Silent = append(c.Silent, link{Label: v.provinceName(p), Href: v.to(Root, "province", n.provinceKey(p))})
		}
	}
	return c
}

func (n *numbers) provinceHref(v *visit) func(stats.Row) string {
	return func(row stats.Row) string {
		p := v.provinceOf(row)
		if p == nil {
			return ""
		}
		return v.to(Root, "province", n.provinceKey(p))
	}
}

func views(r stats.Row) []int64 { return []int64{r.Views} }

func (n *numbers) fillPlaces(v *visit, data *overviewData) {
	if !n.placed() {
		data.Portals = v.tableOf("portal", n.portals, cardRows, columns{link: v.narrowedBy("portal"), more: views})
		data.Portals.More = []string{v.l.T("dashboard.figure.views")}
	}
	if n.filter.Batch == "" && n.placement == nil {
		data.Batches = v.tableOf("batch", withName(n.batches), cardRows, columns{link: v.narrowedBy("batch")})
	}
	if n.campaigns.refused == nil && n.filter.Campaign == "" {
		data.Campaigns = v.tableOf("campaign", withName(n.campaigns), cardRows, columns{link: v.narrowedBy("campaign")})
	}
	if n.placement != nil {
		return
	}
	data.Placements = v.tableOf("placement", n.placements, cardRows, columns{link: v.narrowedBy("placement"), sub: n.placementSub(v), more: views})
	data.Placements.More = []string{v.l.T("dashboard.figure.views")}
}

// withName leaves out what has no name: clicks that came by no print batch or
// of no campaign.
func withName(p part) part {
	p.Rows = slices.DeleteFunc(slices.Clone(p.Rows), func(r stats.Row) bool { return r.Key == "" })
	p.Total = stats.Row{}
	for _, row := range p.Rows {
		p.Total.Arrivals += row.Arrivals
	}
	return p
}

// placementSub tells placements of one name apart: by code and, on a page of
// several portals, the portal.
func (n *numbers) placementSub(v *visit) func(stats.Row) string {
	names := map[string]string{}
	return func(row stats.Row) string {
		sub := row.Key
		if row.Label == row.Key {
			sub = ""
		}
		if n.portal != nil {
			return sub
		}
		p, err := v.d.Registry.Placement(v.ctx(), v.actor(), referral.Code(row.Key))
		if err != nil {
			return sub
		}
		if names[p.Portal] == "" {
			names[p.Portal] = p.Portal
			if portal, err := v.d.Registry.Portal(v.ctx(), v.actor(), p.Portal); err == nil {
				names[p.Portal] = portal.Name
			}
		}
		if sub == "" {
			return names[p.Portal]
		}
		return sub + " · " + names[p.Portal]
	}
}

// fillAgents shows devices and apps. Where they meet a placement they are kept
// by the month alone, so the page says of which months they are.
func (n *numbers) fillAgents(v *visit, data *overviewData) {
	link := func(name string) func(stats.Row) string {
		if n.placed() {
			return nil
		}
		return v.narrowedBy(name)
	}
	data.Devices = v.tableOf("device", v.named("device", n.devices), cardRows, columns{link: link("device")})
	data.Apps = v.tableOf("app", v.named("app", n.apps), cardRows, columns{link: link("app")})
	data.Hosts = v.tableOf("referrer_host", v.named("referrer_host", n.hosts), cardRows, columns{link: v.narrowedBy("host")})
	if n.placed() {
		note := v.l.T("overview.table.months", "days", v.daysText(n.devices.from, n.devices.to))
		for _, t := range []*table{&data.Devices, &data.Apps} {
			if t.Note == "" {
				t.Note = note
			}
			t.All, t.Files = "", tableFiles{}
		}
	}
}

func (n *numbers) fillQuality(v *visit, data *overviewData) {
	total, q := n.days.Total, n.days.Quality
	made := v.to(Root+"/bang", "by", "day")
	add := func(key string, value int64, href string) {
		data.Quality = append(data.Quality, measure{Key: key, Label: v.l.T("dashboard.quality." + key), Value: value, Href: href, Bad: href == "" && value > 0})
	}
	add("people", total.People, made)
	add("repeat", total.Repeat, made)
	add("bot", total.Bot, made)
	add("preview", total.Preview, made)
	add("lost", q.Lost, "")
	add("unconfirmed", q.Unconfirmed, "")
	data.Lost = q.Lost
	data.LastLost = v.l.T("overview.quality.never_lost")
	if day := n.lastLost; day != referral.NoDay {
		data.LastLost = v.l.T("overview.quality.last_lost", "day", v.l.Day(day))
	}
	data.AppliedAt = v.l.Time(q.AppliedAt)
	data.Stalled = v.l.Time(q.StalledSince)
	at, differences := v.d.Reconciled()
	data.Reconciled, data.Differ = v.l.Time(at), differences > 0
	if v.d.Fallback != nil {
		since, clicks := v.d.Fallback()
		if clicks > 0 || !since.IsZero() {
			data.Quality = append(data.Quality, measure{Key: "fallback", Label: v.l.T("dashboard.quality.fallback"), Value: clicks, Bad: !since.IsZero()})
		}
		data.Journal = v.l.T("overview.quality.shared")
		if !since.IsZero() {
			data.Journal = v.l.T("overview.quality.fallback", "time", v.l.Time(since))
		}
	}
}

// provinceLabel tells holders of one name or code apart by the day on which one ended.
func (v *visit) provinceLabel(p *referral.Province) string {
	if p.ValidTo == referral.NoDay {
		return v.provinceName(p)
	}
	return v.l.T("dashboard.overview.until", "province", v.provinceName(p), "code", p.Code, "day", v.l.Day(p.ValidTo))
}

func (v *visit) provinceName(p *referral.Province) string {
	if v.l.Code == "en" {
		return p.NameEn
	}
	return p.NameVi
}
