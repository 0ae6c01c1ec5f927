package store

import (
	"context"
	"database/sql"
	"fmt"

	"lensan/server/referral"
)

// Reconcile compares the sum of every cube with the clicks that were applied,
// at one moment. It returns by how much a cube is off, by name: more than 0 if
// it counts too many. Cubes by the hour are compared from the day since which
// they are whole; clicks without a referring host have no cell in the cube of
// referrers, which is left out. The map is empty when all agree.
func (s *Store) Reconcile(ctx context.Context) (map[string]int64, error) {
	off := map[string]int64{}
	err := s.inReadTx(ctx, func(tx *sql.Tx) error {
		var clicks int64
		if err := tx.QueryRowContext(ctx, s.query.get("journal_clicks")).Scan(&clicks); err != nil {
			return err
		}
		for _, cube := range []string{"rollup_day", "rollup_country_day", "rollup_month", "rollup_placement_day", "rollup_placement_month",
			"rollup_placement_total_month", "rollup_campaign_day", "rollup_campaign_month", "rollup_agent_country_day", "rollup_agent_day", "rollup_agent_month", "rollup_placement_agent_month"} {
			var sum int64
			if err := tx.QueryRowContext(ctx, s.query.get(cube+"_sum")).Scan(&sum); err != nil {
				return fmt.Errorf("%s: %w", cube, err)
			}
			if sum != clicks {
				off[cube] = sum - clicks
			}
		}
		for _, cube := range retention {
			from, err := s.keptFrom(ctx, tx, cube.table)
			if err != nil {
				return err
			}
			var hours, days int64
			err = tx.QueryRowContext(ctx, s.query.get(cube.table+"_sum_from"), hourOf(from)).Scan(&hours)
			if err == nil {
				err = tx.QueryRowContext(ctx, s.query.get("rollup_country_day_sum_from"), int64(from)).Scan(&days)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", cube.table, err)
			}
			if hours != days {
				off[cube.table] = hours - days
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reconcile: %w", err)
	}
	return off, nil
}

// keptFrom returns since which day a pruned cube is whole; a day long past if
// nothing was ever pruned.
func (s *Store) keptFrom(ctx context.Context, q querier, cube string) (referral.Day, error) {
	var from sql.NullInt64
	if err := q.QueryRowContext(ctx, s.query.get("rollup_kept_from"), cube).Scan(&from); err != nil {
		return 0, fmt.Errorf("kept of %s: %w", cube, err)
	}
	return referral.Day(from.Int64), nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}
