package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lensan/server/mailing"
	"lensan/server/referral"
)

var _ mailing.Store = (*Store)(nil)

func scanSubscription(r row) (x mailing.Subscription, err error) {
	var created int64
	err = r.Scan(&x.Num, &x.Kind, &x.Email, &x.Province, &x.Lang, &x.Day, &x.CreatedBy, &created)
	x.CreatedAt = fromMilli(created)
	return x, err
}

// Subscriptions implements mailing.Store.
func (s *Store) Subscriptions(ctx context.Context, kind string) ([]mailing.Subscription, error) {
	list, err := all(ctx, s.read, scanSubscription, s.query.get("subscriptions"), kind)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", classed(err))
	}
	return list, nil
}

// InsertSubscription implements mailing.Store.
func (s *Store) InsertSubscription(ctx context.Context, x *mailing.Subscription, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, c *referral.Change) error {
		switch err := tx.QueryRowContext(ctx, s.query.get("subscription_insert"), x.Kind, x.Email, int32(x.Province), x.Lang, x.Day, x.CreatedBy, milli(x.CreatedAt)).Scan(&x.Num); {
		case errors.Is(err, sql.ErrNoRows):
			var f referral.Faults
			f.Add("/email", "error.subscription_taken")
			return f.Err()
		case err != nil:
			return err
		}
		c.Key = strconv.FormatInt(x.Num, 10)
		return setFields(&c.After, *x)
	})
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// EndSubscription implements mailing.Store.
func (s *Store) EndSubscription(ctx context.Context, num int64, at time.Time, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, c *referral.Change) error {
		x, err := scanSubscription(tx.QueryRowContext(ctx, s.query.get("subscription_find"), num))
		if errors.Is(err, sql.ErrNoRows) {
			return referral.Errorf(referral.ErrNotFound, "error.subscription_unknown")
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.query.get("subscription_end"), num, milli(at)); err != nil {
			return err
		}
		return setFields(&c.Before, x)
	})
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}

func setFields(into *json.RawMessage, x mailing.Subscription) (err error) {
	*into, err = json.Marshal(map[string]any{"kind": x.Kind, "email": x.Email, "province": int(x.Province), "lang": x.Lang, "day": x.Day})
	return err
}
