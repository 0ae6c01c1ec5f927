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
// of its retention: every delta takes a little away, none takes long, and a
// clock that was far ahead for a minute costs some hours of the oldest days and
// not all of them. today is the day of the last click.
func (s *Store) prune(ctx context.Context, tx *sql.Tx, today referral.Day) error {
	for _, cube := range retention {
		var oldest, from int64
		err := tx.QueryRowContext(ctx, s.query.get(cube.table+"_oldest")).Scan(&oldest)
		goes := oldest < hourOf(today-cube.days+1)
		if goes {
			from = int64(dayOfHour(oldest)) + 1
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, s.query.get("rollup_keep"), cube.table, from)
		}
		if err == nil && goes {
			_, err = tx.ExecContext(ctx, s.query.get(cube.table+"_prune"), oldest)
		}
		if err != nil {
			return fmt.Errorf("prune %s: %w", cube.table, err)
		}
	}
	return nil
}

// hourOf returns the first hour of a day.
func hourOf(day referral.Day) int64 { return int64(day)*24 - 7 }

// dayOfHour returns the day of an hour.
func dayOfHour(hour int64) referral.Day { return referral.DayOfMilli(hour * 3_600_000) }
