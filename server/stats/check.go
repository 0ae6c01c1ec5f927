package stats

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
)

// Limits of a question.
const (
	maxYears    = 10
	maxRows     = 50_000
	defaultDays = 30
)

// dimensionOf says of which dimension the cubes need to know for a grouping.
var dimensionOf = map[GroupBy]Dimension{"province": ByProvince, "portal": ByPlacement, "placement": ByPlacement,
	"destination": ByDestination, "channel": ByChannel, "campaign": ByCampaign, "batch": ByPlacement,
	"device": ByDevice, "os": ByOS, "browser": ByBrowser, "app": ByApp, "referrer_host": ByHost}

// answer is a question that was found sound, and what has been read for it.
type answer struct {
	*Stats
	Query
	today     referral.Day
	where     []Condition
	filtered  []string              // names of the filters in use
	provinces []referral.ProvinceID // those of the filter; nil for all
	clicks    route
	views     route // not found where nothing is known of views
	signups   route // likewise
	rows      map[rowKey]*Row
	portals   map[int64]Name  // where portals are asked for
	places    map[int64]Name  // of placements, likewise
	batches   map[int64]Name  // where print batches are asked for
	prints    map[int64]int64 // placement → print batch, likewise
	visitors  visitorCounts
}

// check reports all faults of a question together.
func (s *Stats) check(ctx context.Context, q Query) (*answer, error) {
	a := &answer{Stats: s, Query: q, today: referral.DayOf(s.now())}
	var f referral.Faults
	a.checkWords(&f)
	a.checkPeriod(&f)
	if err := a.checkFilter(ctx, &f); err != nil {
		return nil, err
	}
	if err := faulty(f.Err()); err != nil {
		return nil, err
	}
	if err := a.choose(); err != nil {
		return nil, err
	}
	return a, a.checkKept(ctx)
}

// faulty names what the faults are of.
func faulty(err error) error {
	var e *referral.Error
	if errors.As(err, &e) {
		e.Key = "error.stats"
	}
	return err
}

func (a *answer) checkWords(f *referral.Faults) {
	if a.GroupBy != "" && !slices.Contains(Groupings, a.GroupBy) {
		names := make([]string, len(Groupings))
		for i, g := range Groupings {
			names[i] = string(g)
		}
		f.Add("/group_by", "error.stats_word", "value", string(a.GroupBy), "words", strings.Join(names, ", "))
	}
	switch a.Boundaries {
	case "":
		a.Boundaries = BoundariesCurrent
	case BoundariesCurrent, BoundariesRecorded:
	default:
		f.Add("/boundaries", "error.stats_word", "value", string(a.Boundaries), "words", "current, recorded")
	}
}

func (a *answer) checkPeriod(f *referral.Faults) {
	given := a.From != referral.NoDay
	if a.To == referral.NoDay {
		a.To = max(a.today, a.From)
	}
	if !given {
		a.From = a.To - defaultDays + 1
		if a.crossesAgents() {
			a.From = monthStart(monthOf(a.From))
		}
	}
	switch {
	case a.To < a.From:
		f.Add("/to", "error.before_from")
	case a.From < 0 || a.To >= a.From+maxYears*366:
		f.Add("/from", "error.stats_long", "years", strconv.Itoa(maxYears))
	}
}

// crossesAgents says whether devices are crossed with placements.
func (a *answer) crossesAgents() bool {
	f := &a.Filter
	return (f.onAgents() || slices.Contains([]GroupBy{"device", "os", "browser", "app"}, a.GroupBy)) &&
		(f.Placement+f.Portal+f.Batch != "" || a.GroupBy == "placement" || a.GroupBy == "portal" || a.GroupBy == "batch")
}

// need returns which dimensions a cube must have.
func (a *answer) need(by GroupBy) []Dimension {
	var need []Dimension
	for _, c := range a.where {
		need = append(need, c.On)
	}
	if d := dimensionOf[by]; d != ByNothing {
		need = append(need, d)
	}
	return need
}

func (a *answer) choose() error {
	a.clicks = routeTo(cubes, a.GroupBy, a.need(a.GroupBy))
	a.views = routeTo(viewCubes, a.GroupBy, a.need(a.GroupBy))
	a.signups = routeTo(signupCubes, a.GroupBy, a.need(a.GroupBy))
	if !a.clicks.found() {
		return a.impossible()
	}
	if a.clicks.monthsOnly() {
		var f referral.Faults
		if monthStart(monthOf(a.From)) != a.From {
			f.Add("/from", "error.stats_month_from")
		}
		if monthStart(monthOf(a.To+1)) != a.To+1 && a.To < a.today {
			f.Add("/to", "error.stats_month_to")
		}
		return faulty(f.Err())
	}
	return nil
}

// impossible says what to change about a question that no cube can answer.
func (a *answer) impossible() error {
	var f referral.Faults
	var instead []string
	for _, by := range Groupings {
		if routeTo(cubes, by, a.need(by)).found() {
			instead = append(instead, string(by))
		}
	}
	if a.GroupBy != "" && len(instead) > 0 {
		f.Add("/group_by", "error.stats_instead", "words", strings.Join(instead, ", "))
	}
	for i, name := range a.filtered {
		rest := *a
		rest.where = slices.Delete(slices.Clone(a.where), i, i+1)
		if routeTo(cubes, a.GroupBy, rest.need(a.GroupBy)).found() {
			f.Add("/"+name, "error.stats_drop")
		}
	}
	if f.Err() == nil {
		for _, name := range a.filtered {
			f.Add("/"+name, "error.stats_drop_more")
		}
	}
	var e *referral.Error
	errors.As(f.Err(), &e)
	parameters := a.filtered
	if a.GroupBy != "" {
		parameters = append([]string{"group_by=" + string(a.GroupBy)}, parameters...)
	}
	e.Key, e.Args = "error.stats_combination", referral.Args{"parameters": strings.Join(parameters, ", ")}
	return e
}

func (a *answer) checkKept(ctx context.Context) error {
	if a.clicks.hour == nil {
		return nil
	}
	from, err := a.source.KeptFrom(ctx, a.clicks.hour.name)
	if err != nil {
		return err
	}
	var f referral.Faults
	if a.From < from {
		f.Add("/from", "error.stats_kept", "day", from.String())
	}
	return faulty(f.Err())
}
