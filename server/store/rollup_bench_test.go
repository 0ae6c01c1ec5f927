package store

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/axiomhq/hyperloglog"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// BenchmarkApply applies deltas of 50,000 clicks over 5,000 placements within
// one hour, as the applier would while it catches up.
func BenchmarkApply(b *testing.B) {
	const clicks = 50_000
	s := openMigrated(b, "sqlite")
	rng := rand.New(rand.NewPCG(1, 2))
	day := referral.MustDay("2026-11-20")
	seq := uint64(0)
	for b.Loop() {
		b.StopTimer()
		d := randomDelta(rng, seq, day, clicks, 5000)
		b.StartTimer()
		if err := s.Apply(context.Background(), d); err != nil {
			b.Fatal(err)
		}
		seq = d.Seq
	}
	b.ReportMetric(float64(clicks*b.N)/b.Elapsed().Seconds(), "clicks/s")
}

// randomDelta makes clicks of one hour: popular placements get more, phones
// prevail, each placement stays in its province.
func randomDelta(rng *rand.Rand, after uint64, day referral.Day, clicks, placements int) *rollup.Delta {
	d := &rollup.Delta{Journal: "bench", After: after, Seq: after + uint64(clicks), Clicks: int64(clicks), LastMilli: day.Start().UnixMilli(),
		ByDay: map[rollup.DayKey]rollup.Counts{}, ByHour: map[rollup.HourKey]rollup.Counts{},
		ByPlacementHour: map[rollup.PlacementHourKey]rollup.Counts{}, ByPlacementDay: map[rollup.PlacementDayKey]rollup.Counts{},
		ByAgent: map[rollup.AgentKey]rollup.Counts{}, ByAgentMonth: map[rollup.AgentMonthKey]rollup.Counts{},
		ByReferrer: map[rollup.ReferrerKey]rollup.Counts{}, Visitors: map[rollup.VisitorKey][]byte{}}
	sketches := map[rollup.VisitorKey]*hyperloglog.Sketch{}
	hour := hourOf(day) + 9
	for range clicks {
		placement := int64(float64(placements)*rng.Float64()*rng.Float64()) + 1
		province := referral.ProvinceID(placement%34 + 1)
		channel := referral.Channel(placement%3 + 1)
		destination := placement % 7
		if rng.IntN(10) == 0 {
			destination, channel = int64(rng.IntN(7)), referral.ChannelHub
		}
		device, os := "phone", "Android"
		switch rng.IntN(10) {
		case 0:
			device, os = "desktop", "Windows"
		case 1, 2, 3:
			os = "iOS"
		}
		app := []string{"browser", "browser", "zalo", "zalo", "zalo", "facebook"}[rng.IntN(6)]
		browser := []string{"Chrome", "Chrome", "Chrome", "Safari"}[rng.IntN(4)]
		one := rollup.Counts{People: 1}
		bump(d.ByDay, rollup.DayKey{Day: day, Province: province, Destination: destination, Channel: channel}, one)
		bump(d.ByHour, rollup.HourKey{Hour: hour, Province: province, Channel: channel}, one)
		bump(d.ByPlacementHour, rollup.PlacementHourKey{Hour: hour, Placement: placement, Province: province}, one)
		bump(d.ByPlacementDay, rollup.PlacementDayKey{Day: day, Placement: placement, Destination: destination, Channel: channel, Province: province}, one)
		bump(d.ByAgent, rollup.AgentKey{Day: day, Province: province, Channel: channel, Device: device, OS: os, Browser: browser, App: app}, one)
		bump(d.ByAgentMonth, rollup.AgentMonthKey{Month: day.Month(), Placement: placement, Province: province, Device: device, OS: os, Browser: browser, App: app}, one)
		bump(d.ByReferrer, rollup.ReferrerKey{Day: day, Placement: placement, Province: province, Host: "host" + strconv.FormatInt(placement/5, 10) + ".gov.vn"}, one)
		visitor := rng.Uint64N(1<<40) * 0x9e3779b97f4a7c15
		for _, k := range []rollup.VisitorKey{{Day: day}, {Day: day, Province: province}} {
			if sketches[k] == nil {
				sketches[k] = hyperloglog.New()
			}
			sketches[k].InsertHash(visitor)
		}
	}
	for k, sketch := range sketches {
		d.Visitors[k], _ = sketch.MarshalBinary()
	}
	return d
}

func bump[K comparable](cells map[K]rollup.Counts, k K, n rollup.Counts) {
	sum := cells[k]
	sum.People, sum.Repeat, sum.Bot, sum.Preview = sum.People+n.People, sum.Repeat+n.Repeat, sum.Bot+n.Bot, sum.Preview+n.Preview
	cells[k] = sum
}
