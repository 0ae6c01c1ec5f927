package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/axiomhq/hyperloglog"

	"lensan/server/rollup"
)

// mergeVisitors merges sketches into those that are kept, each with its
// estimate beside it.
func (s *Store) mergeVisitors(ctx context.Context, tx *sql.Tx, sketches map[rollup.VisitorKey][]byte) error {
	keys := slices.SortedFunc(maps.Keys(sketches), func(a, b rollup.VisitorKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Province, b.Province))
	})
	for _, k := range keys {
		if err := s.mergeVisitorsOf(ctx, tx, int64(k.Day), int64(k.Province), sketches[k]); err != nil {
			return fmt.Errorf("visitors of %s in province %d: %w", k.Day, k.Province, err)
		}
	}
	return nil
}

func (s *Store) mergeVisitorsOf(ctx context.Context, tx *sql.Tx, day, province int64, more []byte) error {
	var kept []byte
	err := tx.QueryRowContext(ctx, s.query.get("visitor_sketch"), day, province).Scan(&kept)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	union, err := mergeSketches(kept, more)
	if err != nil {
		return err
	}
	merged, err := union.MarshalBinary()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.query.get("visitor_sketch_set"), day, province, merged); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, s.query.get("visitors_set"), day, province, int64(union.Estimate()))
	return err
}

// mergeSketches returns the union of sketches in their binary form; empty ones
// are left out.
func mergeSketches(sketches ...[]byte) (*hyperloglog.Sketch, error) {
	var union hyperloglog.Sketch
	for _, raw := range sketches {
		if len(raw) == 0 {
			continue
		}
		var one hyperloglog.Sketch
		if err := one.UnmarshalBinary(raw); err != nil {
			return nil, err
		}
		if err := union.Merge(&one); err != nil {
			return nil, err
		}
	}
	return &union, nil
}
