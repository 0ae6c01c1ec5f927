// Package demo makes up the sample data of a throw-away instance: portals in
// all provinces, their placements, campaigns and print batches, and years of
// plausible clicks and views. Everything goes in by the doors that real data
// uses: the registry, the classifier, the accumulator and the sink. The same
// seed and the same day make the same figures; codes alone are always new. It
// knows neither HTTP nor SQL.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"lensan/server/classify"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/signups"
)

// Sink is where clicks and views are added up, and what was seen of portals and
// destinations is kept.
type Sink interface {
	rollup.Sink
	rollup.ViewSink
	SaveCoverage(ctx context.Context, records map[int64]coverage.Record) error
	SaveHealth(ctx context.Context, s health.Status, e *health.Event, c *referral.Change) error
	SaveCoverageWeek(ctx context.Context, list []coverage.PortalWeek) error
	AddQuality(ctx context.Context, day referral.Day, lost, unconfirmed int64) error
}

// Clock is the time at which the registry's changes are made; it is moved
// through the past.
type Clock struct{ now time.Time }

// Now returns where the clock stands.
func (c *Clock) Now() time.Time { return c.now }

// at moves the clock to ten in the morning of a day, never beyond last.
func (c *Clock) at(day referral.Day, last time.Time) {
	c.now = day.Start().Add(10 * time.Hour)
	if c.now.After(last) {
		c.now = last
	}
}

// Deps are the rooms that sample data passes through. Registry reads Clock.
type Deps struct {
	Registry   *registry.Registry
	Links      *referral.LinkTable
	Clock      *Clock
	Sink       Sink
	Classifier *classify.Classifier
	Signups    *signups.Signups
}

// Options say what is made up.
type Options struct {
	Seed     uint64
	Now      time.Time            // the last click comes before it
	Days     int                  // of clicks, today included; 0: a year, and more if that shows the merger of 2025
	Progress func(done, days int) // called after each day; may be nil
}

// merger is the first day of the 34 provinces; beforeMerger is how long before
// it the clicks begin if they can, and maxDays bounds them.
var merger = referral.MustDay("2025-07-01")

const (
	year         = 365
	beforeMerger = 61
	maxDays      = 3 * year
	lostBefore   = 47 // days before today on which three clicks were lost
)

// first returns the first day of clicks.
func (o *Options) first() referral.Day {
	today := referral.DayOf(o.Now)
	if o.Days > 0 {
		return today - referral.Day(o.Days) + 1
	}
	first := today - year + 1
	if early := merger - beforeMerger; early < first && early > today-maxDays {
		first = early
	}
	return first
}

// Result says what was made.
type Result struct {
	Portals, Placements int
	Clicks              int64
	First               referral.Day
}

// Fill fills a new instance.
func Fill(ctx context.Context, d Deps, o Options) (Result, error) {
	m := &maker{Deps: d, Options: o, rng: rand.New(rand.NewPCG(o.Seed, 1034)), luck: rand.New(rand.NewPCG(o.Seed, 38)), sellers: sellers{}, today: referral.DayOf(o.Now)}
	m.begin = o.first()
	if err := m.register(ctx); err != nil {
		return Result{}, fmt.Errorf("register samples: %w", err)
	}
	clicks, err := m.play(ctx)
	if err == nil {
		err = m.report(ctx)
	}
	if err == nil {
		err = m.look(ctx)
	}
	if err == nil {
		err = m.breakDestination(ctx)
	}
	if err == nil && m.today-lostBefore >= m.begin {
		err = m.Sink.AddQuality(ctx, m.today-lostBefore, 3, 0)
	}
	return Result{Portals: m.portals, Placements: len(m.spots), Clicks: clicks, First: m.begin}, err
}

// maker is one run of Fill.
type maker struct {
	Deps
	Options
	rng          *rand.Rand
	begin, today referral.Day
	portals      int
	spots        []*spot
	voso         int64            // number of the destination that is paused
	pausedOn     referral.Day     // first day on which it is
	posters      []referral.Code  // the first of each batch that hangs
	luck         *rand.Rand       // of sellers: clicks do not depend on it
	markets      map[int64]string // number → id
	sellers      sellers
	mix          *mix
}
