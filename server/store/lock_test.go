package store

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/testkit"
)

func TestTurn_oneAtATime(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		if s.postgres == nil {
			if taken, err := s.Turn(1).Take(ctx); taken || !errors.Is(err, referral.ErrInvalid) {
				t.Errorf("SQLite: %v, %v", taken, err)
			}
			return
		}
		number := time.Now().UnixNano() // the lock is of the database, not of the schema
		first, second := s.Turn(number), s.Turn(number)
		defer first.End()
		defer second.End()
		take := func(turn *Turn, want bool) {
			t.Helper()
			if taken, err := turn.Take(ctx); taken != want || err != nil {
				t.Errorf("taken %v, %v, want %v", taken, err, want)
			}
		}
		take(first, true)
		take(second, false)
		if err := first.Check(ctx); err != nil {
			t.Error(err)
		}
		if err := first.End(); err != nil {
			t.Error(err)
		}
		takeSoon(t, second)
		take(first, false)
		if _, err := s.write.Exec("SELECT pg_terminate_backend($1)", second.conn.PgConn().PID()); err != nil {
			t.Fatal(err)
		}
		takeSoon(t, first)
		if err := second.Check(ctx); !errors.Is(err, referral.ErrUnavailable) {
			t.Errorf("a turn that is lost: %v", err)
		}
		take(second, false)
		if !testkit.Full() {
			t.Log("left out: a process that stands still, because that takes 5 s")
			return
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) { // the first says nothing
			if taken, err := second.Take(ctx); err != nil {
				t.Fatal(err)
			} else if taken {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("who stands still keeps its turn")
			}
		}
	})
}

// silentConn loses what is sent while its network is silent.
type silentConn struct {
	net.Conn
	silent *atomic.Bool
}

func (c silentConn) Write(p []byte) (int, error) {
	if c.silent.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// Who asks for a turn over a network that went silent gives up, and asks anew
// once it works again.
func TestTurn_silentNetwork(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		if s.postgres == nil {
			return
		}
		var silent atomic.Bool
		dial := s.postgres.DialFunc
		s.postgres.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			return silentConn{c, &silent}, err
		}
		number := time.Now().UnixNano()
		first, second := s.Turn(number), s.Turn(number)
		defer second.End()
		takeSoon(t, first)
		if taken, err := second.Take(t.Context()); taken || err != nil {
			t.Fatal(taken, err)
		}
		if err := first.End(); err != nil {
			t.Fatal(err)
		}
		silent.Store(true)
		began := time.Now()
		if taken, err := second.Take(t.Context()); taken || !errors.Is(err, referral.ErrUnavailable) {
			t.Errorf("taken %v, %v", taken, err)
		}
		if took := time.Since(began); took > 2*takeTurn {
			t.Errorf("gave up after %s", took)
		}
		silent.Store(false)
		takeSoon(t, second)
	})
}

// takeSoon takes a turn that was given up: the server is told a moment later.
func takeSoon(t *testing.T, turn *Turn) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if taken, err := turn.Take(context.Background()); err != nil {
			t.Fatal(err)
		} else if taken {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not taken")
		}
	}
}
