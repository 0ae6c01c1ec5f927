package stats

import (
	"context"
	"slices"

	"lensan/server/referral"
)

// visitorCounts holds what is known of visitors; a nil map stands for nothing.
type visitorCounts struct {
	rows  map[rowKey]int64
	total int64
}

func (v visitorCounts) of(k rowKey) int64 {
	if v.rows == nil {
		return Unknown
	}
	return v.rows[k]
}

// readVisitors reads the estimates where sketches can tell: for days, weeks and
// months and provinces, narrowed by province alone.
func (a *answer) readVisitors(ctx context.Context) error {
	a.visitors.total = Unknown
	if len(a.filtered) > 0 && !slices.Equal(a.filtered, []string{"province"}) || a.GroupBy == "hour" {
		return nil
	}
	if a.GroupBy != "" && a.GroupBy != "province" && !isTime(a.GroupBy) {
		return nil
	}
	days, err := a.source.Visitors(ctx, a.From, a.To, a.provinces)
	if err != nil {
		return err
	}
	a.visitors = visitorCounts{rows: map[rowKey]int64{}}
	for day, n := range days {
		a.visitors.total += n
		if isTime(a.GroupBy) {
			a.visitors.rows[rowKey{num: timeNumber(a.GroupBy, unitDay, int64(day))}] += n
		}
	}
	if a.GroupBy == "province" {
		return a.readProvinceVisitors(ctx)
	}
	return nil
}

// readProvinceVisitors adds up the provinces that are read as one. Only where
// two of them had visitors at the same time does it need the days' sketches.
func (a *answer) readProvinceVisitors(ctx context.Context) error {
	sums, err := a.source.VisitorSums(ctx, a.From, a.To)
	if err != nil {
		return err
	}
	together := map[referral.ProvinceID][]referral.ProvinceID{}
	for id := range sums {
		if a.provinces == nil || slices.Contains(a.provinces, id) {
			read := a.provinceAsRead(id)
			together[read] = append(together[read], id)
		}
	}
	for read, ids := range together {
		k := rowKey{num: int64(read)}
		if !overlap(sums, ids) {
			for _, id := range ids {
				a.visitors.rows[k] += sums[id].Sum
			}
			continue
		}
		days, err := a.source.Visitors(ctx, a.From, a.To, ids)
		if err != nil {
			return err
		}
		for _, n := range days {
			a.visitors.rows[k] += n
		}
	}
	return nil
}

func overlap(sums map[referral.ProvinceID]VisitorSum, ids []referral.ProvinceID) bool {
	for i, x := range ids {
		for _, y := range ids[:i] {
			if sums[x].First <= sums[y].Last && sums[y].First <= sums[x].Last {
				return true
			}
		}
	}
	return false
}
