package rollup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lensan/server/classify"
	"lensan/server/clicklog"
	"lensan/server/referral"
	"lensan/server/safely"
)

// Classifier is what an Applier asks of classify.Classifier.
type Classifier interface {
	Classify(click *referral.Click) (referral.Class, classify.Agent)
	// Reset forgets the clicks remembered for the rule of repeats.
	Reset()
}

// Status is what staff see of the applier.
type Status struct {
	Seq          uint64    // last applied number
	AppliedAt    time.Time // when Apply last succeeded or nothing was left to do
	StalledSince time.Time // zero while all is well; else since when journal or sink refuse
	Err          error     // why it is stalled
}

// How an Applier paces itself.
const (
	applyEvery = time.Second            // clicks wait this long for others, unless someone waits for them
	readEvery  = applyEvery / 10        // how often they are read meanwhile,
	readBusy   = applyEvery / 100       // and while they come: little at a time, lest redirects wait
	finishWait = 5 * time.Second        // for what is left when Run ends
	backoffMin = 100 * time.Millisecond // after a failure, doubled up to backoffMax
	backoffMax = 2 * time.Second
)

// Applier moves clicks from a journal into a sink. Where several run on one
// journal each click is counted once all the same, but they are in each other's
// way: see Shared.
type Applier struct {
	worker worker
	wake   chan struct{}

	mu      sync.Mutex
	status  Status
	failing time.Time     // since when each step failed, zero if the last one did not
	moved   chan struct{} // closed when status.Seq changes
}

// NewApplier returns an Applier that has not started.
func NewApplier(j clicklog.Journal, s Sink, c Classifier) *Applier {
	a := &Applier{wake: make(chan struct{}, 1), moved: make(chan struct{})}
	a.worker = worker{journal: j, sink: s, classifier: c, sums: NewAccumulator(), log: slog.Default(), texts: clicklog.Texts{}, applied: a.setApplied}
	return a
}

// Run applies until ctx ends, then applies what is left (for at most 5 s) and
// returns. Failures of journal or sink are retried with backoff for ever; they
// show in Status. Applied clicks are trimmed from the journal once they are
// 20 s old: see worker.
func (a *Applier) Run(ctx context.Context) error {
	a.run(ctx)
	return a.finish(ctx)
}

// Repeated returns how many batches were passed over because they had been
// counted before.
func (a *Applier) Repeated() uint64 { return a.worker.repeated.Load() }

// run applies until ctx ends.
func (a *Applier) run(ctx context.Context) {
	backoff, due, lastDue := backoffMin, true, time.Now()
	for ctx.Err() == nil {
		if due {
			lastDue = time.Now()
		}
		position, pause := a.worker.position, readEvery
		more, err := a.step(ctx, due)
		if a.worker.position > position {
			pause = readBusy
		}
		switch {
		case err != nil:
			sleep(ctx, backoff, nil)
			backoff, due = min(2*backoff, backoffMax), true
			continue
		case !more:
			due = sleep(ctx, pause, a.wake) || time.Since(lastDue) >= applyEvery
		}
		backoff = backoffMin
	}
}

// finish applies what is left.
func (a *Applier) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWait)
	defer cancel()
	for {
		if more, err := a.step(ctx, true); err != nil || !more {
			return err
		}
	}
}

// sleep returns after d, or when ctx ends or wake is sent to (woken is true).
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) (woken bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
		return true
	case <-timer.C:
	}
	return false
}

// step does what can be done at once and books the result in the status.
func (a *Applier) step(ctx context.Context, due bool) (more bool, err error) {
	err = safely.Run(func() (err error) {
		more, err = a.worker.step(ctx, due)
		return err
	})
	var panicked *safely.Panic
	if errors.As(err, &panicked) {
		a.worker.ready, more = false, false // nobody knows what is in its sums
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil && ctx.Err() == nil:
		a.status.Err = err
		if a.status.StalledSince.IsZero() {
			a.status.StalledSince = time.Now()
		}
		if a.failing.IsZero() {
			a.failing = time.Now()
		}
	case err == nil && due:
		a.failing = time.Time{}
		a.status.StalledSince, a.status.Err = time.Time{}, nil
		a.status.AppliedAt = time.Now()
	}
	return more, err
}

// setApplied is called by the worker when the sink has moved on.
func (a *Applier) setApplied(seq uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.failing = Status{Seq: seq, AppliedAt: time.Now()}, time.Time{}
	close(a.moved)
	a.moved = make(chan struct{})
}

// Wake makes a waiting applier look into the journal at once instead of within
// a second. It does not shorten the backoff after a failure.
func (a *Applier) Wake() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// WaitApplied returns when all clicks up to a number are applied, or ctx ends
// (with ErrUnavailable wrapped).
func (a *Applier) WaitApplied(ctx context.Context, seq uint64) error {
	for {
		a.mu.Lock()
		status, moved := a.status, a.moved
		a.mu.Unlock()
		if status.Seq >= seq {
			return nil
		}
		a.Wake()
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("wait for click %d, %d applied: %w", seq, status.Seq, errors.Join(referral.ErrUnavailable, ctx.Err(), status.Err))
		}
	}
}

// Status returns the state now.
func (a *Applier) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}
