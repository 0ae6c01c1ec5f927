package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// seenFor is how long an origin is remembered after its last batch: a batch
// that comes again later than that counts as new.
const seenFor = 90 * 24 * time.Hour

// Seen returns which of an origin's batches were counted, of whatever journal.
func (s *Store) Seen(ctx context.Context, origin string) (rollup.Seen, error) {
	var there, thereRecent, copies, copiesRecent int64
	err := s.read.QueryRowContext(ctx, s.query.get("batches_seen"), origin).Scan(&there, &thereRecent, &copies, &copiesRecent)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return rollup.Seen{}, fmt.Errorf("batches seen of %s: %w", origin, classed(err))
	}
	return rollup.Seen{There: rollup.Window{Highest: uint64(there), Recent: uint64(thereRecent)},
		Copies: rollup.Window{Highest: uint64(copies), Recent: uint64(copiesRecent)}}, nil
}

// seenColumns are the values of a row, in the order of its columns.
func seenColumns(s rollup.Seen) []any {
	return []any{int64(s.There.Highest), int64(s.There.Recent), int64(s.Copies.Highest), int64(s.Copies.Recent)}
}

// advanceSeen takes the steps, those of all deltas in one order.
func (s *Store) advanceSeen(ctx context.Context, tx *sql.Tx, steps map[string]rollup.SeenStep) error {
	now := time.Now()
	for _, origin := range slices.Sorted(maps.Keys(steps)) {
		step := steps[origin]
		name, args := "batches_seen_begin", append([]any{origin, now.UnixMilli()}, seenColumns(step.After)...)
		if step.Before != (rollup.Seen{}) {
			name, args = "batches_seen_advance", append(args, seenColumns(step.Before)...)
		} else if _, err := tx.ExecContext(ctx, s.query.get("batches_seen_forget"), now.Add(-seenFor).UnixMilli()); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, s.query.get(name), args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, fmt.Errorf("batches of %s were counted meanwhile: %w", origin, referral.ErrConflict))
		}
	}
	return nil
}
