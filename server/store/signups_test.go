package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/signups"
)

func TestSignups_versionsAndDoubles(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		first, later := referral.MustDay("2026-10-01"), referral.MustDay("2026-10-31")
		placed := func(day referral.Day, n int64) signups.Placed {
			return signups.Placed{Row: signups.Row{Day: day, Stage: signups.SignUp, Count: n}, Placement: 1, Province: 870}
		}
		save := func(id, digest string, correct bool, rows ...signups.Placed) (signups.Report, signups.Outcome, []signups.Double, error) {
			r := signups.Report{Destination: "voso", ID: id, Rows: len(rows), Source: "csv", Actor: "cli", Reason: digest, ReceivedAt: at}
			outcome, doubles, err := s.SaveReport(t.Context(), &r, digest, correct, nil, rows, referral.Change{Time: at, Actor: "cli", Entity: "signups", Key: "voso/" + id})
			return r, outcome, doubles, err
		}
		if r, outcome, doubles, err := save("a", "1", false, placed(first, 3), placed(later, 4)); r.Version != 1 || outcome != signups.Created || doubles != nil || err != nil {
			t.Fatal(r, outcome, doubles, err)
		}
		if r, outcome, _, err := save("a", "1", false, placed(first, 3), placed(later, 4)); r.Version != 1 || outcome != signups.Same || err != nil {
			t.Error(r, outcome, err)
		}
		if _, _, _, err := save("a", "2", false, placed(first, 5)); !errors.Is(err, referral.ErrConflict) {
			t.Error(err)
		}
		if _, _, doubles, err := save("b", "3", false, placed(first+1, 1), placed(later, 9)); err != nil || cmp.Diff([]signups.Double{{Row: 1, Report: "a"}}, doubles) != "" {
			t.Error(doubles, err)
		}
		if r, outcome, _, err := save("a", "2", true, placed(first, 5)); r.Version != 2 || outcome != signups.Corrected || err != nil {
			t.Error(r, outcome, err)
		}
		if _, outcome, doubles, err := save("b", "3", false, placed(first+1, 1), placed(later, 9)); outcome != signups.Created || doubles != nil || err != nil {
			t.Error("what a correction took back still counts:", outcome, doubles, err)
		}
		if _, outcome, _, err := save("b", "4", true); outcome != signups.Corrected || err != nil {
			t.Error(outcome, err)
		}
		report := func(id string, version, rows int, n int64, from, to referral.Day, reason string) signups.Report {
			return signups.Report{Destination: "voso", ID: id, Version: version, Rows: rows, Totals: map[signups.Stage]int64{signups.SignUp: n, signups.FirstListing: 0, signups.FirstSale: 0},
				First: from, Last: to, Source: "csv", Actor: "cli", Reason: reason, ReceivedAt: at}
		}
		list, err := s.SignupReports(t.Context(), "", "", 10)
		want := []signups.Report{report("b", 2, 0, 0, referral.NoDay, referral.NoDay, "4"), report("b", 1, 2, 10, first+1, later, "3"), report("a", 2, 1, 5, first, first, "2"), report("a", 1, 2, 7, first, later, "1")}
		if diff := cmp.Diff(want, list); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if list, err := s.SignupReports(t.Context(), "voso", "a", 1); len(list) != 1 || list[0].Version != 2 || err != nil {
			t.Error(list, err)
		}
	})
}
