package demo

import (
	"context"
	"fmt"
	"time"

	"lensan/server/health"
)

// broken is the destination that is dead, and since when.
const (
	broken    = "feedback"
	brokenFor = 26 * time.Hour
)

// breakDestination makes what the checks saw of a destination that died.
func (m *maker) breakDestination(ctx context.Context) error {
	d, err := m.Registry.Destination(ctx, broken)
	if err != nil {
		return err
	}
	died := m.Now.Add(-brokenFor).UTC().Truncate(time.Millisecond)
	s := health.Status{Destination: d.ID, URL: d.URL, State: health.Dead, Streak: 0, Deaths: 1, DiedAt: died, ChangedAt: died, CheckedAt: m.Now.Add(-5 * time.Minute).UTC().Truncate(time.Millisecond),
		Result: health.Result{Reason: health.Failing, HTTP: 503, Took: 412 * time.Millisecond}}
	e := health.Event{Time: died, Before: health.Alive, After: health.Dead, Result: s.Result, Actor: "system"}
	if err := m.Sink.SaveHealth(ctx, s, &e, nil); err != nil {
		return fmt.Errorf("sample health: %w", err)
	}
	return nil
}
