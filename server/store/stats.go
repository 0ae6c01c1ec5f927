package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"lensan/server/referral"
	"lensan/server/stats"
)

var _ stats.Source = (*Store)(nil)

// KeptFrom returns since which day a cube is whole.
func (s *Store) KeptFrom(ctx context.Context, c stats.Cube) (referral.Day, error) {
	day, err := s.keptFrom(ctx, s.read, statsTables[c].table)
	return day, classed(err)
}

// Span returns the first and the last day of a cube of days; the first is after
// the last if it is empty.
func (s *Store) Span(ctx context.Context, c stats.Cube) (first, last referral.Day, err error) {
	table := statsTables[c].table
	query := fmt.Sprintf("SELECT coalesce((SELECT min(day) FROM %[1]s), 0), coalesce((SELECT max(day) FROM %[1]s), -1)", table)
	if err := s.read.QueryRowContext(ctx, query).Scan(&first, &last); err != nil {
		return 0, 0, fmt.Errorf("span of %s: %w", c, classed(err))
	}
	return first, last, nil
}

// Quality returns how many clicks of a period were lost and left unconfirmed.
func (s *Store) Quality(ctx context.Context, from, to referral.Day) (lost, unconfirmed int64, err error) {
	err = s.read.QueryRowContext(ctx, s.query.get("stats_quality"), int64(from), int64(to)).Scan(&lost, &unconfirmed)
	if err != nil {
		return 0, 0, fmt.Errorf("quality: %w", classed(err))
	}
	return lost, unconfirmed, nil
}

// LastLost implements stats.Source.
func (s *Store) LastLost(ctx context.Context) (referral.Day, error) {
	var day sql.NullInt32
	if err := s.read.QueryRowContext(ctx, s.query.get("stats_last_lost")).Scan(&day); err != nil {
		return 0, fmt.Errorf("last lost click: %w", classed(err))
	}
	return fromOpenDay(day), nil
}

// Prints returns the print batch of each placement that belongs to one.
func (s *Store) Prints(ctx context.Context) (map[int64]int64, error) {
	prints := map[int64]int64{}
	err := s.each(ctx, s.query.get("stats_prints"), nil, func(rows *sql.Rows) error {
		var placement, batch int64
		err := rows.Scan(&placement, &batch)
		prints[placement] = batch
		return err
	})
	return prints, err
}

// Names returns the names of portals, placements, destinations, campaigns or
// print batches by number: of the ids given, or of all if there are none.
func (s *Store) Names(ctx context.Context, of stats.Dimension, ids ...string) (map[int64]stats.Name, error) {
	query, args := s.query.get("stats_names_"+string(of)), make([]any, len(ids))
	if len(ids) > 0 {
		marks := make([]string, len(ids))
		for i, id := range ids {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		query = fmt.Sprintf("SELECT * FROM (%s) AS named WHERE id IN (%s)", query, strings.Join(marks, ", "))
	}
	names := map[int64]stats.Name{}
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		var num int64
		var n stats.Name
		err := rows.Scan(&num, &n.ID, &n.Vi, &n.En, &n.Portal, &n.Into)
		names[num] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("names by %s: %w", of, err)
	}
	return names, nil
}

// each calls row for each row of a reading query.
func (s *Store) each(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return classed(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return classed(err)
		}
	}
	return classed(rows.Err())
}
