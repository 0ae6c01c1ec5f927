package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/axiomhq/hyperloglog"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// BenchmarkQuery asks what the pages ask of a database as large as
// LENSAN_BENCH_DAYS days (default 60) of 5,000 placements with some 90,000
// clicks a day, and reports the 95th percentile of the answers' times. The
// design's three years are 1095 days; making them takes about five minutes.
func BenchmarkQuery(b *testing.B) {
	days := 60
	if s := os.Getenv("LENSAN_BENCH_DAYS"); s != "" {
		days, _ = strconv.Atoi(s)
	}
	s := openMigrated(b, "sqlite")
	today := referral.DayOf(worldNow)
	fillBench(b, s, today, days)
	st := stats.New(s, readProvinces(b), func() rollup.Status { return rollup.Status{} }, func() time.Time { return worldNow })
	all := today - referral.Day(days) + 1
	for _, question := range []struct {
		name string
		q    stats.Query
	}{
		{"total", stats.Query{From: all}},
		{"day", stats.Query{From: all, GroupBy: "day"}},
		{"month", stats.Query{From: all, GroupBy: "month"}},
		{"province", stats.Query{From: all, GroupBy: "province"}},
		{"channel", stats.Query{From: all, GroupBy: "channel"}},
		{"destination", stats.Query{From: all, GroupBy: "destination"}},
		{"province/30days", stats.Query{From: today - 29, GroupBy: "province"}},
		{"day/one-province", stats.Query{From: all, GroupBy: "day", Filter: stats.Filter{Province: "91"}}},
		{"portal", stats.Query{From: all, GroupBy: "portal"}},
		{"placement", stats.Query{From: all, GroupBy: "placement"}},
		{"placement/30days", stats.Query{From: today - 29, GroupBy: "placement"}},
		{"placement/one-province", stats.Query{From: today - 29, GroupBy: "placement", Filter: stats.Filter{Province: "91"}}},
		{"day/one-portal", stats.Query{From: all, GroupBy: "day", Filter: stats.Filter{Portal: "p7"}}},
		{"day/one-campaign", stats.Query{From: all, GroupBy: "day", Filter: stats.Filter{Campaign: "tet"}}},
		{"device", stats.Query{From: all, GroupBy: "device"}},
		{"day/one-device", stats.Query{From: all, GroupBy: "day", Filter: stats.Filter{Device: "tablet"}}},
		{"app/one-portal", stats.Query{From: monthStartOf(all), GroupBy: "app", Filter: stats.Filter{Portal: "p7"}}},
		{"hour/7days", stats.Query{From: today - 6, GroupBy: "hour"}},
		{"hour/one-portal", stats.Query{From: today - 6, GroupBy: "hour", Filter: stats.Filter{Portal: "p7"}}},
		{"referrer_host", stats.Query{From: today - 29, GroupBy: "referrer_host"}},
	} {
		b.Run(question.name, func(b *testing.B) {
			var took []time.Duration
			q := question.q
			q.To = today
			for b.Loop() {
				start := time.Now()
				r, err := st.Query(context.Background(), q)
				took = append(took, time.Since(start))
				if err != nil || r.Total.Recorded() == 0 {
					b.Fatal(err, r.Total)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

func monthStartOf(d referral.Day) referral.Day {
	t := d.Start()
	return d - referral.Day(t.Day()) + 1
}

const benchPlacements = 5000

func fillBench(b *testing.B, s *Store, today referral.Day, days int) {
	b.Helper()
	ctx := context.Background()
	err := s.Write(ctx, func(tx registry.Tx) error {
		if err := tx.InsertCampaign(&referral.Campaign{ID: "tet", Name: "Tết", From: referral.NoDay, To: referral.NoDay}); err != nil {
			return err
		}
		for i := range benchPlacements / 5 {
			if err := tx.InsertPortal(&referral.Portal{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("Cổng %d", i), Province: 10}); err != nil {
				return err
			}
		}
		codes := map[referral.Code]bool{}
		for len(codes) < benchPlacements {
			codes[referral.NewCode()] = true
		}
		i := 0
		for code := range codes {
			err := tx.InsertPlacement(&referral.Placement{Code: code, Portal: fmt.Sprintf("p%d", i/5), Kind: referral.PlacementLink,
				Destination: referral.HubID, State: referral.PlacementOpen})
			if err != nil {
				return err
			}
			i++
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	standing := readProvinces(b).At(today)
	seq := uint64(0)
	for day := today - referral.Day(days) + 1; day <= today; day++ {
		d, views := benchDay(rng, standing, seq, day, day == monthStartOf(day) || day == today-referral.Day(days)+1)
		if err := s.Apply(ctx, d); err != nil {
			b.Fatal(err)
		}
		if err := s.AddViews(ctx, views); err != nil {
			b.Fatal(err)
		}
		seq = d.Seq
	}
	for _, table := range append([]string{"visitors"}, cubeTables...) {
		var n int64
		if err := s.read.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			b.Fatal(err)
		}
		b.Logf("%-30s %9d rows", table, n)
	}
	var pages int64
	if err := s.read.QueryRow("PRAGMA page_count").Scan(&pages); err == nil {
		b.Logf("%d MB", pages*4096>>20)
	}
}

// benchDay makes the cells of a day: some 18 clicks on each placement, one in
// four with a second cell by way of the hub.
func benchDay(rng *rand.Rand, standing []referral.Province, after uint64, day referral.Day, firstOfMonth bool) (*rollup.Delta, map[rollup.ViewKey]rollup.Views) {
	d := &rollup.Delta{Journal: "bench", After: after, LastMilli: day.Start().UnixMilli(),
		ByDay: map[rollup.DayKey]rollup.Counts{}, ByHour: map[rollup.HourKey]rollup.Counts{},
		ByPlacementHour: map[rollup.PlacementHourKey]rollup.Counts{}, ByPlacementDay: map[rollup.PlacementDayKey]rollup.Counts{},
		ByAgent: map[rollup.AgentKey]rollup.Counts{}, ByAgentMonth: map[rollup.AgentMonthKey]rollup.Counts{},
		ByReferrer: map[rollup.ReferrerKey]rollup.Counts{}, Visitors: map[rollup.VisitorKey][]byte{}}
	views := map[rollup.ViewKey]rollup.Views{}
	agents := [][4]string{}
	for _, device := range []string{"phone", "tablet", "desktop"} {
		for _, app := range []string{"browser", "zalo", "facebook"} {
			agents = append(agents, [4]string{device, "Android", "Chrome", app}, [4]string{device, "iOS", "Safari", app})
		}
	}
	for placement := int64(1); placement <= benchPlacements; placement++ {
		province := standing[placement/5%int64(len(standing))].ID
		channel := referral.Channel(placement%3 + 1)
		campaign := int64(0)
		if placement%50 == 0 {
			campaign = 1
		}
		n := rollup.Counts{People: rng.Int64N(24) + 1, Repeat: rng.Int64N(3), Bot: rng.Int64N(4), Preview: rng.Int64N(3)}
		add := func(destination int64, channel referral.Channel, n rollup.Counts) {
			bump(d.ByPlacementDay, rollup.PlacementDayKey{Day: day, Placement: placement, Destination: destination, Channel: channel, Province: province, Campaign: campaign}, n)
			bump(d.ByDay, rollup.DayKey{Day: day, Province: province, Destination: destination, Channel: channel}, n)
			hour := hourOf(day) + rng.Int64N(24)
			bump(d.ByHour, rollup.HourKey{Hour: hour, Province: province, Channel: channel}, n)
			bump(d.ByPlacementHour, rollup.PlacementHourKey{Hour: hour, Placement: placement, Province: province}, n)
			a := agents[rng.IntN(len(agents))]
			bump(d.ByAgent, rollup.AgentKey{Day: day, Province: province, Channel: channel, Device: a[0], OS: a[1], Browser: a[2], App: a[3]}, n)
			d.Clicks += n.Recorded()
		}
		add(placement%7, channel, n)
		if placement%4 == 0 {
			add(rng.Int64N(7), referral.ChannelHub, rollup.Counts{People: rng.Int64N(3) + 1})
		}
		if firstOfMonth {
			for _, a := range agents[:10] {
				bump(d.ByAgentMonth, rollup.AgentMonthKey{Month: day.Month(), Placement: placement, Province: province, Device: a[0], OS: a[1], Browser: a[2], App: a[3]}, n)
			}
		}
		if channel == referral.ChannelWidget {
			host := fmt.Sprintf("p%d.gov.vn", placement/5)
			bump(d.ByReferrer, rollup.ReferrerKey{Day: day, Placement: placement, Province: province, Host: host}, n)
			views[rollup.ViewKey{Day: day, Placement: placement, Province: province, Campaign: campaign, Host: host}] = rollup.Views{Views: rng.Int64N(200), Loads: rng.Int64N(300)}
		}
	}
	whole := hyperloglog.New14()
	for _, p := range standing {
		one := hyperloglog.New14()
		for range 200 {
			visitor := rng.Uint64()
			one.InsertHash(visitor)
			whole.InsertHash(visitor)
		}
		d.Visitors[rollup.VisitorKey{Day: day, Province: p.ID}], _ = one.MarshalBinary()
	}
	d.Visitors[rollup.VisitorKey{Day: day}], _ = whole.MarshalBinary()
	d.Seq = after + uint64(d.Clicks)
	return d, views
}
