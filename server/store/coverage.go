package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
)

var _ coverage.Store = (*Store)(nil)

// Sightings implements coverage.Store.
func (s *Store) Sightings(ctx context.Context, from referral.Day) ([]coverage.Sighting, error) {
	list, err := all(ctx, s.read, func(r row) (x coverage.Sighting, err error) {
		err = r.Scan(&x.Portal, &x.Host, &x.First, &x.Last, &x.Views, &x.Clicks)
		return x, err
	}, s.query.get("coverage_sightings"), int64(from))
	if err != nil {
		return nil, fmt.Errorf("sightings: %w", classed(err))
	}
	return list, nil
}

// CoverageRecords implements coverage.Store.
func (s *Store) CoverageRecords(ctx context.Context) (map[int64]coverage.Record, error) {
	records := map[int64]coverage.Record{}
	err := s.each(ctx, s.query.get("coverage_records"), nil, func(rows *sql.Rows) error {
		var num, checked int64
		var first, last, found sql.NullInt32
		var checks string
		if err := rows.Scan(&num, &first, &last, &found, &checked, &checks); err != nil {
			return err
		}
		r := coverage.Record{FirstSeen: fromOpenDay(first), LastSeen: fromOpenDay(last), LastFound: fromOpenDay(found), CheckedAt: fromMilli(checked)}
		err := json.Unmarshal([]byte(checks), &r.Checks)
		records[num] = r
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read coverage: %w", err)
	}
	return records, nil
}

// SaveCoverage implements coverage.Store.
func (s *Store) SaveCoverage(ctx context.Context, records map[int64]coverage.Record) error {
	if len(records) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, num := range slices.Sorted(maps.Keys(records)) { // two servers must not wait for each other
			if err := s.saveCoverage(ctx, tx, num, records[num]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	return nil
}

// SaveSeen implements coverage.Store.
func (s *Store) SaveSeen(ctx context.Context, records map[int64]coverage.Record) error {
	if len(records) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, num := range slices.Sorted(maps.Keys(records)) {
			r := records[num]
			if _, err := tx.ExecContext(ctx, s.query.get("coverage_seen_save"), num, openDay(r.FirstSeen), openDay(r.LastSeen)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save who was seen: %w", err)
	}
	return nil
}

// CoverageChecked implements coverage.Store.
func (s *Store) CoverageChecked(ctx context.Context) (time.Time, error) {
	var at int64
	if err := s.read.QueryRowContext(ctx, s.query.get("coverage_checked")).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("latest look: %w", classed(err))
	}
	return fromMilli(at), nil
}

func (s *Store) saveCoverage(ctx context.Context, tx *sql.Tx, portal int64, r coverage.Record) error {
	checks, err := json.Marshal(r.Checks)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, s.query.get("coverage_save"), portal, openDay(r.FirstSeen), openDay(r.LastSeen), openDay(r.LastFound), milli(r.CheckedAt), string(checks))
	return err
}

// SaveLook implements coverage.Store.
func (s *Store) SaveLook(ctx context.Context, portal int64, r coverage.Record, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error { return s.saveCoverage(ctx, tx, portal, r) })
	if err != nil {
		return fmt.Errorf("save look: %w", err)
	}
	return nil
}

// SaveCoverageWeek implements coverage.Store.
func (s *Store) SaveCoverageWeek(ctx context.Context, list []coverage.PortalWeek) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, w := range list {
			if _, err := tx.ExecContext(ctx, s.query.get("coverage_week_save"), int64(w.Monday), w.Portal, string(w.State)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save week of coverage: %w", err)
	}
	return nil
}

// CoverageWeeks implements coverage.Store.
func (s *Store) CoverageWeeks(ctx context.Context, from referral.Day) ([]coverage.PortalWeek, error) {
	list, err := all(ctx, s.read, func(r row) (w coverage.PortalWeek, err error) {
		err = r.Scan(&w.Monday, &w.Portal, &w.State)
		return w, err
	}, s.query.get("coverage_weeks"), int64(from))
	if err != nil {
		return nil, fmt.Errorf("weeks of coverage: %w", classed(err))
	}
	return list, nil
}
