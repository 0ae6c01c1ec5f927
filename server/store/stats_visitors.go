package store

import (
	"context"
	"database/sql"
	"fmt"

	"lensan/server/referral"
	"lensan/server/stats"
)

// Visitors returns the estimated visitors of each day, of some provinces
// together (their sketches merged), of the whole country if there are none.
func (s *Store) Visitors(ctx context.Context, from, to referral.Day, provinces []referral.ProvinceID) (map[referral.Day]int64, error) {
	if len(provinces) == 0 {
		provinces = []referral.ProvinceID{0}
	}
	nums := make([]int64, len(provinces))
	for i, id := range provinces {
		nums[i] = int64(id)
	}
	days, together := map[referral.Day]int64{}, map[referral.Day]int{}
	in := numbers(nums)
	err := s.each(ctx, fmt.Sprintf(s.query.get("stats_visitors"), in), []any{int64(from), int64(to)}, func(rows *sql.Rows) error {
		var day referral.Day
		var n int64
		err := rows.Scan(&day, &n)
		days[day] += n
		together[day]++
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("visitors: %w", err)
	}
	for day, n := range together {
		if n < 2 {
			continue
		}
		if days[day], err = s.visitorsTogether(ctx, day, in); err != nil {
			return nil, fmt.Errorf("visitors of %s: %w", day, err)
		}
	}
	return days, nil
}

func (s *Store) visitorsTogether(ctx context.Context, day referral.Day, provinces string) (int64, error) {
	var sketches [][]byte
	err := s.each(ctx, fmt.Sprintf(s.query.get("stats_visitor_sketches"), provinces), []any{int64(day)}, func(rows *sql.Rows) error {
		var sketch []byte
		err := rows.Scan(&sketch)
		sketches = append(sketches, sketch)
		return err
	})
	if err != nil {
		return 0, err
	}
	union, err := mergeSketches(sketches...)
	if err != nil {
		return 0, err
	}
	return int64(union.Estimate()), nil
}

// VisitorSums adds up the estimates of the days of each province.
func (s *Store) VisitorSums(ctx context.Context, from, to referral.Day) (map[referral.ProvinceID]stats.VisitorSum, error) {
	sums := map[referral.ProvinceID]stats.VisitorSum{}
	err := s.each(ctx, s.query.get("stats_visitor_sums"), []any{int64(from), int64(to)}, func(rows *sql.Rows) error {
		var id referral.ProvinceID
		var v stats.VisitorSum
		err := rows.Scan(&id, &v.Sum, &v.First, &v.Last)
		sums[id] = v
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("visitor sums: %w", err)
	}
	return sums, nil
}
