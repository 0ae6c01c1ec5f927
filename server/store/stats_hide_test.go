package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/stats"
)

// A filter on devices must not give away, by subtraction from the answer
// without it, how few came with the others.
func TestQuery_filtersGiveNothingAway(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		var clicks []seenClick
		add := func(n int, placement int64, device, app string) {
			for range n {
				clicks = append(clicks, click("2026-10-10 10:00", func(c *seenClick) {
					c.Placement = placement
					c.agent = classify.Agent{Device: device, OS: "Android", Browser: "Chrome", App: app}
				}))
			}
		}
		add(90, 1, "phone", "zalo")
		add(3, 1, "tablet", "zalo")
		add(40, 2, "phone", "zalo")
		add(50, 2, "tablet", "zalo")
		add(60, 3, "phone", "zalo")
		add(2, 3, "phone", "browser")
		add(20, 3, "tablet", "browser")
		w.apply(t, clicks)
		for _, test := range []struct {
			name   string
			by     stats.GroupBy
			filter stats.Filter
			want   string // recorded, "<5" for a row or total that is withheld
		}{
			{"rest of one placement", "", stats.Filter{Placement: string(worldPlacements[0].code), Device: "phone"}, "total <5"},
			{"rest large enough", "", stats.Filter{Placement: string(worldPlacements[1].code), Device: "phone"}, "total 40"},
			{"by placement", "placement", stats.Filter{Device: "phone"}, fmt.Sprintf("total 190, %s <5, %s <5, %s 60",
				min(worldPlacements[0].code, worldPlacements[1].code), max(worldPlacements[0].code, worldPlacements[1].code), worldPlacements[2].code)},
			{"rest of one of two filters", "", stats.Filter{Placement: string(worldPlacements[2].code), Device: "phone", App: "zalo"}, "total <5"},
		} {
			q := days("2026-10-01", "2026-10-31")
			q.GroupBy, q.Filter = test.by, test.filter
			r := w.query(t, q)
			show := func(row stats.Row) string {
				if row.Hidden {
					return "<5"
				}
				return fmt.Sprint(row.Recorded())
			}
			got := "total " + show(r.Total)
			for _, row := range r.Rows {
				got += ", " + row.Key + " " + show(row)
			}
			if len(r.Rows) == 3 && r.Rows[0].Recorded() > 0 { // hidden rows stand behind, by code
				got = fmt.Sprintf("total %s, %s %s, %s %s, %s %s", show(r.Total), r.Rows[1].Key, show(r.Rows[1]), r.Rows[2].Key, show(r.Rows[2]), r.Rows[0].Key, show(r.Rows[0]))
			}
			if got != test.want {
				t.Errorf("%s: %s, want %s", test.name, got, test.want)
			}
		}
	})
}

// A portal with two placements, at one of which few came: in each month other
// numbers. What the portal's answer and that of the other placement differ by
// must leave open which of 1 to 4 it was.
func TestQuery_differencesGiveNothingAway(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		first := time.Date(2024, 1, 10, 10, 0, 0, 0, referral.Zone)
		var clicks []seenClick
		add := func(month, n int, placement int64, device string) { // 1 and 2 are of one portal
			for range n {
				clicks = append(clicks, click(first.AddDate(0, month, 0).Format("2006-01-02 15:04"), func(c *seenClick) {
					c.Placement, c.agent.Device = placement, device
				}))
			}
		}
		few := func(month int) int { return month%4 + 1 }
		const months = 4 * 5
		for month := range months {
			add(month, 20+month/4, 1, "phone")
			add(month, 30, 1, "tablet")
			add(month, few(month), 2, "phone")
			add(month, 30, 2, "tablet")
		}
		w.apply(t, clicks)
		could := map[int64][]int{} // by the difference
		for month := range months {
			begin := first.AddDate(0, month, -9)
			q := days(begin.Format(time.DateOnly), begin.AddDate(0, 1, -1).Format(time.DateOnly))
			ask := func(f stats.Filter) int64 {
				f.Device = "phone"
				q.Filter = f
				return w.query(t, q).Total.Recorded()
			}
			if n := ask(stats.Filter{Placement: string(worldPlacements[1].code)}); n != 0 {
				t.Fatalf("%d of %d are shown", n, few(month))
			}
			whole, one := ask(stats.Filter{Portal: worldPortals[0]}), ask(stats.Filter{Placement: string(worldPlacements[0].code)})
			if whole < 20 || one < 20 {
				t.Fatalf("portal %d, placement %d: withheld, so this proves nothing", whole, one)
			}
			could[whole-one] = append(could[whole-one], few(month))
		}
		for difference, n := range could {
			for x := 1; x <= 4; x++ {
				if !slices.Contains(n, x) {
					t.Errorf("a difference of %d says that it was not %d", difference, x)
				}
			}
		}
	})
}
