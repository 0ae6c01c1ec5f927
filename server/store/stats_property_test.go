package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// drawClicks makes clicks in the order of time around the days on which
// provinces changed, and up to now.
func drawClicks(t *rapid.T, w *world, max int) []seenClick {
	var days []referral.Day
	for day, offsets := range map[string][]referral.Day{"2025-01-01": {-1, 0}, "2025-07-01": {-31, -30, -1, -1, 0, 30}, "2026-11-24": {-70, -62, -61, -54, -1, 0}} {
		for _, n := range offsets {
			days = append(days, referral.MustDay(day)+n)
		}
	}
	slices.Sort(days)
	day := rapid.SampledFrom(days)
	// Few values, so that cells meet; the provinces are An Giang, Kiên Giang,
	// Yên Bái and Lào Cai, which changed codes, Huế and Hà Nội.
	origin := rapid.SampledFrom([]referral.ProvinceID{890, 910, 150, 100, 460, 10})
	one := rapid.Custom(func(t *rapid.T) seenClick {
		d := day.Draw(t, "day")
		milli := d.Start().UnixMilli() + rapid.SampledFrom([]int64{0, 3_599_999, 12 * 3_600_000, 15 * 3_600_000, 86_399_999}).Draw(t, "ms")
		return seenClick{
			Click: referral.Click{
				Milli:       min(milli, worldNow.UnixMilli()),
				Placement:   rapid.Int64Range(1, int64(len(worldPlacements))).Draw(t, "placement"),
				Province:    w.provinces.Follow(origin.Draw(t, "province"), d).ID,
				Destination: rapid.Int64Range(0, 3).Draw(t, "destination"),
				Campaign:    rapid.Int64Range(0, 2).Draw(t, "campaign"),
				Channel:     rapid.SampledFrom(referral.Channels).Draw(t, "channel"),
				Visitor:     rapid.Uint64Range(1, 6).Draw(t, "visitor") * 0x9e3779b97f4a7c15,
				Referrer:    rapid.SampledFrom([]string{"", "", "a.gov.vn", "b.gov.vn"}).Draw(t, "host"),
			},
			class: referral.Class(rapid.SampledFrom([]int{1, 1, 1, 2, 3, 4}).Draw(t, "class")),
			agent: classify.Agent{
				Device:  rapid.SampledFrom([]string{"phone", "phone", "phone", "desktop", "tablet"}).Draw(t, "device"),
				OS:      rapid.SampledFrom([]string{"Android", "iOS"}).Draw(t, "os"),
				Browser: "Chrome",
				App:     rapid.SampledFrom([]string{"browser", "zalo"}).Draw(t, "app"),
			},
		}
	})
	clicks := rapid.SliceOfN(one, 1, max).Draw(t, "clicks")
	slices.SortFunc(clicks, func(a, b seenClick) int { return int(a.Milli - b.Milli) })
	for i := range clicks {
		clicks[i].Portal = worldPlacements[clicks[i].Placement-1].portal
	}
	return clicks
}

// applyInParts cuts the clicks into deltas anywhere.
func applyInParts(t *rapid.T, w *world, clicks []seenClick) {
	for len(clicks) > 0 {
		n := rapid.IntRange(1, len(clicks)).Draw(t, "delta")
		w.apply(t, clicks[:n])
		clicks = clicks[n:]
	}
}

func drawQuery(t *rapid.T, w *world) stats.Query {
	q := stats.Query{Lang: "vi"}
	edge := func(name string) referral.Day {
		return rapid.OneOf(
			rapid.Map(rapid.IntRange(-50, 50), func(n int) referral.Day { return referral.MustDay("2025-07-01") + referral.Day(n) }),
			rapid.Map(rapid.IntRange(-70, 0), func(n int) referral.Day { return referral.DayOf(worldNow) + referral.Day(n) }),
			rapid.SampledFrom([]referral.Day{referral.MustDay("2024-12-01"), referral.MustDay("2025-01-31"), referral.MustDay("2026-01-01"), referral.MustDay("2026-10-31")}),
		).Draw(t, name)
	}
	q.From, q.To = edge("from"), edge("to")
	if q.From > q.To {
		q.From, q.To = q.To, q.From
	}
	q.GroupBy = rapid.SampledFrom(append([]stats.GroupBy{""}, stats.Groupings...)).Draw(t, "group_by")
	q.Boundaries = rapid.SampledFrom([]stats.Boundaries{stats.BoundariesCurrent, stats.BoundariesRecorded}).Draw(t, "boundaries")
	codes := []string{"91", "15", "46", "01"}
	if q.Boundaries == stats.BoundariesRecorded {
		codes = append(codes, "89", "10")
	}
	set := func(field *string, chance int, values ...string) {
		if rapid.IntRange(1, chance).Draw(t, "set") == 1 {
			*field = rapid.SampledFrom(values).Draw(t, "value")
		}
	}
	set(&q.Filter.Province, 4, codes...)
	set(&q.Filter.Portal, 6, worldPortals...)
	set(&q.Filter.Batch, 8, "dot-1", "dot-2")
	set(&q.Filter.Placement, 8, string(worldPlacements[0].code), string(worldPlacements[3].code))
	set(&q.Filter.Destination, 8, "hub", "postmart")
	set(&q.Filter.Channel, 8, "qr", "hub")
	set(&q.Filter.Campaign, 10, worldCampaigns...)
	set(&q.Filter.Device, 10, "phone", "tablet", "toaster")
	set(&q.Filter.App, 12, "zalo")
	set(&q.Filter.ReferrerHost, 12, "a.gov.vn", "unknown.vn")
	return q
}

// TestQuery_equalsNaive asks random questions of random clicks and compares
// every row with one that is worked out from the clicks themselves.
func TestQuery_equalsNaive(t *testing.T) {
	asked, answered := 0, map[stats.GroupBy]int{}
	inWorld(t, func(t *rapid.T, w *world) {
		applyInParts(t, w, drawClicks(t, w, 60))
		for range 25 {
			q := drawQuery(t, w)
			asked++
			report, err := w.stats.Query(context.Background(), q)
			if errors.Is(err, referral.ErrInvalid) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			answered[q.GroupBy]++
			if fault := w.compare(q, report); fault != "" {
				t.Fatalf("%+v: %s\n%+v", q, fault, report)
			}
		}
	})
	sum := 0
	for _, by := range append([]stats.GroupBy{""}, stats.Groupings...) {
		sum += answered[by]
		if answered[by] == 0 && !testing.Short() {
			t.Errorf("no question by %q was answered", by)
		}
	}
	if sum < asked/4 {
		t.Errorf("%d of %d questions were answered", sum, asked)
	}
}

// compare returns what is wrong with a report, "" if nothing is.
func (w *world) compare(q stats.Query, r stats.Report) string {
	rows, total := w.naive(q)
	crossed := crossesAgents(q)
	if crossed && q.Filter.Device+q.Filter.App != "" { // judged by what is true, shown rounded
		total.blur()
	}
	if !r.Total.Hidden {
		if fault := compareRow(r.Total, total); fault != "" {
			return "total: " + fault
		}
	} else if !crossed {
		return "the total is hidden"
	}
	var hidden, seen int
	var withheld int64
	for _, row := range r.Rows {
		want := rows[naiveKey{row.Key, row.ValidFrom}]
		if want == nil {
			want = &naiveRow{}
		} else {
			seen++
		}
		if row.Hidden {
			hidden++
			withheld += want.Recorded()
			if row.Recorded() != 0 || row.Arrivals != 0 || row.Through > 0 || !crossed {
				return fmt.Sprintf("row %s should not be hidden, or hides nothing", row.Key)
			}
			continue
		}
		if crossed && want.Recorded() > 0 && (want.Recorded() < 5 || want.People+want.Repeat > 0 && want.People+want.Repeat < 5) {
			return fmt.Sprintf("row %s should be hidden", row.Key)
		}
		if crossed && w.givesAway(q, naiveKey{row.Key, row.ValidFrom}, want.Recorded()) {
			return fmt.Sprintf("row %s gives away what is left without it", row.Key)
		}
		if crossed {
			want.blur()
		}
		if fault := compareRow(row, want); fault != "" {
			return fmt.Sprintf("row %s: %s", row.Key, fault)
		}
	}
	if hidden == 1 || hidden > 0 && withheld < 10 {
		return fmt.Sprintf("%d rows of together %d are hidden and can be worked out", hidden, withheld)
	}
	if q.GroupBy != "" && seen != len(rows) && !(r.Total.Hidden && r.Rows == nil) {
		return fmt.Sprintf("%d of %d rows", seen, len(rows))
	}
	return ""
}

// givesAway says whether a row, taken from the same row without filters on
// devices, leaves a number below 5.
func (w *world) givesAway(q stats.Query, key naiveKey, recorded int64) bool {
	if q.Filter.Device+q.Filter.App == "" {
		return false
	}
	q.Filter.Device, q.Filter.App = "", ""
	rows, _ := w.naive(q)
	whole := rows[key]
	if whole == nil {
		return false
	}
	rest := whole.Recorded() - recorded
	return rest > 0 && rest < 5
}

// blur rounds to multiples of 5.
func (r *naiveRow) blur() {
	for _, n := range []*int64{&r.People, &r.Repeat, &r.Bot, &r.Preview, &r.arrivals, &r.through} {
		*n = int64(math.Round(float64(*n)/5)) * 5
	}
}

func compareRow(got stats.Row, want *naiveRow) string {
	switch {
	case got.Counts != want.Counts:
		return fmt.Sprintf("counts %+v, want %+v", got.Counts, want.Counts)
	case got.Arrivals != want.arrivals:
		return fmt.Sprintf("arrivals %d, want %d", got.Arrivals, want.arrivals)
	case got.Through != stats.Unknown && got.Through != want.through:
		return fmt.Sprintf("through %d, want %d", got.Through, want.through)
	case got.Visitors != stats.Unknown && got.Visitors != int64(len(want.visitors)):
		return fmt.Sprintf("visitors %d, want %d", got.Visitors, len(want.visitors))
	}
	return ""
}

func crossesAgents(q stats.Query) bool {
	f := q.Filter
	agents := f.Device+f.OS+f.Browser+f.App != "" || strings.Contains("device os browser app", string(q.GroupBy)) && q.GroupBy != ""
	return agents && (f.Placement+f.Portal+f.Batch != "" || q.GroupBy == "placement" || q.GroupBy == "portal" || q.GroupBy == "batch")
}

// TestBoundaries_sameTotals reads the same clicks by both boundaries.
func TestBoundaries_sameTotals(t *testing.T) {
	inWorld(t, func(t *rapid.T, w *world) {
		applyInParts(t, w, drawClicks(t, w, 40))
		for _, by := range []stats.GroupBy{"province", "portal"} {
			q := drawQuery(t, w)
			q.GroupBy, q.Filter = by, stats.Filter{}
			var sums [2]rollup.Counts
			var totals [2]stats.Row
			for i, b := range []stats.Boundaries{stats.BoundariesCurrent, stats.BoundariesRecorded} {
				q.Boundaries = b
				r, err := w.stats.Query(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				totals[i] = r.Total
				for _, row := range r.Rows {
					sums[i].People += row.People
					sums[i].Repeat += row.Repeat
					sums[i].Bot += row.Bot
					sums[i].Preview += row.Preview
				}
				if sums[i] != r.Total.Counts {
					t.Fatalf("by %s, %s: rows sum to %+v, total %+v", by, b, sums[i], r.Total.Counts)
				}
			}
			if totals[0] != totals[1] {
				t.Fatalf("by %s: current %+v, recorded %+v", by, totals[0], totals[1])
			}
		}
	})
}
