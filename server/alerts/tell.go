package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// tell makes a round of all that is due and hands it over: at once when nothing
// was told for a while, else together with what comes meanwhile.
func (a *Alerts) tell(ctx context.Context, now time.Time) error {
	open, closed, err := a.Store.Alerts(ctx, now.Add(-repeatEvery)) // what was closed before is told about no more
	if err != nil {
		return err
	}
	last := a.told
	for _, alert := range slices.Concat(open, closed) {
		if alert.ToldAt.After(last) {
			last = alert.ToldAt
		}
	}
	if now.Sub(last) < tellEvery {
		return nil
	}
	r := roundOf(open, closed, now)
	if len(r.Open)+len(r.Over) == 0 {
		return nil
	}
	if err := a.Tell(ctx, r); err != nil {
		return fmt.Errorf("tell of alerts: %w", err)
	}
	a.told = now
	var nums []int64
	for _, alert := range slices.Concat(r.Open, r.Over) {
		nums = append(nums, alert.Num)
	}
	return a.Store.AlertsTold(ctx, nums, now)
}

// roundOf picks what opened, what is repeated, and what is over.
func roundOf(open, closed []Alert, now time.Time) (r Round) {
	sum := sha256.New()
	for _, alert := range open {
		if alert.ToldAt.IsZero() || alert.KnownAt.IsZero() && now.Sub(alert.ToldAt) >= repeatEvery {
			r.Open = append(r.Open, alert)
			fmt.Fprintln(sum, "open", alert.Num, alert.ToldAt.UnixMilli())
		}
	}
	for _, alert := range closed {
		if !alert.EndTold && now.Sub(alert.ClosedAt) < repeatEvery {
			r.Over = append(r.Over, alert)
			fmt.Fprintln(sum, "over", alert.Num)
		}
	}
	byUrgency := func(x, y Alert) int { return slices.Index(Kinds, x.Kind) - slices.Index(Kinds, y.Kind) }
	slices.SortStableFunc(r.Open, byUrgency)
	slices.SortStableFunc(r.Over, byUrgency)
	r.Key = "alerts/" + hex.EncodeToString(sum.Sum(nil)[:12])
	return r
}
