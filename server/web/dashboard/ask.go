package dashboard

import (
	"errors"

	"golang.org/x/sync/errgroup"

	"lensan/server/referral"
	"lensan/server/safely"
	"lensan/server/stats"
)

// asked is how many questions run at a time: each is one goroutine of a
// database that reads side by side, and a small machine has few of them.
const asked = 4

// numbers are the answers that the page is made of.
type numbers struct {
	scope
	days, daysBefore         stats.Report
	hours, hoursBefore       part // of a period of one day
	channels, channelsBefore part
	provinces, destinations  part
	portals, batches         part
	campaigns                part
	merged                   part // of the province before and after it became what it is, day by day as recorded
	lastLost                 referral.Day
	placements               part
	devices, apps, hosts     part
	today                    part
}

// part is an answer that the page can do without: a combination of filters
// that no cube can answer leaves a note in its place.
type part struct {
	stats.Report
	from, to referral.Day
	refused  error
}

// ask puts all questions of the page, some at a time. An error of kind
// ErrInvalid says that the filters do not go together.
func (d *Dashboard) ask(v *visit, s scope) (*numbers, error) {
	n := &numbers{scope: s}
	group, ctx := errgroup.WithContext(v.ctx())
	group.SetLimit(asked)
	run := func(question func() error) { group.Go(func() error { return safely.Run(question) }) }
	p, lang := s.period, v.l.Code
	need := func(into *stats.Report, by stats.GroupBy, from, to referral.Day) {
		run(func() (err error) {
			*into, err = d.Stats.Query(ctx, s.query(by, from, to, lang))
			return err
		})
	}
	want := func(into *part, by stats.GroupBy, from, to referral.Day) {
		into.from, into.to = from, to
		run(func() (err error) {
			into.Report, err = d.Stats.Query(ctx, s.query(by, from, to, lang))
			if errors.Is(err, referral.ErrInvalid) {
				into.refused, err = err, nil
			}
			return err
		})
	}
	need(&n.days, "day", p.From, p.To)
	need(&n.daysBefore, "day", p.PrevFrom, p.PrevTo)
	if n.byHour() {
		want(&n.hours, "hour", p.From, p.To)
		want(&n.hoursBefore, "hour", p.PrevFrom, p.PrevTo)
	}
	want(&n.today, "", v.today(), v.today())
	want(&n.channels, "channel", p.From, p.To)
	want(&n.channelsBefore, "channel", p.PrevFrom, p.PrevTo)
	want(&n.provinces, "province", p.From, p.To)
	want(&n.destinations, "destination", p.From, p.To)
	if !s.placed() {
		want(&n.portals, "portal", p.From, p.To)
	}
	if s.filter.Campaign == "" && s.filter.Placement == "" {
		want(&n.campaigns, "campaign", p.From, p.To)
	}
	if s.province != nil && s.boundaries == stats.BoundariesCurrent && !s.placed() && len(s.within) > 1 && v.today() >= merger {
		run(func() (err error) {
			q := stats.Query{From: merger - aroundMerger, To: merger + aroundMerger - 1, GroupBy: "province", Boundaries: stats.BoundariesRecorded, Within: s.within, Lang: lang}
			n.merged.Report, err = d.Stats.Query(ctx, q)
			return err
		})
	}
	run(func() (err error) {
		n.lastLost, err = d.Stats.LastLost(ctx)
		return err
	})
	if s.filter.Batch == "" && s.filter.Placement == "" {
		want(&n.batches, "batch", p.From, p.To)
	}
	if s.filter.Placement == "" {
		want(&n.placements, "placement", p.From, p.To)
	}
	agentsFrom, agentsTo := p.From, p.To
	if s.placed() {
		agentsFrom, agentsTo = wholeMonths(p.From, p.To)
	}
	want(&n.devices, "device", agentsFrom, agentsTo)
	want(&n.apps, "app", agentsFrom, agentsTo)
	want(&n.hosts, "referrer_host", p.From, p.To)
	return n, group.Wait()
}

// byHour says whether the page shows one day by its hours.
func (s *scope) byHour() bool { return s.period.From == s.period.To }

// wholeMonths returns the months of a period from their first to their last day.
func wholeMonths(from, to referral.Day) (first, last referral.Day) {
	f, l := from.Start(), to.Start()
	return date(f.Year(), f.Month(), 1), date(l.Year(), l.Month()+1, 1) - 1
}
