package dashboard

import (
	"strings"

	"lensan/server/referral"
	"lensan/server/stats"
)

// chip is a filter in use, with the address of the page without it.
type chip struct{ Name, Value, Without string }

// menu is a choice of addresses behind a button that says what is chosen.
type menu struct {
	ID, Label, Chosen string
	Links             []link
}

// customPeriod is the form of a period of one's own; it keeps the filters.
type customPeriod struct {
	From, To referral.Day
	Kept     []hidden
	Fault    string
	Open     bool
}

// crumbs is the way down to this page: the country, a province, a portal, a
// placement, a day. The last stands for the page itself.
func (v *visit) crumbs(s *scope) []link {
	var out []link
	if own, _ := v.ownProvince(); own == nil {
		out = append(out, link{Label: v.l.T("overview.crumb.country"), Href: v.to(Root, "province", "", "portal", "", "batch", "", "placement", "")})
	}
	province, key := s.province, v.query.Get("province")
	if province == nil && s.portal != nil {
		province = v.d.Registry.Provinces().Follow(s.portal.Province, v.today())
	}
	if province != nil {
		if key == "" {
			key = province.Code
		}
		out = append(out, link{Label: v.provinceLabel(province), Href: v.to(Root, "province", key, "portal", "", "batch", "", "placement", "")})
	}
	if s.portal != nil {
		out = append(out, link{Label: s.portal.Name, Href: v.to(Root, "portal", s.portal.ID, "batch", "", "placement", "")})
	}
	if s.batch != nil {
		out = append(out, link{Label: s.batch.Name, Href: v.to(Root, "placement", "")})
	}
	if s.placement != nil {
		out = append(out, link{Label: placementLabel(s.placement), Href: v.to(Root)})
	}
	if s.byHour() && len(out) > 0 {
		out[len(out)-1].Href = v.to(Root, "period", "", "from", "", "to", "")
		out = append(out, link{Label: v.l.Day(s.period.From)})
	}
	if len(out) > 0 {
		out[len(out)-1].Current = true
	}
	return out
}

func placementLabel(p *referral.Placement) string {
	if p.Label == "" {
		return string(p.Code)
	}
	return p.Label + " (" + string(p.Code) + ")"
}

// chips are the filters that are no step of the way down.
func (v *visit) chips(s *scope) (out []chip) {
	for _, f := range []struct{ name, value string }{
		{"destination", s.filter.Destination}, {"channel", s.filter.Channel}, {"campaign", s.filter.Campaign}, {"device", s.filter.Device},
		{"os", s.filter.OS}, {"browser", s.filter.Browser}, {"app", s.filter.App}, {"host", s.filter.ReferrerHost},
	} {
		if f.value != "" {
			out = append(out, chip{Name: v.l.T("overview.filter." + f.name), Value: v.valueLabel(f.name, f.value), Without: v.to(Root, f.name, "")})
		}
	}
	return out
}

// valueLabel returns how a filter's value is called.
func (v *visit) valueLabel(name, value string) string {
	key := ""
	switch name {
	case "channel":
		key = "dashboard.channel." + value
	case "device", "os", "browser", "app":
		key = "agent." + name + "." + value
	case "campaign":
		if c, err := v.d.Registry.Campaign(v.ctx(), value); err == nil {
			return c.Name
		}
	case "destination":
		if value == referral.HubID {
			return v.l.T("dashboard.destinations.hub")
		}
		if d, err := v.d.Registry.Destination(v.ctx(), value); err == nil {
			return d.Name.In(v.l.Code)
		}
	}
	if key != "" && v.l.Has(key) {
		return v.l.T(key)
	}
	return value
}

// to is an address with this page's period, boundaries and filters, some of
// them changed; "" takes one away. Nothing else of the address is passed on.
func (v *visit) to(path string, nameValue ...string) string {
	full := v.here(append([]string{"lang", ""}, nameValue...)...)
	_, query, found := strings.Cut(full, "?")
	if !found {
		return path
	}
	return path + "?" + query
}

func (v *visit) menus(s *scope) []menu {
	period := menu{ID: "period", Label: v.l.T("dashboard.period.label")}
	for _, name := range periodNames {
		period.Links = append(period.Links, link{Label: v.l.T("overview.period.p" + name), Current: s.period.Name == name,
			Href: v.to(Root, "period", name, "from", "", "to", "")})
	}
	if s.period.Name == "custom" {
		period.Chosen = v.daysText(s.period.From, s.period.To)
	}
	compare := menu{ID: "compare", Label: v.l.T("overview.compare.label")}
	for _, name := range compareNames {
		value := name
		if name == compareNames[0] {
			value = ""
		}
		compare.Links = append(compare.Links, link{Label: v.l.T("overview.compare." + name), Current: s.period.Compare == name, Href: v.to(Root, "compare", value)})
	}
	current := s.boundaries == stats.BoundariesCurrent
	back := []string{"boundaries", ""}
	if s.province != nil && v.query.Get("province") != "" {
		if p := v.d.Registry.Provinces().Follow(s.province.ID, v.today()); p != nil {
			back = append(back, "province", p.Code)
		}
	}
	boundaries := menu{ID: "boundaries", Label: v.l.T("dashboard.boundaries.label"), Links: []link{
		{Label: v.l.T("dashboard.boundaries.current"), Href: v.to(Root, back...), Current: current},
		{Label: v.l.T("dashboard.boundaries.recorded"), Href: v.to(Root, "boundaries", "recorded"), Current: !current},
	}}
	all := []menu{period, compare, boundaries}
	for i := range all {
		for _, l := range all[i].Links {
			if l.Current {
				all[i].Chosen = l.Label
			}
		}
	}
	return append(all, v.downloads(s))
}

func (v *visit) downloads(s *scope) menu {
	m := menu{ID: "download", Label: v.l.T("overview.download.label"), Chosen: v.l.T("overview.download.label"), Links: []link{v.monthlyLink(s)}}
	for _, by := range []stats.GroupBy{"day", "month", "province", "portal", "placement", "batch", "channel", "destination"} {
		m.Links = append(m.Links, link{Label: v.l.T("export.xlsx", "by", v.l.T("overview.by."+string(by))), Href: v.filesOf(by).XLSX})
	}
	return m
}

func (v *visit) customPeriod(s *scope) customPeriod {
	c := customPeriod{From: s.period.From, To: s.period.To, Fault: s.fault, Open: s.fault != ""}
	for _, name := range append([]string{"compare", "boundaries"}, filterNames...) {
		if value := v.query.Get(name); value != "" {
			c.Kept = append(c.Kept, hidden{name, value})
		}
	}
	return c
}

// daysText writes a period: one day, or the first and the last.
func (v *visit) daysText(from, to referral.Day) string {
	if from == to {
		return v.l.Day(from)
	}
	return v.l.Day(from) + " – " + v.l.Day(to)
}
