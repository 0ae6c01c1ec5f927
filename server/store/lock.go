package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lensan/server/referral"
)

// Turn is a lock that one process at a time has in a PostgreSQL database: an
// advisory lock of a session on a connection of its own, so that it ends with
// the connection, whatever becomes of the process. One goroutine may use it.
type Turn struct {
	store  *Store
	number int64
	conn   *pgx.Conn
}

// turnParams make the server give a turn up whose process does not answer: one
// that stands still (it must say something within idle_session_timeout), and one
// whose machine is gone.
var turnParams = map[string]string{"idle_session_timeout": "5s", "tcp_keepalives_idle": "2", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "3"}

// takeTurn bounds how long it may take to ask for a turn: a network that went
// silent would hold who asks for a quarter of an hour. endTurn bounds a goodbye.
const (
	takeTurn = 5 * time.Second
	endTurn  = time.Second
)

// Turn returns the lock of a number, not taken.
func (s *Store) Turn(number int64) *Turn { return &Turn{store: s, number: number} }

// Take tries to take the lock. It returns false while another process has it,
// and referral.ErrInvalid wrapped for SQLite, where there is one process only.
func (t *Turn) Take(ctx context.Context) (taken bool, err error) {
	if t.store.postgres == nil {
		return false, fmt.Errorf("take turns in %s: %w", t.store.dialect, referral.ErrInvalid)
	}
	ctx, cancel := context.WithTimeout(ctx, takeTurn)
	defer cancel()
	if t.conn == nil {
		config := t.store.postgres.Copy()
		for name, value := range turnParams {
			config.RuntimeParams[name] = value
		}
		if t.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			return false, fmt.Errorf("take turn: %w", classed(err))
		}
	}
	if err := t.conn.QueryRow(ctx, t.store.query.get("turn_take"), t.number).Scan(&taken); err != nil {
		t.End()
		return false, fmt.Errorf("take turn: %w", classed(err))
	}
	return taken, nil
}

// Check returns an error if the lock is lost. Whoever has it asks every second
// or so.
func (t *Turn) Check(ctx context.Context) error {
	if err := t.conn.Ping(ctx); err != nil {
		t.End()
		return fmt.Errorf("turn is lost: %w", classed(err))
	}
	return nil
}

// End gives the lock up, if it is taken. It may be taken again.
func (t *Turn) End() error {
	if t.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTurn)
	defer cancel()
	conn := t.conn
	t.conn = nil
	return conn.Close(ctx)
}
