package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lensan/server/referral"
	"lensan/server/stats"
)

// Question is one that a page asks.
type Question struct {
	Name string
	stats.Query
}

// Questions lists what overview, drill-down and filters ask of what FillScale
// made, from its first day to today and of shorter times.
func (o *ScaleOptions) Questions() (list []Question) {
	first, today := o.First(), o.Today
	ask := func(name string, from referral.Day, by stats.GroupBy, f stats.Filter) {
		list = append(list, Question{name, stats.Query{From: from, To: today, GroupBy: by, Filter: f}})
	}
	for _, by := range []stats.GroupBy{"", "day", "month", "province", "channel", "destination", "portal", "placement", "campaign", "device", "app"} {
		name := string(by)
		if by == "" {
			name = "total"
		}
		ask(name, first, by, stats.Filter{})
	}
	ask("placement, one day less", first+1, "placement", stats.Filter{})
	ask("day, one province", first, "day", stats.Filter{Province: "91"})
	ask("day, one portal", first, "day", stats.Filter{Portal: "p7"})
	ask("day, one campaign", first, "day", stats.Filter{Campaign: "tet"})
	ask("day, one device", first, "day", stats.Filter{Device: "tablet"})
	ask("day, one device and province", first, "day", stats.Filter{Device: "tablet", Province: "91"})
	ask("day, one channel", first, "day", stats.Filter{Channel: "qr"})
	ask("portal, one province", first, "portal", stats.Filter{Province: "91"})
	ask("portal, one channel", first, "portal", stats.Filter{Channel: "qr"})
	ask("placement, one destination", first, "placement", stats.Filter{Destination: "guide"})
	ask("province, one campaign", first, "province", stats.Filter{Campaign: "tet"})
	ask("province, one device", first, "province", stats.Filter{Device: "tablet"})
	ask("province, 30 days", today-29, "province", stats.Filter{})
	ask("placement, 30 days", today-29, "placement", stats.Filter{})
	ask("placement, 30 days, one province", today-29, "placement", stats.Filter{Province: "91"})
	ask("referrer_host, 30 days", today-29, "referrer_host", stats.Filter{})
	ask("hour, 7 days", today-6, "hour", stats.Filter{})
	ask("hour, 7 days, one portal", today-6, "hour", stats.Filter{Portal: "p7"})
	return list
}

// Answer says how long a question took.
type Answer struct {
	Question string
	Rows     int
	P50, P95 time.Duration
}

// Ask asks a question as often as told. A question without an answer is an error.
func Ask(ctx context.Context, st *stats.Stats, q Question, times int) (Answer, error) {
	a := Answer{Question: q.Name}
	took := make([]time.Duration, times)
	for i := range took {
		start := time.Now()
		r, err := st.Query(ctx, q.Query)
		took[i] = time.Since(start)
		if err == nil && r.Total.Recorded() == 0 {
			err = fmt.Errorf("no clicks")
		}
		if err != nil {
			return a, fmt.Errorf("%s: %w", q.Name, err)
		}
		a.Rows = len(r.Rows)
	}
	slices.Sort(took)
	a.P50, a.P95 = took[times/2], took[times*95/100]
	return a, nil
}
