package dashboard

import (
	"errors"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
	"lensan/server/web"
)

// overviewData is the first page, and every step of the way down from it: what
// came of it all, and how far to trust it.
type overviewData struct {
	Heading, Sub  string
	Crumbs        []link
	Chips         []chip
	Menus         []menu
	Custom        customPeriod
	Problem       *web.Problem // of filters that do not go together; then there is nothing else
	Stalled       string       // since when the numbers stand still, "" if they do not
	Today         *todayData
	Figures       []figure
	Chart         chart
	Times         timeTable
	Coverage      *coverageData
	Funnel        []funnelStep
	Channels      table
	Provinces     table
	Destinations  table
	Portals       table
	Batches       table
	Campaigns     table
	Merged        *mergedData
	Placements    table
	Devices, Apps table
	Hosts         table
	Quality       []measure
	AppliedAt     string
	Reconciled    string
	Journal       string // where clicks go, "" if there is only one place
	Differ        bool   // a cube does not sum to the journal
	Lost          int64
	LastLost      string // when a click was lost, in words
	Empty         bool   // nothing was recorded in the period
	Steps         []step // what a new instance needs next, empty once it has it all
	Registered    string // page of the placement, "" for other pages
}

type figure struct {
	Key    string // of its definition
	Label  string
	Href   string // what it is made of
	Value  int64
	Before string // "kỳ trước 92.591"
	Change string // "12 %", "" if there was nothing before
	Up     bool
	Same   bool
}

type measure struct {
	Key   string // of its definition
	Label string
	Href  string
	Value int64
	Bad   bool
}

type step struct {
	Title, Text, Href, Action string
	Done, Next                bool
}

func (d *Dashboard) overview(v *visit) error {
	if err := v.mayReadNumbers(); err != nil {
		return err
	}
	s, err := v.readScope()
	if err != nil {
		return err
	}
	data := overviewData{Crumbs: v.crumbs(&s), Chips: v.chips(&s), Menus: v.menus(&s), Custom: v.customPeriod(&s)}
	n, err := d.ask(v, s)
	if errors.Is(err, referral.ErrInvalid) {
		p := web.NewProblem(err, v.l)
		data.Problem, data.Heading = &p, v.l.T("overview.problem.heading")
		v.c.Status(p.Status)
		return v.render("dash_overview.html", data.Heading, data)
	}
	if err != nil {
		return err
	}
	if data.Steps, err = d.steps(v, n.days.Total.Recorded()); err != nil {
		return err
	}
	n.fill(v, &data)
	return v.render("dash_overview.html", data.Heading, data)
}

// mayReadNumbers keeps marketplaces out: they report numbers and read none.
func (v *visit) mayReadNumbers() error {
	if v.is(referral.RoleMarketplace) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	return nil
}

func (v *visit) provinceOf(row stats.Row) *referral.Province {
	all := v.d.Registry.Provinces().All()
	for i := range all {
		if all[i].Code == row.Key && all[i].ValidFrom == row.ValidFrom {
			return &all[i]
		}
	}
	return nil
}

// steps are what an instance needs that never recorded a click, in order.
func (d *Dashboard) steps(v *visit, recorded int64) ([]step, error) {
	if recorded > 0 || !v.mayWrite() {
		return nil, nil
	}
	_, own := v.ownProvince()
	ever, err := d.Stats.Query(v.ctx(), stats.Query{From: v.today() - longestPeriod + 1, To: v.today(), Within: own, Lang: v.l.Code})
	if err != nil || ever.Total.Recorded() > 0 {
		return nil, err
	}
	portals, _, err := d.Registry.Portals(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	placements, _, err := d.Registry.Placements(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	newStep := func(name, href string, done bool) step {
		key := "dashboard.step." + name
		return step{Title: v.l.T(key + "_title"), Text: v.l.T(key + "_text"), Action: v.l.T(key + "_action"), Href: href, Done: done}
	}
	steps := []step{
		newStep("portal", Root+"/cong#moi", len(portals) > 0),
		newStep("placement", Root+"/vi-tri#moi", len(placements) > 0),
	}
	embed, try := Root+"/vi-tri", Root+"/vi-tri"
	if len(placements) > 0 {
		code := string(placements[0].Code)
		embed, try = "/nhung/"+code, "/go/"+code
	}
	steps = append(steps, newStep("embed", embed, false), newStep("try", try, false))
	for i := range steps {
		if !steps[i].Done {
			steps[i].Next = true
			break
		}
	}
	return steps, nil
}
