package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// Batches that were counted from one journal are refused from another, with
// all that comes with them; a delta without clicks moves the number alone.
func TestApply_seenOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		none, one := rollup.Seen{}, rollup.Seen{}.With(1, false)
		all := one
		for n := range uint64(70) {
			all = all.With(2+n, n%2 == 0)
		}
		delta := func(journal string, after, seq uint64, steps map[string]rollup.SeenStep) *rollup.Delta {
			d := oneDelta(w, after, seq)
			d.Journal, d.Seen = journal, steps
			return d
		}
		step := func(before, after rollup.Seen) rollup.SeenStep { return rollup.SeenStep{Before: before, After: after} }
		for i, test := range []struct {
			delta *rollup.Delta
			want  error
		}{
			{delta("j", 0, 3, map[string]rollup.SeenStep{"A": step(none, one), "B": step(none, one)}), nil},
			{delta("k", 0, 3, map[string]rollup.SeenStep{"B": step(none, one)}), referral.ErrConflict},
			{delta("k", 0, 3, map[string]rollup.SeenStep{"A": step(one, all)}), nil},
			{delta("j", 3, 5, map[string]rollup.SeenStep{"C": step(none, one), "A": step(one, one.With(2, true))}), referral.ErrConflict},
			{delta("j", 3, 5, map[string]rollup.SeenStep{"C": step(none, one)}), nil},
			{&rollup.Delta{Journal: "j", After: 5, Seq: 9}, nil},
		} {
			if err := w.Apply(ctx, test.delta); !errors.Is(err, test.want) {
				t.Errorf("step %d: %v, want %v", i, err, test.want)
			}
		}
		for origin, want := range map[string]rollup.Seen{"A": all, "B": one, "C": one, "never": none} {
			if got, err := s.Seen(ctx, origin); got != want || err != nil {
				t.Errorf("%s: %+v, %v, want %+v", origin, got, err, want)
			}
		}
		if seq, err := s.Applied(ctx, "j"); seq != 9 || err != nil {
			t.Errorf("j is applied up to %d, %v", seq, err)
		}
		if clicks, last, err := s.AppliedClicks(ctx); clicks != 8 || last.UnixMilli() != worldNow.UnixMilli() || err != nil {
			t.Errorf("%d clicks, the last at %s, %v", clicks, last, err)
		}
		if off, err := w.Reconcile(ctx); err != nil || len(off) > 0 {
			t.Errorf("reconcile: %v, %v", off, err)
		}
	})
}

func TestApply_forgetsOldOrigins(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, ctx := newWorld(t, s), context.Background()
		begin := func(after uint64, origin string) {
			d := oneDelta(w, after, after+1)
			d.Seen = map[string]rollup.SeenStep{origin: {After: rollup.Seen{}.With(1, true)}}
			if err := w.Apply(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		begin(0, "old")
		begin(1, "new")
		if _, err := s.write.Exec("UPDATE batches_seen SET seen_at = $1 WHERE origin = 'old'", time.Now().Add(-seenFor-time.Hour).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		begin(2, "newer")
		for origin, want := range map[string]uint64{"old": 0, "new": 1, "newer": 1} {
			if got, err := s.Seen(ctx, origin); got.Copies.Highest != want || err != nil {
				t.Errorf("%s: %+v, %v", origin, got, err)
			}
		}
	})
}
