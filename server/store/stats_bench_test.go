package store

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/classify"
	"lensan/server/demo"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// BenchmarkQuery asks what the pages ask of a database as large as
// LENSAN_BENCH_DAYS days (default 60) of 5,000 placements with some 90,000
// clicks a day, and reports the 95th percentile of the answers' times. The
// three years that the design speaks of are for `lensan demo --scale`.
func BenchmarkQuery(b *testing.B) {
	days := 60
	if s := os.Getenv("LENSAN_BENCH_DAYS"); s != "" {
		days, _ = strconv.Atoi(s)
	}
	s := openMigrated(b, "sqlite")
	o := demo.ScaleOptions{Seed: 3, Today: referral.DayOf(worldNow), Days: days}
	fillScale(b, s, o)
	st := stats.New(s, readProvinces(b), func() rollup.Status { return rollup.Status{} }, func() time.Time { return worldNow })
	tables, bytes, err := s.Sizes(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range tables {
		b.Logf("%-30s %9d rows", t.Table, t.Rows)
	}
	b.Logf("%d MB", bytes>>20)
	for _, q := range o.Questions() {
		b.Run(q.Name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				a, err := demo.Ask(context.Background(), st, q, 1)
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, a.P95)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

func fillScale(t testing.TB, s *Store, o demo.ScaleOptions) int64 {
	t.Helper()
	raw, err := assets.Files.ReadFile("data/destinations.toml")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := registry.ReadSeed(raw)
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New()
	if err != nil {
		t.Fatal(err)
	}
	clock, links := new(demo.Clock), new(referral.LinkTable)
	r := registry.New(s, readProvinces(t), links, clock.Now)
	if err := r.Seed(context.Background(), seed); err != nil {
		t.Fatal(err)
	}
	clicks, err := demo.FillScale(context.Background(), demo.Deps{Registry: r, Links: links, Clock: clock, Sink: s, Classifier: classifier}, o)
	if err != nil {
		t.Fatal(err)
	}
	return clicks
}

// TestScale: what is made for measuring adds up in every cube, and each of the
// questions has an answer.
func TestScale(t *testing.T) {
	s := openMigrated(t, "sqlite")
	o := demo.ScaleOptions{Seed: 3, Today: referral.DayOf(worldNow), Days: 3}
	clicks := fillScale(t, s, o)
	if off, err := s.Reconcile(context.Background()); err != nil || len(off) > 0 {
		t.Fatalf("reconcile: %v, %v", off, err)
	}
	st := stats.New(s, readProvinces(t), func() rollup.Status { return rollup.Status{} }, func() time.Time { return worldNow })
	r, err := st.Query(context.Background(), stats.Query{From: o.First(), To: o.Today})
	if err != nil || r.Total.Recorded() != clicks || clicks < 3*70_000 {
		t.Errorf("%d clicks made, %d counted, %v", clicks, r.Total.Recorded(), err)
	}
	for _, q := range o.Questions() {
		if _, err := demo.Ask(context.Background(), st, q, 1); err != nil {
			t.Error(err)
		}
	}
}
