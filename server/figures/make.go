package figures

import (
	"context"
	"fmt"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
	"lensan/server/stats"
)

// make asks for the months before the one of now.
func (m *Maker) make(ctx context.Context, now time.Time, covered *coverage.Report) (*Figures, error) {
	year, month, _ := now.In(referral.Zone).Date()
	first := func(back int) referral.Day {
		return referral.DayOf(time.Date(year, month-time.Month(back), 1, 0, 0, 0, 0, referral.Zone))
	}
	report, err := m.numbers.Query(ctx, stats.Query{From: first(months), To: first(0) - 1, GroupBy: "month"})
	if err != nil {
		return nil, fmt.Errorf("public figures: %w", err)
	}
	byMonth := map[string]stats.Row{}
	for _, row := range report.Rows {
		byMonth[row.Key] = row
	}
	f := &Figures{At: now, Provinces: provinces(covered)}
	for back := months; back > 0; back-- {
		from := first(back)
		row := byMonth[from.String()[:len("2026-11")]]
		sums := Sums{Arrivals: count(row.Arrivals), Through: count(row.Through), SignUps: count(row.Signups)}
		f.Months = append(f.Months, Month{From: from, To: first(back-1) - 1, Sums: sums})
		f.Total.Arrivals.N += sums.Arrivals.N
		f.Total.Through.N += sums.Through.N
		f.Total.SignUps.N += sums.SignUps.N
	}
	return f, nil
}

// count hides what tells of a few people.
func count(n int64) Count {
	if n > 0 && n < smallest {
		return Count{Hidden: true}
	}
	return Count{N: max(n, 0)}
}

// provinces counts portals; a report has at least a row for each province.
func provinces(covered *coverage.Report) (out []Province) {
	for _, row := range covered.Rows {
		if len(out) == 0 || out[len(out)-1].ID != row.Province.ID {
			out = append(out, Province{Province: row.Province})
		}
		p := &out[len(out)-1]
		if row.Portal == nil {
			continue
		}
		p.Portals++
		if row.State.Covered() {
			p.Placed++
		}
	}
	return out
}
