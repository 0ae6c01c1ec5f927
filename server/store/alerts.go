package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lensan/server/alerts"
	"lensan/server/referral"
)

var _ alerts.Store = (*Store)(nil)

func scanAlert(r row) (a alerts.Alert, err error) {
	var args string
	var since, opened, closed, told, known, seen int64
	if err := r.Scan(&a.Num, &a.Kind, &a.Subject, &args, &since, &opened, &closed, &told, &a.EndTold, &a.KnownBy, &known, &seen); err != nil {
		return a, err
	}
	a.Since, a.OpenedAt, a.ClosedAt, a.ToldAt, a.KnownAt, a.SeenAt = fromMilli(since), fromMilli(opened), fromMilli(closed), fromMilli(told), fromMilli(known), fromMilli(seen)
	return a, json.Unmarshal([]byte(args), &a.Args)
}

// OpenAlert implements alerts.Store.
func (s *Store) OpenAlert(ctx context.Context, sign alerts.Sign, now time.Time) (a alerts.Alert, opened bool, err error) {
	args, err := json.Marshal(sign.Args)
	if err != nil {
		return a, false, err
	}
	// Mostly it is open already, and says the same: that needs no write.
	open := func(from reader) error {
		a, err = scanAlert(from.QueryRowContext(ctx, s.query.get("alert_open_one"), string(sign.Kind), sign.Subject))
		return err
	}
	if err := open(s.read); err == nil {
		if was, err := json.Marshal(a.Args); err == nil && string(was) == string(args) {
			return a, false, nil
		}
	}
	since := sign.Since
	if since.IsZero() {
		since = now
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var num int64
		err := tx.QueryRowContext(ctx, s.query.get("alert_insert"), string(sign.Kind), sign.Subject, string(args), milli(since), milli(now)).Scan(&num)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, s.query.get("alert_renew"), string(sign.Kind), sign.Subject, string(args))
		case err == nil:
			opened = true
		}
		if err != nil {
			return err
		}
		return open(tx)
	})
	if err != nil {
		return a, false, fmt.Errorf("open alert %s %s: %w", sign.Kind, sign.Subject, err)
	}
	return a, opened, nil
}

// SeeAlert implements alerts.Store.
func (s *Store) SeeAlert(ctx context.Context, num int64, now time.Time) error {
	_, err := s.once(ctx, "alert_seen", num, milli(now))
	return err
}

// CloseAlert implements alerts.Store.
func (s *Store) CloseAlert(ctx context.Context, num int64, now time.Time) error {
	_, err := s.once(ctx, "alert_close", num, milli(now))
	return err
}

// Alerts implements alerts.Store.
func (s *Store) Alerts(ctx context.Context, closedSince time.Time) (open, closed []alerts.Alert, err error) {
	open, err = all(ctx, s.read, scanAlert, s.query.get("alerts_open"))
	if err == nil {
		closed, err = all(ctx, s.read, scanAlert, s.query.get("alerts_closed"), milli(closedSince))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("alerts: %w", classed(err))
	}
	return open, closed, nil
}

// AlertsTold implements alerts.Store.
func (s *Store) AlertsTold(ctx context.Context, nums []int64, now time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, num := range nums {
			if _, err := tx.ExecContext(ctx, s.query.get("alert_told"), num, milli(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("alerts told: %w", err)
	}
	return nil
}

// KnowAlert implements alerts.Store.
func (s *Store) KnowAlert(ctx context.Context, num int64, by string, now time.Time, c referral.Change) error {
	c.Key = strconv.FormatInt(num, 10)
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		result, err := tx.ExecContext(ctx, s.query.get("alert_know"), num, by, milli(now))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return referral.Errorf(referral.ErrNotFound, "error.alert_unknown")
	})
	if err != nil {
		return fmt.Errorf("know alert %d: %w", num, err)
	}
	return nil
}
