package figures_test

import (
	"path/filepath"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/coverage"
	"lensan/server/figures"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/testkit"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

var admin = referral.Actor{Kind: "cli", Role: referral.RoleAdmin}

// country is everything behind the figures, over a real database. Portal 1, of
// An Giang, carries the link; portal 2, of Hà Nội, does not.
type country struct {
	t        *testing.T
	time     time.Time
	store    *store.Store
	coverage *coverage.Coverage
	signups  *signups.Signups
	maker    *figures.Maker
	code     referral.Code
	seq      uint64
}

func newCountry(t *testing.T) *country {
	t.Helper()
	c := &country{t: t, time: time.Date(2026, 11, 24, 9, 0, 0, 0, referral.Zone)}
	now := func() time.Time { return c.time }
	c.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	read := func(name string) []byte {
		raw, err := assets.Files.ReadFile("data/" + name)
		must(t, err)
		return raw
	}
	provinces, err := referral.ReadProvinces(string(read("provinces_63.csv")), string(read("provinces_34.csv")))
	must(t, err)
	links := new(referral.LinkTable)
	r := registry.New(c.store, provinces, links, now)
	seed, err := registry.ReadSeed(read("destinations.toml"))
	must(t, err)
	must(t, r.Seed(t.Context(), seed))
	for id, province := range map[string]string{"so-an-giang": "91", "so-ha-noi": "01"} {
		_, err := r.CreatePortal(t.Context(), admin, registry.PortalInput{ID: &id, Name: ptr("Cổng " + id), Province: &province, Hosts: &[]string{id + ".gov.vn"}})
		must(t, err)
	}
	p, err := r.CreatePlacement(t.Context(), admin, registry.PlacementInput{Portal: ptr("so-an-giang"), Kind: ptr("widget"), Destination: ptr("postmart")})
	must(t, err)
	c.code = p.Code
	must(t, r.Refresh(t.Context()))
	must(t, c.store.AddViews(t.Context(), map[rollup.ViewKey]rollup.Views{{Day: referral.DayOf(c.time), Placement: p.Num, Province: 911, Host: "so-an-giang.gov.vn"}: {Views: 9}}))
	c.coverage = coverage.New(c.store, provinces, nil, coverage.Options{Base: "https://len.example.vn", Now: now})
	c.signups = signups.New(c.store, r, links, now)
	numbers := stats.New(c.store, provinces, func() rollup.Status { return rollup.Status{} }, now)
	c.maker = figures.New(numbers, c.coverage, now)
	return c
}

// clicks adds people on the hub and on a destination, on the 15th of a month.
func (c *country) clicks(month string, hub, through int64) {
	c.t.Helper()
	day := referral.MustDay(month + "-15")
	d := &rollup.Delta{Journal: "test", After: c.seq, Seq: c.seq + uint64(hub+through), Clicks: hub + through, LastMilli: day.Start().UnixMilli(), ByDay: map[rollup.DayKey]rollup.Counts{}}
	for destination, n := range map[int64]int64{referral.HubNum: hub, 1: through} {
		if n > 0 {
			d.ByDay[rollup.DayKey{Day: day, Province: 911, Destination: destination, Channel: referral.ChannelQR}] = rollup.Counts{People: n}
		}
	}
	must(c.t, c.store.Apply(c.t.Context(), d))
	c.seq = d.Seq
}

func (c *country) reported(id, day string, n int64) {
	c.t.Helper()
	_, _, err := c.signups.Take(c.t.Context(), admin, signups.Input{ReportID: id, Destination: "postmart", Source: "csv",
		Rows: []signups.Row{{Day: referral.MustDay(day), Code: c.code, Stage: signups.SignUp, Count: n}}})
	must(c.t, err)
}

func (c *country) made() *figures.Figures {
	c.t.Helper()
	must(c.t, c.coverage.Refresh(c.t.Context()))
	must(c.t, c.maker.Tick(c.t.Context()))
	return c.maker.Latest()
}

func shown(n int64) figures.Count { return figures.Count{N: n} }

var few = figures.Count{Hidden: true}

func TestMaker_lastTwelveMonths(t *testing.T) {
	c := newCountry(t)
	c.clicks("2025-10", 100, 0) // before the period
	c.clicks("2025-11", 30, 20)
	c.clicks("2026-03", 2, 1)
	c.clicks("2026-04", 7, 4)
	c.clicks("2026-10", 0, 40)
	c.clicks("2026-11", 500, 500) // not over yet
	c.reported("mot", "2026-04-02", 3)
	c.reported("hai", "2026-10-31", 12)
	if f := c.maker.Latest(); f != nil {
		t.Errorf("before the first turn: %+v", f)
	}
	must(t, c.maker.Tick(t.Context()))
	if f := c.maker.Latest(); f != nil {
		t.Error("made before coverage is known")
	}
	f := c.made()
	if f.From() != referral.MustDay("2025-11-01") || f.To() != referral.MustDay("2026-10-31") || len(f.Months) != 12 {
		t.Fatalf("%s to %s, %d months", f.From(), f.To(), len(f.Months))
	}
	for i, want := range map[int]figures.Sums{
		0: {Arrivals: shown(50), Through: shown(20)}, 1: {},
		4:  {Arrivals: few, Through: few},
		5:  {Arrivals: shown(11), Through: few, SignUps: few},
		11: {Arrivals: shown(40), Through: shown(40), SignUps: shown(12)},
	} {
		if f.Months[i].Sums != want {
			t.Errorf("%s: %+v, want %+v", f.Months[i].From, f.Months[i].Sums, want)
		}
	}
	if want := (figures.Sums{Arrivals: shown(101), Through: shown(60), SignUps: shown(12)}); f.Total != want {
		t.Errorf("total %+v, want %+v", f.Total, want)
	}
	if !f.Hides() || f.Placed() != 1 || len(f.Provinces) != 34 {
		t.Errorf("hides %v, %d of %d provinces", f.Hides(), f.Placed(), len(f.Provinces))
	}
	for _, p := range f.Provinces {
		want := map[string][2]int{"91": {1, 1}, "01": {1, 0}}[p.Code]
		if p.Portals != want[0] || p.Placed != want[1] {
			t.Errorf("%s: %d of %d portals", p.NameVi, p.Placed, p.Portals)
		}
	}
}

// Nobody who keeps every edition learns a hidden number: neither from the total
// of one, nor from the difference between two of which the later has left a
// month behind.
func TestMaker_editionsGiveNothingAway(t *testing.T) {
	c := newCountry(t)
	hidden := map[string]int64{"2025-11": 3, "2026-02": 1, "2026-09": 4}
	for month, n := range map[string]int64{"2025-12": 60, "2026-01": 25, "2026-05": 8, "2026-10": 33, "2026-11": 12, "2026-12": 90} {
		c.clicks(month, n, 0)
	}
	for month, n := range hidden {
		c.clicks(month, n, 0)
	}
	var before *figures.Figures
	for range 4 {
		f := c.made()
		var sum int64
		told := map[string]int64{}
		for _, m := range f.Months {
			name := m.From.String()[:7]
			if n := hidden[name]; m.Arrivals.Hidden != (n > 0) || m.Arrivals.Hidden && m.Arrivals.N != 0 {
				t.Errorf("%s: %+v", name, m.Arrivals)
			}
			sum += m.Arrivals.N
			told[name] = m.Arrivals.N
		}
		if f.Total.Arrivals != shown(sum) {
			t.Errorf("the total %+v tells more than the months, %d", f.Total.Arrivals, sum)
		}
		if before != nil {
			dropped, added := before.Months[0], f.Months[11]
			if rest := before.Total.Arrivals.N - f.Total.Arrivals.N + added.Arrivals.N; rest != dropped.Arrivals.N {
				t.Errorf("%s is %d by the difference of two editions, %+v was told", dropped.From, rest, dropped.Arrivals)
			}
		}
		before = f
		c.time = c.time.AddDate(0, 1, 0)
	}
}

func TestMaker_onceAnHour(t *testing.T) {
	c := newCountry(t)
	c.clicks("2026-10", 0, 40)
	first := c.made()
	c.clicks("2026-09", 0, 10)
	c.time = c.time.Add(figures.Age - time.Second)
	if c.made() != first {
		t.Error("made anew within the hour")
	}
	c.time = c.time.Add(time.Second)
	if f := c.made(); f == first || f.Total.Through != shown(50) || f.At != c.time {
		t.Errorf("after an hour: %+v", f.Total)
	}
}
