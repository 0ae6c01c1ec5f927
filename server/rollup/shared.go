package rollup

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

// Turn is the right to apply a journal that several servers share. One goroutine
// uses it.
type Turn interface {
	// Take returns false while another server has it.
	Take(ctx context.Context) (bool, error)
	// Check returns an error if it is lost.
	Check(ctx context.Context) error
	// End gives it up.
	End() error
}

// How servers take turns.
const (
	lookEvery  = 500 * time.Millisecond // who waits for its turn looks what is applied,
	lookSoon   = 50 * time.Millisecond  // and oftener for a while when somebody waits for that
	checkEvery = time.Second
	checkWait  = 2 * time.Second
	idleAfter  = 5 * time.Second // without progress, when there is something to apply
	giveWay    = 2 * lookEvery   // in which others may take the turn of one that failed for idleAfter
)

var errGaveWay = errors.New("this server cannot apply")

// Shared is the Applier of a journal that several servers share. It applies
// while it is this server's turn; else its Status is what the sink says, and
// WaitApplied waits for whoever applies.
type Shared struct {
	*Applier
	turn     Turn
	applying atomic.Bool
}

// NewShared returns a Shared that has not started. Of a batch with a ticket that
// lies in several journals, this one holds the original.
func NewShared(j clicklog.Journal, s Sink, c Classifier, t Turn) *Shared {
	a := NewApplier(j, s, c)
	a.worker.tickets = true
	return &Shared{Applier: a, turn: t}
}

// Applying reports whether it is this server's turn.
func (s *Shared) Applying() bool { return s.applying.Load() }

// Run takes turns until ctx ends, then applies what is left if it is this
// server's turn and that can be done within 5 s.
func (s *Shared) Run(ctx context.Context) error {
	moved, pause := time.Now(), lookEvery
	for soon := 0; ctx.Err() == nil; soon-- {
		taken, err := s.take(ctx)
		if taken {
			err := s.serve(ctx)
			if ctx.Err() != nil {
				return err
			}
			if errors.Is(err, errGaveWay) {
				sleep(ctx, giveWay, nil)
			}
			moved = time.Now()
			continue
		}
		if err == nil {
			err = s.look(ctx, &moved)
		}
		if ctx.Err() == nil {
			s.book(err)
		}
		if sleep(ctx, pause, s.wake) {
			soon = int(2 * time.Second / lookSoon)
		}
		if pause = lookEvery; soon > 0 {
			pause = lookSoon
		}
	}
	return s.turn.End()
}

// take takes the turn, unless the journal is out of reach: another server may
// reach it.
func (s *Shared) take(ctx context.Context) (bool, error) {
	if _, err := s.worker.journal.Last(ctx); err != nil {
		return false, errors.Join(err, s.turn.End())
	}
	return s.turn.Take(ctx)
}

// serve applies until the turn is lost or given up, or ctx ends.
func (s *Shared) serve(ctx context.Context) error {
	s.worker.log.Info("this server applies the shared journal")
	s.applying.Store(true)
	defer s.applying.Store(false)
	s.worker.ready = false
	s.mu.Lock()
	s.failing = time.Time{}
	s.mu.Unlock()
	applying, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.run(applying)
	}()
	lost := s.keep(ctx)
	end()
	<-ended
	if ctx.Err() != nil {
		if err := s.finish(ctx); err != nil {
			s.worker.log.Warn("what is left of the shared journal is left to other servers", "err", err)
		}
		return s.turn.End()
	}
	s.worker.log.Warn("another server may apply the shared journal now", "err", lost)
	return errors.Join(lost, s.turn.End())
}

// keep returns when the turn is lost or this server can do nothing with it, with
// the reason, or when ctx ends.
func (s *Shared) keep(ctx context.Context) error {
	for {
		sleep(ctx, checkEvery, nil)
		if ctx.Err() != nil {
			return nil
		}
		wait, cancel := context.WithTimeout(ctx, checkWait)
		err := s.turn.Check(wait)
		cancel()
		if err != nil {
			return err
		}
		s.mu.Lock()
		failing, why := s.failing, s.status.Err
		s.mu.Unlock()
		if !failing.IsZero() && time.Since(failing) > idleAfter {
			return fmt.Errorf("%w: %w", errGaveWay, why)
		}
	}
}

// look sees how far another server has come; moved is when it last got on, or
// had nothing to do.
func (s *Shared) look(ctx context.Context, moved *time.Time) error {
	j := s.worker.journal
	last, err := j.Last(ctx)
	if err != nil {
		return err
	}
	id := j.ID()
	applied, err := s.worker.sink.Applied(ctx, id)
	if err != nil {
		return fmt.Errorf("last applied number: %w", err)
	}
	if applied != s.Status().Seq || applied >= last {
		*moved = time.Now()
		s.setApplied(applied)
	}
	if quiet := time.Since(*moved); quiet > idleAfter {
		return fmt.Errorf("%d batches wait, and the server whose turn it is has applied none for %s: %w", last-applied, quiet.Round(time.Second), referral.ErrUnavailable)
	}
	return nil
}

// book keeps why a look failed, or that it did not.
func (s *Shared) book(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.Err = err; err == nil {
		s.status.StalledSince = time.Time{}
	} else if s.status.StalledSince.IsZero() {
		s.status.StalledSince = time.Now()
	}
}
