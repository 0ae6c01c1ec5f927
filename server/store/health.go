package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

var errNothingToKeep = errors.New("nothing to keep")

// CheckWritable returns nil if the database takes a write now. It changes nothing.
func (s *Store) CheckWritable(ctx context.Context) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("check_writable")); err != nil {
			return err
		}
		return errNothingToKeep
	})
	if errors.Is(err, errNothingToKeep) {
		return nil
	}
	return err
}

// AppliedClicks returns how many clicks of all journals are in the rollups and
// when the last of them came; the zero time if there is none.
func (s *Store) AppliedClicks(ctx context.Context) (clicks int64, last time.Time, err error) {
	var milli int64
	if err := s.read.QueryRowContext(ctx, s.query.get("applied_clicks")).Scan(&clicks, &milli); err != nil {
		return 0, time.Time{}, err
	}
	if milli > 0 {
		last = time.UnixMilli(milli)
	}
	return clicks, last, nil
}
