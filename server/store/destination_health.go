package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lensan/server/health"
	"lensan/server/referral"
)

var _ health.Store = (*Store)(nil)

// healthKept is how long events are kept.
const healthKept = 400 * 24 * time.Hour

// HealthStatuses implements health.Store.
func (s *Store) HealthStatuses(ctx context.Context) ([]health.Status, error) {
	list, err := all(ctx, s.read, scanHealth, s.query.get("health_statuses"))
	if err != nil {
		return nil, fmt.Errorf("read health: %w", classed(err))
	}
	return list, nil
}

func scanHealth(r row) (x health.Status, err error) {
	var died, checked, changed, expires, took, forced int64
	err = r.Scan(&x.Destination, &x.URL, &x.State, &x.Streak, &x.Deaths, &died, &checked, &changed, &x.Reason, &x.HTTP, &x.Host, &x.KnownHost, &expires, &took,
		&x.Forced, &x.ForcedBy, &x.ForcedReason, &forced)
	x.DiedAt, x.CheckedAt, x.ChangedAt, x.Expires, x.ForcedAt = fromMilli(died), fromMilli(checked), fromMilli(changed), fromMilli(expires), fromMilli(forced)
	x.Took = time.Duration(took) * time.Millisecond
	return x, err
}

// SaveHealth implements health.Store.
func (s *Store) SaveHealth(ctx context.Context, x health.Status, e *health.Event, c *referral.Change) error {
	return s.keepHealth(ctx, "health_save", x, e, c)
}

// ForceHealth implements health.Store.
func (s *Store) ForceHealth(ctx context.Context, x health.Status, e *health.Event, c *referral.Change) error {
	return s.keepHealth(ctx, "health_force", x, e, c)
}

func (s *Store) keepHealth(ctx context.Context, query string, x health.Status, e *health.Event, c *referral.Change) error {
	write := func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s.query.get(query), x.Destination, x.URL, string(x.State), x.Streak, x.Deaths, milli(x.DiedAt), milli(x.CheckedAt),
			milli(x.ChangedAt), string(x.Reason), x.HTTP, x.Host, x.KnownHost, milli(x.Expires), x.Took.Milliseconds(),
			string(x.Forced), x.ForcedBy, x.ForcedReason, milli(x.ForcedAt))
		if err != nil || e == nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.query.get("health_events_prune"), milli(e.Time.Add(-healthKept))); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, s.query.get("health_event_insert"), x.Destination, milli(e.Time), string(e.Before), string(e.After), string(e.Reason),
			e.HTTP, e.Host, e.Actor, e.Note)
		return err
	}
	var err error
	if c == nil {
		err = s.inTx(ctx, write)
	} else {
		err = s.audited(ctx, *c, func(tx *sql.Tx, _ *referral.Change) error { return write(tx) })
	}
	if err != nil {
		return fmt.Errorf("save health of %s: %w", x.Destination, err)
	}
	return nil
}

// HealthEvents implements health.Store.
func (s *Store) HealthEvents(ctx context.Context, destination string, limit int) ([]health.Event, error) {
	list, err := all(ctx, s.read, scanHealthEvent, s.query.get("health_events"), destination, limit)
	if err != nil {
		return nil, fmt.Errorf("health of %s: %w", destination, classed(err))
	}
	return list, nil
}

func scanHealthEvent(r row) (e health.Event, err error) {
	var at int64
	err = r.Scan(&at, &e.Before, &e.After, &e.Reason, &e.HTTP, &e.Host, &e.Actor, &e.Note)
	e.Time = fromMilli(at)
	return e, err
}
