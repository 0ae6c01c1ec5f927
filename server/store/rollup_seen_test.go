package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"lensan/server/classify"
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

// Two servers that count at once, and have no cell in common, lose none of each
// other's visitors.
func TestApply_visitorsOfTwoServers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		if s.postgres == nil {
			return // one server alone
		}
		newWorld(t, s)
		ctx, other := context.Background(), *s
		other.write = stdlib.OpenDB(*s.postgres)
		other.write.SetMaxOpenConns(1)
		defer other.write.Close()
		day := referral.DayOf(worldNow)
		delta := func(journal string, channel referral.Channel, from uint64) *rollup.Delta {
			a := rollup.NewAccumulator()
			for n := from; n < from+10; n++ {
				c := referral.Click{Milli: worldNow.UnixMilli(), Placement: int64(channel), Portal: 1, Province: 10, Channel: channel, Visitor: n * 0x9e3779b97f4a7c15}
				a.Add(&c, referral.ClassPeople, &classify.Agent{Device: "phone"})
			}
			d, err := a.Delta(journal, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if err := s.Apply(ctx, delta("i", referral.ChannelLink, 1)); err != nil {
			t.Fatal(err)
		}
		hold, err := s.read.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer hold.Rollback()
		if _, err := hold.Exec("SELECT sketch FROM visitor_sketches WHERE day = $1 FOR UPDATE", int64(day)); err != nil {
			t.Fatal(err)
		}
		var pids [2]int
		ended := make(chan error, 2)
		for i, server := range []*Store{s, &other} {
			if err := server.write.QueryRow("SELECT pg_backend_pid()").Scan(&pids[i]); err != nil {
				t.Fatal(err)
			}
			go func() {
				ended <- server.Apply(ctx, delta([]string{"j", "k"}[i], []referral.Channel{referral.ChannelQR, referral.ChannelWidget}[i], uint64(11+10*i)))
			}()
		}
		for deadline, waiting := time.Now().Add(time.Minute), 0; waiting < 2; time.Sleep(10 * time.Millisecond) {
			if err := s.read.QueryRow("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN ($1, $2)", pids[0], pids[1]).Scan(&waiting); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d wait", waiting)
			}
		}
		if err := errors.Join(hold.Rollback(), <-ended, <-ended); err != nil {
			t.Fatal(err)
		}
		var visitors int64
		if err := s.read.QueryRow("SELECT estimate FROM visitors WHERE day = $1 AND province = 0", int64(day)).Scan(&visitors); err != nil || visitors != 30 {
			t.Errorf("%d visitors, %v, want 30", visitors, err)
		}
	})
}
