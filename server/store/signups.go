package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"lensan/server/referral"
	"lensan/server/signups"
)

var _ signups.Store = (*Store)(nil)

var errDoubles = errors.New("counted by other reports")

// SaveReport implements signups.Store.
func (s *Store) SaveReport(ctx context.Context, r *signups.Report, digest string, correct bool, replaces *int, rows []signups.Placed, c referral.Change) (outcome signups.Outcome, doubles []signups.Double, err error) {
	err = s.audited(ctx, c, func(tx *sql.Tx, c *referral.Change) error {
		destination, err := s.destinationNum(ctx, tx, r.Destination)
		if err != nil {
			return err
		}
		var last, received int64
		var was signups.Report
		var wasDigest string
		switch err := tx.QueryRowContext(ctx, s.query.get("signup_latest"), destination, r.ID).
			Scan(&last, &was.Version, &wasDigest, &was.Source, &was.Actor, &was.Reason, &received); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case wasDigest == digest:
			r.Version, r.Source, r.Actor, r.Reason, r.ReceivedAt = was.Version, was.Source, was.Actor, was.Reason, fromMilli(received)
			outcome = signups.Same
			return errNothing
		case !correct:
			return referral.Errorf(referral.ErrConflict, "error.signups_changed", "id", r.ID)
		}
		if replaces != nil && *replaces != was.Version {
			return referral.Errorf(referral.ErrConflict, "error.signups_moved", "id", r.ID)
		}
		if doubles, err = s.doubles(ctx, tx, destination, r.ID, rows); err != nil || len(doubles) > 0 {
			return errors.Join(errDoubles, err)
		}
		outcome, c.Verb, r.Version = signups.Created, "create", was.Version+1
		if last != 0 {
			outcome, c.Verb = signups.Corrected, "correct"
			if _, err := tx.ExecContext(ctx, s.query.get("signups_take_back"), last); err != nil {
				return err
			}
			if c.Before, err = json.Marshal(map[string]any{"version": was.Version}); err != nil {
				return err
			}
		}
		if c.After, err = json.Marshal(map[string]any{"version": r.Version, "rows": r.Rows, "totals": r.Totals}); err != nil {
			return err
		}
		return s.insertReport(ctx, tx, destination, *r, digest, rows)
	})
	switch {
	case errors.Is(err, errNothing):
		return outcome, nil, nil
	case errors.Is(err, errDoubles) && len(doubles) > 0:
		return "", doubles, nil
	case err != nil:
		return "", nil, fmt.Errorf("save report %s: %w", r.ID, err)
	}
	return outcome, nil, nil
}

// insertReport writes a version and its rows, and puts those in force.
func (s *Store) insertReport(ctx context.Context, tx *sql.Tx, destination int64, r signups.Report, digest string, rows []signups.Placed) error {
	var num int64
	if err := tx.QueryRowContext(ctx, s.query.get("signup_report_insert"), destination, r.ID, r.Version, digest, r.Source, r.Actor, r.Reason, milli(r.ReceivedAt)).Scan(&num); err != nil {
		return err
	}
	kept, err := tx.PrepareContext(ctx, s.query.get("signup_row_insert"))
	if err != nil {
		return err
	}
	counts, err := tx.PrepareContext(ctx, s.query.get("signups_insert"))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := kept.ExecContext(ctx, num, int64(row.Day), row.Placement, string(row.Stage), row.Count); err != nil {
			return err
		}
		if row.Count == 0 {
			continue
		}
		if _, err := counts.ExecContext(ctx, destination, int64(row.Day), row.Placement, string(row.Stage), int32(row.Province), row.Campaign, num, row.Count); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) destinationNum(ctx context.Context, tx *sql.Tx, id string) (num int64, err error) {
	err = tx.QueryRowContext(ctx, s.query.get("destination_num"), id).Scan(&num)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, referral.Errorf(referral.ErrNotFound, "error.destination_unknown", "id", id)
	}
	return num, err
}

func (s *Store) doubles(ctx context.Context, tx *sql.Tx, destination int64, id string, rows []signups.Placed) (list []signups.Double, err error) {
	holder, err := tx.PrepareContext(ctx, s.query.get("signups_holder"))
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		d := signups.Double{Row: i}
		switch err := holder.QueryRowContext(ctx, destination, int64(row.Day), row.Placement, string(row.Stage), id).Scan(&d.Report); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, err
		default:
			list = append(list, d)
		}
	}
	return list, nil
}

// SignupDoubles implements signups.Store.
func (s *Store) SignupDoubles(ctx context.Context, destination, id string, rows []signups.Placed) (list []signups.Double, err error) {
	err = s.inReadTx(ctx, func(tx *sql.Tx) error {
		num, err := s.destinationNum(ctx, tx, destination)
		if err != nil {
			return err
		}
		list, err = s.doubles(ctx, tx, num, id, rows)
		return err
	})
	return list, err
}

// SignupReports implements signups.Store.
func (s *Store) SignupReports(ctx context.Context, destination, id string, limit int) ([]signups.Report, error) {
	list, err := all(ctx, s.read, func(r row) (x signups.Report, err error) {
		var received, signUps, listings, sales int64
		var first, last sql.NullInt32
		err = r.Scan(&x.Destination, &x.ID, &x.Version, &x.Source, &x.Actor, &x.Reason, &received, &x.Rows, &signUps, &listings, &sales, &first, &last)
		x.ReceivedAt, x.First, x.Last = fromMilli(received), fromOpenDay(first), fromOpenDay(last)
		x.Totals = map[signups.Stage]int64{signups.SignUp: signUps, signups.FirstListing: listings, signups.FirstSale: sales}
		return x, err
	}, s.query.get("signup_reports"), destination, id, limit)
	if err != nil {
		return nil, fmt.Errorf("reports of sign-ups: %w", classed(err))
	}
	return list, nil
}
