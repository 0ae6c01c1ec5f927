package app

import (
	"context"
	"errors"
	"time"

	"lensan/server/clicklog"
	"lensan/server/referral"
	"lensan/server/safely"
)

// soon is when a job that runs rarely runs for the first time.
const soon = time.Second

// every runs fn soon and then each interval until ctx ends, logging a failure
// when it begins and when it is over, not at each turn.
func (a *App) every(ctx context.Context, interval time.Duration, name string, fn func(context.Context) error) {
	timer := time.NewTimer(min(interval, soon))
	defer timer.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			timer.Reset(interval)
		}
		err := safely.Run(func() error { return fn(ctx) })
		switch {
		case ctx.Err() != nil:
		case err != nil && !failing:
			failing = true
			a.log.Error("job fails", "job", name, "err", err)
		case err == nil && failing:
			failing = false
			a.log.Info("job works again", "job", name)
		}
	}
}

// qualityWriter adds what was lost or is unconfirmed since its last success to
// the day's totals in the store. Settled clicks lower the unconfirmed total: of
// the day on which it was last raised, not that of a new one.
type qualityWriter struct {
	app     *App
	written clicklog.Counts
	raised  referral.Day
}

func (w *qualityWriter) write(ctx context.Context) error {
	counts := w.app.clicks.Counts()
	lost := int64(counts.Lost - w.written.Lost)
	unconfirmed := int64(counts.Unconfirmed) - int64(w.written.Unconfirmed)
	if lost == 0 && unconfirmed == 0 {
		return nil
	}
	day := referral.DayOf(w.app.now())
	if unconfirmed < 0 {
		day = w.raised
	}
	if err := w.app.store.AddQuality(ctx, day, lost, unconfirmed); err != nil {
		return err
	}
	if w.written = counts; unconfirmed > 0 {
		w.raised = day
	}
	return nil
}

// reconcile proves that every cube sums to the clicks of the journals.
func (a *App) reconcile(ctx context.Context) error {
	differences, err := a.store.Reconcile(ctx)
	if err != nil {
		return err
	}
	a.differences.Store(int64(len(differences)))
	a.reconciled.Store(a.now().Unix())
	for cube, clicks := range differences {
		a.log.Error("cube differs from the journal", "cube", cube, "clicks", clicks)
	}
	return nil
}

// lastReconciled tells when reconcile last succeeded, zero before the first
// time, and how many cubes differed.
func (a *App) lastReconciled() (at time.Time, differences int64) {
	if seconds := a.reconciled.Load(); seconds > 0 {
		at = time.Unix(seconds, 0)
	}
	return at, a.differences.Load()
}

// listen refreshes links and texts as soon as another server changed them.
// While the connection is away, the refreshes of each second do that alone.
func (a *App) listen(ctx context.Context) {
	for ctx.Err() == nil {
		_ = a.store.Listen(ctx, func() {
			if err := errors.Join(a.refreshLinks(ctx), a.wording.Refresh(ctx)); err != nil && ctx.Err() == nil {
				a.log.Warn("links or texts are not refreshed", "err", err)
			}
		})
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// refreshLinks loads the link table if the registry changed, and remembers when
// it last could tell.
func (a *App) refreshLinks(ctx context.Context) error {
	if err := a.registry.Refresh(ctx); err != nil {
		return err
	}
	a.refreshed.Store(a.now().UnixMilli())
	return nil
}

// checkDestinations leaves the checks to another server when nothing can be
// reached from here.
func (a *App) checkDestinations(ctx context.Context) error {
	err := a.health.Tick(ctx)
	if a.health.Offline() {
		a.checking.leave()
	}
	return err
}

// publish makes the public figures anew once they are old, where they are wanted.
func (a *App) publish(ctx context.Context) error {
	if a.figures == nil {
		return nil
	}
	return a.figures.Tick(ctx)
}
