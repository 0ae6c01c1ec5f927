package store

import (
	"fmt"
	"testing"

	"lensan/server/classify"
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
			{"by placement", "placement", stats.Filter{Device: "phone"}, fmt.Sprintf("total 192, %s <5, %s <5, %s 62",
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
