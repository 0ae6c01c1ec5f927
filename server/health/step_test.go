package health

import (
	"strings"
	"testing"
	"time"
)

const interval = 15 * time.Minute

var start = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

// run lets a destination be asked for a while; alive says whether it answers at
// a time. It returns how often State changed and when last.
func run(s *Status, from, to time.Time, chance float64, alive func(time.Time) bool) (changes int, last time.Time) {
	for at := from; at.Before(to); at = at.Add(s.next(interval, chance)) {
		r := Result{Reason: Unreachable}
		if alive(at) {
			r.Reason = Fine
		}
		if s.step(r, at) {
			changes, last = changes+1, at
		}
	}
	return changes, last
}

// Dead and back within two intervals of what happened, whatever chance does.
func TestStep_withinTwoIntervals(t *testing.T) {
	for _, chance := range []float64{0, 0.5, 1} {
		for offset := time.Duration(0); offset < interval; offset += interval / 7 {
			s := Status{State: Unknown}
			outage, back := start.Add(2*time.Hour+offset), start.Add(6*time.Hour+offset)
			up := func(at time.Time) bool { return at.Before(outage) || !at.Before(back) }
			changes, last := run(&s, start, outage.Add(2*interval+time.Second), chance, up)
			if s.State != Dead || changes != 2 {
				t.Errorf("chance %v offset %v: %+v after %d changes at %v", chance, offset, s, changes, last)
			}
			s = Status{State: Unknown}
			changes, last = run(&s, start, back.Add(2*interval+time.Second), chance, up)
			if s.State != Alive || changes != 3 {
				t.Errorf("chance %v offset %v: not back: %+v after %d changes at %v", chance, offset, s, changes, last)
			}
		}
	}
}

func TestStep_flapping(t *testing.T) {
	for name, c := range map[string]struct {
		alive func(time.Time) bool
		most  int
	}{
		"every other check":    {func(at time.Time) bool { return at.Unix()/300%2 == 0 }, 12},
		"an hour each":         {func(at time.Time) bool { return at.Unix()/3600%2 == 0 }, 12},
		"one failure a day":    {func(at time.Time) bool { return at.Unix()%86400 > 500 }, 1},
		"two hours, then gone": {func(at time.Time) bool { return at.Sub(start) < 2*time.Hour }, 2},
	} {
		s := Status{State: Unknown}
		changes, _ := run(&s, start, start.Add(2*24*time.Hour), 0.5, c.alive)
		if changes > c.most {
			t.Errorf("%s: %d changes in two days", name, changes)
		}
	}
	s := Status{State: Unknown}
	for i := range 1000 {
		reason := Fine
		if i%3 > 0 {
			reason = Slow
		}
		if s.step(Result{Reason: reason}, start.Add(time.Duration(i)*5*time.Minute)) && i > 0 {
			t.Fatalf("two failures in three turned it at check %d", i)
		}
	}
}

func TestStep_abstentions(t *testing.T) {
	s := Status{State: Alive, Streak: 2}
	for _, r := range []Reason{Private, Offline} {
		if s.step(Result{Reason: r}, start) || s.State != Alive || s.Streak != 2 {
			t.Errorf("%s: %+v", r, s)
		}
	}
	for _, r := range Reasons {
		if strings.TrimSpace(string(r)) == "" {
			t.Error("a reason without a name")
		}
	}
}
