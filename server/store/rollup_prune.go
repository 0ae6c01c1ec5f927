package store

import (
	"context"
	"database/sql"
	"fmt"

	"lensan/server/referral"
)

// retention says for how many days, today included, a cube by the hour is kept.
var retention = []struct {
	table string
	days  referral.Day
}{{"rollup_hour", 400}, {"rollup_placement_hour", 62}}

// prune deletes at most one hour of each cube, the oldest if it has fallen out
// of its retention: every delta takes a little away, none takes long. today is
// the day of the last click.
func (s *Store) prune(ctx context.Context, tx *sql.Tx, today referral.Day) error {
	for _, cube := range retention {
		var from int64 // rises, never falls
		err := tx.QueryRowContext(ctx, s.query.get("rollup_keep"), cube.table, int64(today-cube.days+1)).Scan(&from)
		if err == nil {
			_, err = tx.ExecContext(ctx, s.query.get(cube.table+"_prune"), hourOf(referral.Day(from)))
		}
		if err != nil {
			return fmt.Errorf("prune %s: %w", cube.table, err)
		}
	}
	return nil
}

// hourOf returns the first hour of a day.
func hourOf(day referral.Day) int64 { return int64(day)*24 - 7 }
