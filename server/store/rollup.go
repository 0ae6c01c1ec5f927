package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// Applied returns up to which number a journal was applied, 0 if never.
func (s *Store) Applied(ctx context.Context, journal string) (uint64, error) {
	var seq int64
	err := s.read.QueryRowContext(ctx, s.query.get("journal_applied"), journal).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("applied of journal %s: %w", journal, classed(err))
	}
	return uint64(seq), nil
}

// Apply adds a delta to every cube and sets Applied to its Seq and Seen to what
// its steps say, in one transaction. It returns referral.ErrConflict wrapped if
// Applied is not delta.After or Seen not what a step began with, and then
// nothing is added.
func (s *Store) Apply(ctx context.Context, d *rollup.Delta) error {
	agents, hosts := s.agents.begin(), s.hosts.begin()
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.advance(ctx, tx, d); err != nil {
			return err
		}
		if err := s.advanceSeen(ctx, tx, d.Seen); err != nil {
			return err
		}
		if err := agents.resolve(ctx, tx, s.query, agentsOf(d)); err != nil {
			return err
		}
		if err := hosts.resolve(ctx, tx, s.query, hostsOf(d)); err != nil {
			return err
		}
		for _, cube := range cubesOf(d, agents.id, hosts.id) {
			if err := cube.write(ctx, tx, s.postgres != nil); err != nil {
				return err
			}
		}
		if d.Clicks == 0 {
			return nil
		}
		// This raises a row that all deltas share, so that of two servers one waits
		// here, and does not merge into sketches that the other is about to replace.
		if err := s.prune(ctx, tx, referral.DayOfMilli(d.LastMilli)); err != nil {
			return err
		}
		return s.mergeVisitors(ctx, tx, d.Visitors)
	})
	if err != nil {
		return fmt.Errorf("apply clicks %d to %d of journal %s: %w", d.After+1, d.Seq, d.Journal, err)
	}
	agents.keep()
	hosts.keep()
	return nil
}

func (s *Store) advance(ctx context.Context, tx *sql.Tx, d *rollup.Delta) error {
	name, args := "journal_begin", []any{d.Journal, int64(d.Seq), d.Clicks, d.LastMilli, time.Now().UnixMilli()}
	if d.After > 0 {
		name, args = "journal_advance", append(args, int64(d.After))
	}
	result, err := tx.ExecContext(ctx, s.query.get(name), args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("the journal is not applied up to %d: %w", d.After, referral.ErrConflict)
}

// AddQuality adds clicks of a day that were answered and lost, or left
// unconfirmed.
func (s *Store) AddQuality(ctx context.Context, day referral.Day, lost, unconfirmed int64) error {
	_, err := s.write.ExecContext(ctx, s.query.get("quality_add"), int64(day), lost, unconfirmed)
	if err != nil {
		return fmt.Errorf("add quality of %s: %w", day, classed(err))
	}
	return nil
}
