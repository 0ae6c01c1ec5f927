package dashboard

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/succession"
)

// Succession is what the pages need of package succession.
type Succession interface {
	Overview(context.Context, referral.Actor) (succession.Overview, error)
	Open(context.Context, referral.Actor) (int, error)
	Preview(context.Context, referral.Actor, []registry.SuccessionChoice) ([]registry.SuccessionChange, error)
	Apply(ctx context.Context, a referral.Actor, choices []registry.SuccessionChoice, reason string) (registry.SuccessionStep, error)
	Undo(ctx context.Context, a referral.Actor, step int64, reason string) (registry.SuccessionStep, error)
}

var _ Succession = (*succession.Assistant)(nil)

const successionPath = Root + "/tinh-sap-nhap"

// What a page shows at most; the rest comes by province and as things are decided.
const (
	mostSuccessionRows = 300
	mostCandidates     = 25
)

// successionData lists the portals whose registered province has ended.
type successionData struct {
	Done     string
	Problem  string
	Faults   []string // of portals that are not on the page
	Tabs     []link
	Groups   []successionGroup
	Action   string
	CSRF     string
	Steps    []stepRow
	Narrowed bool // to one province
}

type successionGroup struct {
	Key, Code, Title, Former string
	Open, Left               int64 // Left: rows that are not shown
	Href                     string
	Rows                     []successionRow
	Search                   bool // there are more candidates than a list is good for
}

type successionRow struct {
	ID, Name, Href      string
	Registered, Counted string
	Placements          int64
	Arrivals            int64
	State               succession.State
	Into                *link
	Options, Merges     []option
	Why, Fault, Typed   string
}

// mayDecide reports whether the account may decide about portals of provinces
// that have ended.
func (v *visit) mayDecide() bool { return v.is(referral.RoleAdmin, referral.RoleEditor) }

func (d *Dashboard) succession(v *visit) error {
	done := v.doneText()
	if v.query.Get("done") == "decided" {
		n, _ := strconv.ParseInt(v.query.Get("n"), 10, 64)
		done = v.l.T("dashboard.succession.decided", "n", v.l.Number(n))
	}
	return d.successionPage(v, successionData{Done: done}, nil, nil)
}

// successionPage shows what was chosen, by portal, and what is wrong with it;
// chosen is nil before anything was.
func (d *Dashboard) successionPage(v *visit, data successionData, chosen, faults map[string]string) error {
	o, err := d.Succession.Overview(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	all := v.query.Get("show") == "all"
	only := v.query.Get("province")
	data.CSRF, data.Narrowed = v.session.CSRF, only != ""
	data.Action = v.here("lang", "", "done", "", "n", "")
	for _, tab := range []string{"open", "all"} {
		data.Tabs = append(data.Tabs, link{Label: v.l.T("dashboard.succession_tab." + tab), Href: v.here("show", strings.TrimPrefix(tab, "open"), "done", "", "n", "", "lang", ""), Current: all == (tab == "all")})
	}
	shown := 0
	for _, g := range o.Groups {
		if only != "" && g.Province.Code != only {
			continue
		}
		list := g.Portals
		if !all {
			list = list[:g.Open] // those that are open stand first
		}
		if len(list) == 0 {
			continue
		}
		n := min(len(list), max(mostSuccessionRows-shown, 0))
		shown += n
		data.Groups = append(data.Groups, v.successionGroup(g, list[:n], len(list)-n, chosen, faults))
	}
	for _, id := range slices.Sorted(maps.Keys(faults)) {
		if !slices.ContainsFunc(data.Groups, func(g successionGroup) bool {
			return slices.ContainsFunc(g.Rows, func(r successionRow) bool { return r.ID == id && r.Into == nil })
		}) {
			data.Faults = append(data.Faults, id+": "+faults[id])
		}
	}
	if data.Steps, err = d.stepRows(v, o); err != nil {
		return err
	}
	title := v.l.T("dashboard.succession.title_done")
	if o.Open > 0 {
		title = v.l.T("dashboard.succession.title", "n", v.l.Number(int64(o.Open)))
	}
	return v.render("dash_succession.html", title, data)
}

func (v *visit) successionGroup(g succession.Group, list []succession.Portal, left int, chosen, faults map[string]string) successionGroup {
	now := v.provinceName(g.Province) + " (" + g.Province.Code + ")"
	out := successionGroup{Key: groupKey(g), Code: g.Province.Code, Title: now, Open: int64(g.Open), Left: int64(left), Href: v.here("province", g.Province.Code, "done", "", "n", "", "lang", ""),
		Search: len(g.Candidates) > mostCandidates}
	var former []string
	for _, p := range g.Former {
		former = append(former, v.provinceLabel(p))
	}
	out.Former = strings.Join(former, ", ")
	names := map[string]string{}
	for _, c := range g.Candidates {
		names[c.ID] = c.Name
	}
	for _, p := range list {
		row := successionRow{ID: p.ID, Name: p.Name, Href: portalPath(p.ID), Registered: v.provinceLabel(p.Registered), Placements: p.Placements, Arrivals: p.Arrivals, State: p.State,
			Counted: v.l.T("dashboard.succession.counted", "province", now, "day", v.l.Day(g.Province.ValidFrom)), Fault: faults[p.ID], Typed: v.form.Get("into/" + p.ID)}
		if p.State == succession.Merged {
			row.Into = &link{Label: cmp.Or(names[p.MergedInto], p.MergedInto), Href: portalPath(p.MergedInto)}
			out.Rows = append(out.Rows, row)
			continue
		}
		if p.Why != "" {
			row.Why = v.l.T("dashboard.succession_why."+string(p.Why), "into", names[p.Proposal.Into])
		}
		choice := choiceValue(p.Proposal)
		if chosen != nil {
			choice = chosen[p.ID]
		}
		v.successionOptions(&row, g, p, choice, now)
		out.Rows = append(out.Rows, row)
	}
	return out
}

// successionOptions are what can be done about a portal, the choice among them.
func (v *visit) successionOptions(row *successionRow, g succession.Group, p succession.Portal, choice, now string) {
	offer := func(to *[]option, value, label string) {
		*to = append(*to, option{Value: value, Label: label, Selected: value == choice})
	}
	if p.State == succession.Kept {
		offer(&row.Options, "", v.l.T("dashboard.succession.unchanged"))
	} else {
		offer(&row.Options, "", v.l.T("dashboard.succession.later"))
		offer(&row.Options, string(registry.DecideKeep), v.l.T("dashboard.decision.keep"))
	}
	offer(&row.Options, string(registry.DecideRegister), v.l.T("dashboard.decision.register", "province", now))
	into := strings.TrimPrefix(choice, mergePrefix)
	for i, c := range g.Candidates {
		if c.ID != p.ID && (i < mostCandidates || c.ID == into) {
			offer(&row.Merges, mergePrefix+c.ID, c.Name+" ("+c.ID+")")
		}
	}
	if len(g.Candidates) > mostCandidates {
		offer(&row.Merges, mergePrefix, v.l.T("dashboard.succession.another"))
	}
}

const mergePrefix = "merge/"

func choiceValue(c registry.SuccessionChoice) string {
	if c.Do == registry.DecideMerge {
		return mergePrefix + c.Into
	}
	return string(c.Do)
}

// groupKey names a province of today in a form.
func groupKey(g succession.Group) string {
	return g.Province.Code + "~" + g.Province.ValidFrom.String()
}

// openSuccession is an address with what is open there, for who may decide.
func (d *Dashboard) openSuccession(v *visit, p referral.Portal) string {
	now := d.Registry.Provinces().Follow(p.Province, v.today())
	if !v.mayDecide() || now == nil || now.ID == p.Province || p.MergedInto != "" || p.Kept == now.ID {
		return ""
	}
	return successionPath + "?" + url.Values{"province": {now.Code}}.Encode()
}

// countSuccession puts what is open beside its entry; 0 as well if that cannot
// be read now, since every page nearby shows it.
func (v *visit) countSuccession(nearby []link) {
	for i := range nearby {
		if nearby[i].Href == successionPath {
			n, err := v.d.Succession.Open(v.ctx(), v.actor())
			if err != nil {
				v.d.Log.Warn("portals of ended provinces are not counted", slog.Any("error", err))
			}
			nearby[i].Count = int64(n)
		}
	}
}
