package store

import (
	"fmt"
	"testing"

	"lensan/server/referral"
	"lensan/server/stats"
)

// A click from a clock that was ten years ahead takes the oldest hour away, and
// the deltas after it none.
func TestPrune_clockFarAhead(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		for _, day := range []string{"2026-10-01", "2026-10-02", "2026-10-03"} {
			for hour := 8; hour < 12; hour++ {
				w.apply(t, []seenClick{click(fmt.Sprintf("%s %02d:00", day, hour), nil)})
			}
		}
		w.apply(t, []seenClick{click("2036-10-03 12:00", nil)})
		for range 5 {
			w.apply(t, []seenClick{click("2026-10-03 12:00", nil)})
		}
		for _, cube := range []stats.Cube{stats.CubeHour, stats.CubePlacementHour} {
			from, err := s.KeptFrom(t.Context(), cube)
			if err != nil || from != referral.MustDay("2026-10-02") {
				t.Errorf("%s is whole since %s, want 2026-10-02 (%v)", cube, from, err)
			}
		}
		q := days("2026-10-02", "2026-10-03")
		q.GroupBy = "hour"
		if got := w.query(t, q).Total.Recorded(); got != 4+4+5 {
			t.Errorf("%d clicks by the hour, want 13", got)
		}
		if off, err := s.Reconcile(t.Context()); err != nil || len(off) > 0 {
			t.Errorf("reconcile: %v, %v", off, err)
		}
	})
}

// Hours leave when they are older than their cube keeps them, one a delta.
func TestPrune_oldHoursLeave(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		for _, at := range []string{"2026-06-01 08:00", "2026-06-01 09:00", "2026-06-02 08:00", "2026-08-02 08:00", "2026-08-02 09:00", "2026-08-02 10:00"} {
			w.apply(t, []seenClick{click(at, nil)})
		}
		from, err := s.KeptFrom(t.Context(), stats.CubePlacementHour)
		if err != nil || from != referral.MustDay("2026-06-02") {
			t.Errorf("whole since %s, want 2026-06-02, the first of 62 days (%v)", from, err)
		}
		if got := len(w.dump(t, "rollup_placement_hour")); got != 4 {
			t.Errorf("%d hours are left, want 4", got)
		}
		if got := len(w.dump(t, "rollup_hour")); got != 6 {
			t.Errorf("%d hours of provinces are left, want 6", got)
		}
	})
}
