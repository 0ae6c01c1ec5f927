// Package figures makes what is published of the numbers: the last twelve
// complete months, what was measured and what marketplaces reported each by
// itself, and which provinces carry the link. Nothing in it tells of fewer than
// five people. It knows neither HTTP nor SQL.
package figures

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
	"lensan/server/stats"
)

const (
	months   = 12
	smallest = 5
	// Age is how old figures get before they are made anew.
	Age = time.Hour
)

// Count is a number, or, if it is Hidden, one from 1 to 4 that is not told: N
// is 0 then.
type Count struct {
	N      int64
	Hidden bool
}

// Sums are the figures of one month, or of all.
type Sums struct {
	Arrivals, Through Count // measured here: people, and those who went on to a destination
	SignUps           Count // as the marketplaces report them
}

// Month is a month's figures; From is its first day and To its last.
type Month struct {
	From, To referral.Day
	Sums
}

// Province is one of today's, with how many portals it has and how many of
// those carry the link.
type Province struct {
	*referral.Province
	Portals, Placed int
}

// IsPlaced reports whether people can meet the link at one of its portals.
func (p Province) IsPlaced() bool { return p.Placed > 0 }

// Figures is one edition. Months stand with the oldest first, provinces by
// code. Total adds up the numbers that the months tell and leaves out those
// that are hidden: a sum of all would give the one hidden month away, if not in
// this edition then by its difference from a later one, which that month has
// left. It is never Hidden itself.
type Figures struct {
	At        time.Time
	Months    []Month
	Total     Sums
	Provinces []Province
}

// From and To are the first and the last day of the period.
func (f *Figures) From() referral.Day { return f.Months[0].From }

// To is the last day of the period.
func (f *Figures) To() referral.Day { return f.Months[len(f.Months)-1].To }

// Placed counts the provinces that carry the link.
func (f *Figures) Placed() (n int) {
	for _, p := range f.Provinces {
		if p.IsPlaced() {
			n++
		}
	}
	return n
}

// Hides reports whether a number of a month is hidden.
func (f *Figures) Hides() bool {
	for _, m := range f.Months {
		if m.Arrivals.Hidden || m.Through.Hidden || m.SignUps.Hidden {
			return true
		}
	}
	return false
}

// Numbers answers questions; see stats.Stats.
type Numbers interface {
	Query(ctx context.Context, q stats.Query) (stats.Report, error)
}

// Coverage says where links stand; see coverage.Coverage.
type Coverage interface{ Report() *coverage.Report }

// Maker keeps the latest figures. It is safe for use by many goroutines.
type Maker struct {
	numbers  Numbers
	coverage Coverage
	now      func() time.Time

	making sync.Mutex
	latest atomic.Pointer[Figures]
}

// New returns a Maker that has no figures before its first Tick.
func New(n Numbers, c Coverage, now func() time.Time) *Maker {
	return &Maker{numbers: n, coverage: c, now: now}
}

// Latest returns the figures in force, nil before there are any. Do not change
// them.
func (m *Maker) Latest() *Figures { return m.latest.Load() }

// Tick makes the figures anew once they are an hour old. Before coverage is
// known it does nothing.
func (m *Maker) Tick(ctx context.Context) error {
	m.making.Lock()
	defer m.making.Unlock()
	now, covered := m.now(), m.coverage.Report()
	if last := m.latest.Load(); covered.At.IsZero() || last != nil && now.Sub(last.At) < Age {
		return nil
	}
	f, err := m.make(ctx, now, covered)
	if err == nil {
		m.latest.Store(f)
	}
	return err
}
