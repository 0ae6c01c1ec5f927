package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/stats"
	"lensan/server/text"
)

func (w *world) query(t testing.TB, q stats.Query) stats.Report {
	t.Helper()
	r, err := w.stats.Query(context.Background(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func days(from, to string) stats.Query {
	return stats.Query{From: referral.MustDay(from), To: referral.MustDay(to), Lang: "vi"}
}

// click is one by a person on placement 1, with what a test changes about it.
func click(at string, change func(*seenClick)) seenClick {
	when, err := time.ParseInLocation("2006-01-02 15:04", at, referral.Zone)
	if err != nil {
		panic(err)
	}
	c := seenClick{class: referral.ClassPeople, agent: classify.Agent{Device: "phone", OS: "Android", Browser: "Chrome", App: "zalo"},
		Click: referral.Click{Milli: when.UnixMilli(), Placement: 1, Portal: 1, Province: 10, Channel: referral.ChannelQR, Visitor: 0x9e3779b97f4a7c15}}
	if change != nil {
		change(&c)
	}
	return c
}

// TestQuery_visitors has the same two people come to both provinces that are
// one today, on the same day, and one of them the next month again.
func TestQuery_visitors(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		var clicks []seenClick
		for _, at := range []string{"2025-06-30 10:00", "2025-07-01 10:00"} {
			for _, province := range []referral.ProvinceID{890, 910} {
				for visitor := range uint64(2) {
					clicks = append(clicks, click(at, func(c *seenClick) {
						c.Province = w.provinces.Follow(province, referral.DayOfMilli(c.Milli)).ID
						c.Visitor *= visitor + 1
					}))
				}
			}
		}
		w.apply(t, clicks[:3])
		w.apply(t, clicks[3:])
		for _, test := range []struct {
			by         stats.GroupBy
			boundaries stats.Boundaries
			province   string
			want       string
		}{
			{"province", stats.BoundariesCurrent, "", "total 4, 91 4"},
			{"province", stats.BoundariesRecorded, "", "total 4, 89 2, 91 2, 91 2"},
			{"province", stats.BoundariesRecorded, "91", "total 4, 91 2, 91 2"},
			{"day", stats.BoundariesCurrent, "91", "total 4, 2025-06-30 2, 2025-07-01 2"},
			{"month", stats.BoundariesCurrent, "", "total 4, 2025-06 2, 2025-07 2"},
			{"channel", stats.BoundariesCurrent, "", "total -1, qr -1"},
		} {
			q := days("2025-06-30", "2025-07-01")
			q.GroupBy, q.Boundaries, q.Filter.Province = test.by, test.boundaries, test.province
			r := w.query(t, q)
			got := fmt.Sprintf("total %d", r.Total.Visitors)
			slices.SortFunc(r.Rows, func(a, b stats.Row) int { return strings.Compare(a.Key, b.Key) })
			for _, row := range r.Rows {
				got += fmt.Sprintf(", %s %d", row.Key, row.Visitors)
			}
			if got != test.want {
				t.Errorf("%s %s %q: %s, want %s", test.by, test.boundaries, test.province, got, test.want)
			}
		}
	})
}

// TestQuery_renamedCode asks for An Giang, whose code 91 was Kiên Giang's.
func TestQuery_renamedCode(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		at := func(when string, province referral.ProvinceID) seenClick {
			return click(when, func(c *seenClick) { c.Province = province })
		}
		w.apply(t, []seenClick{at("2025-06-29 10:00", 890), at("2025-06-30 10:00", 910), at("2025-06-30 11:00", 910), at("2025-07-01 10:00", 911), at("2025-07-01 11:00", 10)})
		type row struct {
			Key, Label, From string
			People           int64
		}
		for boundaries, want := range map[stats.Boundaries][]row{
			stats.BoundariesCurrent: {{"91", "An Giang", "2025-07-01", 4}, {"01", "Hà Nội", "2008-08-01", 1}},
			stats.BoundariesRecorded: {{"91", "Kiên Giang", "2008-08-01", 2}, {"01", "Hà Nội", "2008-08-01", 1},
				{"89", "An Giang", "2008-08-01", 1}, {"91", "An Giang", "2025-07-01", 1}},
		} {
			q := days("2025-06-01", "2025-07-31")
			q.GroupBy, q.Boundaries = "province", boundaries
			var got []row
			for _, r := range w.query(t, q).Rows {
				got = append(got, row{r.Key, r.Label, r.ValidFrom.String(), r.People})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", boundaries, diff)
			}
		}
	})
}

func TestQuery_fillsTheGaps(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		w.apply(t, []seenClick{click("2026-11-20 10:59", nil), click("2026-11-22 00:00", nil)})
		for by, want := range map[stats.GroupBy]string{
			"day":   "2026-11-20 1, 2026-11-21 0, 2026-11-22 1, 2026-11-23 0, 2026-11-24 0",
			"week":  "2026-W47 2, 2026-W48 0",
			"month": "2026-11 2",
		} {
			q := days("2026-11-20", "2026-12-31")
			q.GroupBy = by
			var got []string
			for _, row := range w.query(t, q).Rows {
				got = append(got, fmt.Sprintf("%s %d", row.Key, row.People))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%s: %v, want %s", by, got, want)
			}
		}
		q := days("2026-11-20", "2026-11-24")
		q.GroupBy = "hour"
		r := w.query(t, q)
		if n := 4*24 + 16; len(r.Rows) != n || r.Rows[10].Key != "2026-11-20T10:00:00+07:00" || r.Rows[10].People != 1 || r.Total.People != 2 || r.Total.Through != stats.Unknown {
			t.Errorf("%d rows, want %d; the eleventh %+v, total %+v", len(r.Rows), n, r.Rows[10], r.Total)
		}
	})
}

func TestQuery_views(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		day := referral.MustDay("2026-10-31")
		key := rollup.ViewKey{Day: day, Placement: 1, Portal: 1, Province: 10, Campaign: 1, Host: "a.gov.vn"}
		other := rollup.ViewKey{Day: day + 2, Placement: 5, Portal: 4, Province: 911}
		for range 2 {
			if err := w.AddViews(ctx, map[rollup.ViewKey]rollup.Views{key: {Views: 3, Loads: 5}, other: {Views: 1, Loads: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		w.apply(t, []seenClick{click("2026-11-02 10:00", nil)})
		for _, test := range []struct {
			by     stats.GroupBy
			filter stats.Filter
			want   string
		}{
			{"", stats.Filter{}, "total 8 12"},
			{"month", stats.Filter{}, "total 8 12, 2026-10 6 10, 2026-11 2 2"},
			{"province", stats.Filter{}, "total 8 12, 01 6 10, 91 2 2"},
			{"portal", stats.Filter{}, "total 8 12, bc 6 10, bd 2 2"},
			{"campaign", stats.Filter{}, "total 8 12,  2 2, tet 6 10"},
			{"referrer_host", stats.Filter{}, "total 8 12,  2 2, a.gov.vn 6 10"},
			{"day", stats.Filter{Province: "91"}, "total 2 2, 2026-11-02 2 2"},
			{"week", stats.Filter{Portal: "ba"}, "total 6 10, 2026-W44 6 10"},
			{"placement", stats.Filter{Campaign: "tet"}, "total 6 10, " + string(worldPlacements[0].code) + " 6 10"},
			{"channel", stats.Filter{}, "total -1 -1, qr -1 -1"},
			{"day", stats.Filter{Channel: "qr"}, "total -1 -1"},
		} {
			q := days("2026-10-01", "2026-11-24")
			q.GroupBy, q.Filter = test.by, test.filter
			r := w.query(t, q)
			got := fmt.Sprintf("total %d %d", r.Total.Views, r.Total.Loads)
			slices.SortFunc(r.Rows, func(a, b stats.Row) int { return strings.Compare(a.Key, b.Key) })
			for _, row := range r.Rows {
				if row.Views > 0 || test.by == "channel" {
					got += fmt.Sprintf(", %s %d %d", row.Key, row.Views, row.Loads)
				}
			}
			if got != test.want {
				t.Errorf("%s %+v: %s, want %s", test.by, test.filter, got, test.want)
			}
		}
	})
}

func TestQuery_quality(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		if day, err := w.LastLost(ctx); err != nil || day != referral.NoDay {
			t.Errorf("last lost %s, %v", day, err)
		}
		if err := w.AddQuality(ctx, referral.MustDay("2026-11-09"), 0, 5); err != nil {
			t.Fatal(err)
		}
		for day, n := range map[string]int64{"2026-11-01": 1, "2026-11-02": 10, "2026-11-03": 100} {
			for range 2 {
				if err := w.AddQuality(ctx, referral.MustDay(day), n, 2*n); err != nil {
					t.Fatal(err)
				}
			}
		}
		stalled := worldNow.Add(-time.Hour)
		w.stats = stats.New(w.Store, w.provinces, func() rollup.Status { return rollup.Status{AppliedAt: worldNow, StalledSince: stalled} }, func() time.Time { return worldNow })
		want := stats.Quality{Lost: 220, Unconfirmed: 445, AppliedAt: worldNow, StalledSince: stalled}
		if got := w.query(t, days("2026-11-02", "2026-11-24")).Quality; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if day, err := w.LastLost(ctx); err != nil || day != referral.MustDay("2026-11-03") {
			t.Errorf("last lost %s, %v", day, err)
		}
	})
}

func TestQuery_defaultPeriod(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		no := referral.NoDay
		for _, test := range []struct {
			q        stats.Query
			from, to string
		}{
			{stats.Query{From: no, To: no}, "2026-10-26", "2026-11-24"},
			{stats.Query{From: referral.MustDay("2026-01-05"), To: no}, "2026-01-05", "2026-11-24"},
			{stats.Query{From: no, To: referral.MustDay("2026-01-30")}, "2026-01-01", "2026-01-30"},
			{stats.Query{From: no, To: no, GroupBy: "device", Filter: stats.Filter{Portal: "bd"}}, "2026-10-01", "2026-11-24"},
		} {
			r := w.query(t, test.q)
			if r.From.String() != test.from || r.To.String() != test.to {
				t.Errorf("%+v: from %s to %s, want %s to %s", test.q, r.From, r.To, test.from, test.to)
			}
		}
	})
}

// TestQuery_refuses checks that all faults are named together, each with a text
// in both languages whose placeholders are filled.
func TestQuery_refuses(t *testing.T) {
	bundle, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		for _, at := range []string{"2025-10-20 10:00", "2026-09-22 10:00", "2026-11-24 10:00", "2026-11-24 10:05"} { // the first hour has left, of placements the second too
			w.apply(t, []seenClick{click(at, nil)})
		}
		with := func(q stats.Query, by stats.GroupBy, f stats.Filter) stats.Query {
			q.GroupBy, q.Filter = by, f
			return q
		}
		period := days("2026-11-01", "2026-11-24")
		for name, test := range map[string]struct {
			q    stats.Query
			want string // fields and keys
		}{
			"everything": {
				stats.Query{From: period.To, To: period.From, GroupBy: "moon", Boundaries: "old", Filter: stats.Filter{Province: "89", Portal: "zz", Placement: "K7Q2PX",
					Destination: "zz", Channel: "zz", Campaign: "zz", Batch: "1"}},
				"error.stats: /group_by stats_word, /boundaries stats_word, /to before_from, /province province_ended, /portal portal_unknown, " +
					"/placement code_check, /batch batch_unknown, /destination destination_unknown, /channel stats_word, /campaign campaign_unknown",
			},
			"unknown province": {with(period, "", stats.Filter{Province: "99"}), "error.stats: /province province_unknown"},
			"too long":         {days("2010-01-01", "2026-01-01"), "error.stats: /from stats_long"},
			"before 1970":      {days("1969-01-01", "1970-01-01"), "error.stats: /from stats_long"},
			"unknown code":     {with(period, "", stats.Filter{Placement: unknownCode(t)}), "error.stats: /placement code_unknown"},
			"hour long ago":    {with(days("2025-01-01", "2025-01-02"), "hour", stats.Filter{}), "error.stats: /from stats_kept"},
			"hour of placement long ago": {with(days("2026-09-01", "2026-09-02"), "hour", stats.Filter{Portal: "ba"}),
				"error.stats: /from stats_kept"},
			"hour by destination": {with(period, "hour", stats.Filter{Destination: "hub"}),
				"error.stats_combination group_by=hour, destination: /group_by stats_instead, /destination stats_drop"},
			"device of placement by day": {with(period, "day", stats.Filter{Device: "phone", Portal: "ba"}),
				"error.stats_combination group_by=day, portal, device: /group_by stats_instead, /portal stats_drop, /device stats_drop"},
			"devices by campaign": {with(period, "device", stats.Filter{Campaign: "tet"}),
				"error.stats_combination group_by=device, campaign: /group_by stats_instead, /campaign stats_drop"},
			"three that exclude each other": {with(period, "", stats.Filter{Device: "phone", Campaign: "tet", ReferrerHost: "a.vn"}),
				"error.stats_combination campaign, device, referrer_host: /campaign stats_drop_more, /device stats_drop_more, /referrer_host stats_drop_more"},
			"part of a month": {with(days("2026-08-02", "2026-09-29"), "device", stats.Filter{Portal: "ba"}),
				"error.stats: /from stats_month_from, /to stats_month_to"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := w.stats.Query(context.Background(), test.q)
				var e *referral.Error
				if !errors.As(err, &e) || !errors.Is(err, referral.ErrInvalid) {
					t.Fatalf("error %v", err)
				}
				var fields []string
				for _, f := range e.Fields {
					fields = append(fields, f.Field+" "+strings.TrimPrefix(f.Key, "error."))
				}
				got := strings.TrimSuffix(e.Key+" "+e.Args["parameters"], " ") + ": " + strings.Join(fields, ", ")
				if got != test.want {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
				for _, lang := range text.Languages {
					l := bundle.In(lang)
					said := []string{l.Args(e.Key, e.Args)}
					for _, f := range e.Fields {
						said = append(said, l.Args(f.Key, f.Args))
					}
					if all := strings.Join(said, "\n"); strings.ContainsAny(all, "{}[]") {
						t.Errorf("%s: %s", lang, all)
					}
				}
			})
		}
	})
}

func unknownCode(t *testing.T) string {
	t.Helper()
	for _, check := range referral.Alphabet {
		if code, err := referral.ParseCode("ZZZZZ" + string(check)); err == nil {
			return string(code)
		}
	}
	t.Fatal("no check symbol fits")
	return ""
}

// TestQuery_whileApplying reads while clicks are added: the rows always sum to
// the total, and no number ever falls.
func TestQuery_whileApplying(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		done := make(chan error)
		go func() {
			for n := range uint64(60) {
				if err := s.Apply(context.Background(), oneDelta(w, 10*n, 10*n+10)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		last := int64(0)
		for finished := false; !finished; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				finished = true
			default:
			}
			for _, by := range []stats.GroupBy{"day", "province", "placement", "referrer_host", "hour"} {
				q := days("2026-09-15", "2026-11-24")
				if by == "hour" {
					q.From = q.To
				}
				q.GroupBy = by
				r := w.query(t, q)
				sum := int64(0)
				for _, row := range r.Rows {
					sum += row.Recorded()
				}
				if sum != r.Total.Recorded() || sum < last {
					t.Fatalf("by %s: rows sum to %d, total %d, before %d", by, sum, r.Total.Recorded(), last)
				}
				last = sum
			}
		}
		if last != 600 {
			t.Errorf("%d clicks at the end, want 600", last)
		}
	})
}
