package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/rollup"
)

// TestApply_everyCube compares each cell of each cube with a sum over the
// clicks themselves, however they were cut into deltas.
func TestApply_everyCube(t *testing.T) {
	inWorld(t, func(t *rapid.T, w *world) {
		applyInParts(t, w, drawClicks(t, w, 60))
		kept := map[string]int64{}
		for _, cube := range retention {
			from, err := w.keptFrom(context.Background(), w.read, cube.table)
			if err != nil {
				t.Fatal(err)
			}
			kept[cube.table] = hourOf(from)
		}
		for table, key := range cubeKeys {
			want := map[string]cellCounts{}
			for i := range w.clicks {
				c := &w.clicks[i]
				if hour := floorHour(c.Milli); hour < kept[table] || table == "rollup_referrer_day" && c.Referrer == "" {
					continue
				}
				sum := want[key(c)]
				sum[c.class-1]++
				if table == "rollup_placement_total_month" && c.class == referral.ClassPeople && c.Destination != referral.HubNum {
					sum[4]++
				}
				want[key(c)] = sum
			}
			got := w.dump(t, table)
			if from, pruned := kept[table]; pruned {
				// An hour that is no longer kept may not be pruned yet.
				maps.DeleteFunc(got, func(k string, _ cellCounts) bool { return hourIn(k) < from })
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-clicks +cube):\n%s", table, diff)
			}
		}
		off, err := w.Reconcile(context.Background())
		if err != nil || len(off) > 0 {
			t.Fatalf("reconcile: %v, %v", off, err)
		}
	})
}

func floorHour(milli int64) int64 { return milli / 3_600_000 }

func hourIn(key string) (hour int64) {
	fmt.Sscan(key, &hour)
	return hour
}

func cellName(parts ...any) string { return strings.TrimSuffix(fmt.Sprintln(parts...), "\n") }

// cubeKeys writes the cell of each cube in which a click is counted as dump does.
var cubeKeys = map[string]func(c *seenClick) string{
	"rollup_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Province, c.Destination, c.Channel)
	},
	"rollup_country_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Destination, c.Channel)
	},
	"rollup_month": func(c *seenClick) string { return cellName(monthIn(c), c.Province, c.Destination, c.Channel) },
	"rollup_hour":  func(c *seenClick) string { return cellName(floorHour(c.Milli), c.Province, c.Channel) },
	"rollup_placement_hour": func(c *seenClick) string {
		return cellName(floorHour(c.Milli), c.Placement, c.Province)
	},
	"rollup_placement_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Placement, c.Destination, c.Channel, c.Province, c.Campaign)
	},
	"rollup_placement_month": func(c *seenClick) string {
		return cellName(monthIn(c), c.Placement, c.Destination, c.Channel, c.Province, c.Campaign)
	},
	"rollup_agent_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Province, c.Channel, c.agent)
	},
	"rollup_agent_month": func(c *seenClick) string { return cellName(monthIn(c), c.Province, c.Channel, c.agent) },
	"rollup_placement_agent_month": func(c *seenClick) string {
		return cellName(monthIn(c), c.Placement, c.Province, c.agent)
	},
	"rollup_placement_total_month": func(c *seenClick) string { return cellName(c.Placement, monthIn(c), c.Province) },
	"rollup_campaign_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Campaign, c.Destination, c.Channel)
	},
	"rollup_campaign_month": func(c *seenClick) string { return cellName(monthIn(c), c.Campaign, c.Destination, c.Channel) },
	"rollup_agent_country_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Channel, c.agent)
	},
	"rollup_referrer_day": func(c *seenClick) string {
		return cellName(referral.DayOfMilli(c.Milli), c.Placement, c.Province, c.Referrer)
	},
}

func monthIn(c *seenClick) string { return referral.DayOfMilli(c.Milli).String()[:7] }

// dump reads a cube with its numbers made readable.
func (w *world) dump(t fataler, table string) map[string]cellCounts {
	agents := map[int64]classify.Agent{}
	hosts := map[int64]string{}
	w.rows(t, "SELECT id, device, os, browser, app FROM agents", func(scan func(...any) error) error {
		var id int64
		var a classify.Agent
		err := scan(&id, &a.Device, &a.OS, &a.Browser, &a.App)
		agents[id] = a
		return err
	})
	w.rows(t, "SELECT id, host FROM hosts", func(scan func(...any) error) error {
		var id int64
		var host string
		err := scan(&id, &host)
		hosts[id] = host
		return err
	})
	columns := w.columns(t, table)
	counters := len(clickCounters)
	if columns[len(columns)-1] == "through" {
		counters++
	}
	keys := columns[:len(columns)-counters]
	cells := map[string]cellCounts{}
	w.rows(t, "SELECT * FROM "+table, func(scan func(...any) error) error {
		values, n := make([]int64, len(keys)), cellCounts{}
		into := []any{}
		for i := range values {
			into = append(into, &values[i])
		}
		for i := range n[:counters] {
			into = append(into, &n[i])
		}
		err := scan(into...)
		parts := make([]any, len(keys))
		for i, key := range keys {
			switch parts[i] = values[i]; key {
			case "day":
				parts[i] = referral.Day(values[i])
			case "month":
				parts[i] = fmt.Sprintf("%04d-%02d", values[i]/12, values[i]%12+1)
			case "channel":
				parts[i] = referral.Channel(values[i])
			case "agent":
				parts[i] = agents[values[i]]
			case "host":
				parts[i] = hosts[values[i]]
			}
		}
		cells[cellName(parts...)] = n
		return err
	})
	return cells
}

func (w *world) columns(t fataler, table string) []string {
	rows, err := w.read.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

func (w *world) rows(t fataler, query string, row func(scan func(...any) error) error) {
	rows, err := w.read.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// oneDelta counts one click on each of some placements.
func oneDelta(w *world, after, seq uint64) *rollup.Delta {
	a := rollup.NewAccumulator()
	for n := after; n < seq; n++ {
		c := referral.Click{Milli: worldNow.UnixMilli(), Placement: 1, Portal: 1, Province: 10, Channel: referral.ChannelQR, Visitor: n, Referrer: "a.gov.vn"}
		a.Add(&c, referral.ClassPeople, &classify.Agent{Device: "phone"})
	}
	d, err := a.Delta("j", after, seq)
	if err != nil {
		panic(err)
	}
	return d
}

func TestApply_refusesAnotherPlace(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		if err := w.Apply(ctx, oneDelta(w, 0, 2)); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct{ after, seq uint64 }{{0, 2}, {1, 3}, {3, 4}} {
			if err := w.Apply(ctx, oneDelta(w, test.after, test.seq)); !errors.Is(err, referral.ErrConflict) {
				t.Errorf("after %d: %v, want a conflict", test.after, err)
			}
		}
		other := oneDelta(w, 0, 1)
		other.Journal = "k"
		if err := w.Apply(ctx, other); err != nil {
			t.Errorf("another journal: %v", err)
		}
		for journal, want := range map[string]uint64{"j": 2, "k": 1, "never": 0} {
			if seq, err := w.Applied(ctx, journal); err != nil || seq != want {
				t.Errorf("applied of %s: %d, %v, want %d", journal, seq, err, want)
			}
		}
		if got := w.dump(t, "rollup_country_day"); len(got) != 1 || got[cellName(referral.DayOf(worldNow), 0, referral.ChannelQR)][0] != 3 {
			t.Errorf("cells %v, want one of 3", got)
		}
	})
}

// TestApply_allOrNothing breaks the last steps of Apply: nothing may remain of
// the first ones, and the same delta is taken once it can be.
func TestApply_allOrNothing(t *testing.T) {
	for name, broken := range map[string]func(t *testing.T, w *world, d *rollup.Delta) (mend func()){
		"sketch": func(t *testing.T, w *world, d *rollup.Delta) func() {
			key := rollup.VisitorKey{Day: referral.DayOf(worldNow), Province: 99}
			d.Visitors[key] = []byte("no sketch")
			return func() { delete(d.Visitors, key) }
		},
		"table": func(t *testing.T, w *world, d *rollup.Delta) func() {
			rename := func(from, to string) {
				if _, err := w.write.Exec("ALTER TABLE " + from + " RENAME TO " + to); err != nil {
					t.Fatal(err)
				}
			}
			rename("rollup_referrer_day", "away")
			return func() { rename("away", "rollup_referrer_day") }
		},
		"canceled": func(t *testing.T, w *world, d *rollup.Delta) func() { return func() {} },
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, s *Store) {
				w := newWorld(t, s)
				w.apply(t, nil)
				d := oneDelta(w, 0, 5)
				mend := broken(t, w, d)
				ctx, cancel := context.WithCancel(context.Background())
				if name == "canceled" {
					cancel()
				}
				if err := w.Apply(ctx, d); err == nil {
					t.Fatal("no error")
				}
				cancel()
				for table := range cubeKeys {
					if table == "rollup_referrer_day" && name == "table" {
						continue
					}
					if cells := w.dump(t, table); len(cells) > 0 {
						t.Errorf("%s holds %v", table, cells)
					}
				}
				mend()
				if err := w.Apply(context.Background(), d); err != nil {
					t.Fatal(err)
				}
				if off, err := w.Reconcile(context.Background()); err != nil || len(off) > 0 {
					t.Errorf("reconcile: %v, %v", off, err)
				}
			})
		})
	}
}

func TestReconcile_namesTheCube(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		if err := w.Apply(ctx, oneDelta(w, 0, 5)); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"UPDATE rollup_month SET bot = bot + 2", "DELETE FROM rollup_hour"} {
			if _, err := w.write.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		off, err := w.Reconcile(ctx)
		if diff := cmp.Diff(map[string]int64{"rollup_month": 2, "rollup_hour": -5}, off); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestPrune_keepsWhatIsPromised(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, today := newWorld(t, s), referral.DayOf(worldNow)
		first := today - 450
		for day := first; day <= today; day += 5 {
			w.apply(t, []seenClick{{class: referral.ClassPeople, Click: referral.Click{Milli: day.Start().UnixMilli(), Placement: 1, Portal: 1, Province: 10, Channel: referral.ChannelQR}}})
		}
		for table, days := range map[string]referral.Day{"rollup_hour": 400, "rollup_placement_hour": 62} {
			oldest := today
			cells := w.dump(t, table)
			for k := range cells {
				oldest = min(oldest, referral.DayOfMilli(hourIn(k)*3_600_000))
			}
			if from := today - days + 1; oldest < from || oldest >= from+5 {
				t.Errorf("%s: oldest %s, want within 5 days from %s", table, oldest, from)
			}
		}
		if off, err := w.Reconcile(context.Background()); err != nil || len(off) > 0 {
			t.Errorf("reconcile: %v, %v", off, err)
		}
	})
}

func TestHosts_areBounded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		w.hosts.max = 3
		for i, host := range []string{"a.vn", "b.vn", "c.vn", "d.vn", "e.vn", "a.vn"} {
			w.apply(t, []seenClick{{class: referral.ClassPeople, Click: referral.Click{Milli: worldNow.UnixMilli() + int64(i), Placement: 1, Portal: 1, Province: 10, Channel: referral.ChannelQR, Referrer: host}}})
		}
		got := map[string]int64{}
		for k, n := range w.dump(t, "rollup_referrer_day") {
			got[k[strings.LastIndex(k, " ")+1:]] = n[0]
		}
		if diff := cmp.Diff(map[string]int64{"a.vn": 2, "b.vn": 1, "c.vn": 1, rollup.OtherHost: 2}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for i := range 20 {
			w.apply(t, []seenClick{{class: referral.ClassPeople, Click: referral.Click{Milli: worldNow.UnixMilli() + int64(i), Placement: 1, Portal: 1, Province: 10, Channel: referral.ChannelQR, Referrer: fmt.Sprintf("invented-%d.vn", i)}}})
		}
		if n := len(w.hosts.known); n > 2*3+1 {
			t.Errorf("%d hosts are remembered of 3 that are kept", n)
		}
	})
}
