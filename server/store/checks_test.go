package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/referral"
)

// What the checks say and what an admin says are kept apart: either may come
// from a server that does not know the other yet.
func TestHealth_checksAndAdmins(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		ctx, at := t.Context(), time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		want := func(when string, want health.Status) {
			t.Helper()
			list, err := s.HealthStatuses(ctx)
			if err != nil || len(list) != 1 {
				t.Fatalf("%s: %+v, %v", when, list, err)
			}
			if d := cmp.Diff(want, list[0]); d != "" {
				t.Errorf("%s: %s", when, d)
			}
		}
		save := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		checked := health.Status{Destination: "voso", URL: "https://voso.vn", State: health.Alive, CheckedAt: at, Result: health.Result{Reason: health.Fine, HTTP: 200}}
		save(s.SaveHealth(ctx, checked, nil, nil))
		want("checked", checked)
		forced := health.Status{Destination: "voso", URL: "https://voso.vn", State: health.Unknown, Forced: health.Dead, ForcedBy: "account:lan", ForcedReason: "Bảo trì", ForcedAt: at.Add(time.Minute)}
		save(s.ForceHealth(ctx, forced, nil, nil))
		both := checked
		both.Forced, both.ForcedBy, both.ForcedReason, both.ForcedAt = forced.Forced, forced.ForcedBy, forced.ForcedReason, forced.ForcedAt
		want("overruled", both)
		checked.CheckedAt, checked.Streak = at.Add(time.Hour), 1
		both.CheckedAt, both.Streak = checked.CheckedAt, checked.Streak
		save(s.SaveHealth(ctx, checked, nil, nil))
		want("checked again", both)
	})
}

// Who was seen is written by every server, what was read by one.
func TestCoverage_seenAndChecked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		ctx, at, day := t.Context(), time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), referral.MustDay("2026-11-24")
		latest := func(want time.Time) {
			t.Helper()
			if got, err := s.CoverageChecked(ctx); !got.Equal(want) || err != nil {
				t.Errorf("latest look %v, %v, want %v", got, err, want)
			}
		}
		latest(time.Time{})
		seen := coverage.Record{FirstSeen: day - 3, LastSeen: day, LastFound: referral.NoDay}
		if err := s.SaveSeen(ctx, map[int64]coverage.Record{1: seen}); err != nil {
			t.Fatal(err)
		}
		latest(time.Time{})
		read := coverage.Record{FirstSeen: day - 3, LastSeen: day, LastFound: day, CheckedAt: at, Checks: []coverage.HostCheck{{Host: "a.vn", Page: "/x", Time: at, Found: []coverage.Found{}}}}
		if err := s.SaveCoverage(ctx, map[int64]coverage.Record{1: read}); err != nil {
			t.Fatal(err)
		}
		latest(at)
		seen.LastSeen = day + 1
		if err := s.SaveSeen(ctx, map[int64]coverage.Record{1: seen}); err != nil {
			t.Fatal(err)
		}
		read.LastSeen = day + 1
		records, err := s.CoverageRecords(ctx)
		if d := cmp.Diff(map[int64]coverage.Record{1: read}, records); d != "" || err != nil {
			t.Error(d, err)
		}
	})
}
