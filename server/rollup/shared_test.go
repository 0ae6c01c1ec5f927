package rollup

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

// memoryLock is what memoryTurns take.
type memoryLock struct {
	mu     sync.Mutex
	holder *memoryTurn
	broken error // Take fails with it
}

type memoryTurn struct{ lock *memoryLock }

func (t *memoryTurn) Take(context.Context) (bool, error) {
	t.lock.mu.Lock()
	defer t.lock.mu.Unlock()
	if t.lock.broken != nil {
		return false, t.lock.broken
	}
	if t.lock.holder == nil {
		t.lock.holder = t
	}
	return t.lock.holder == t, nil
}

func (t *memoryTurn) Check(context.Context) error {
	t.lock.mu.Lock()
	defer t.lock.mu.Unlock()
	if t.lock.holder != t {
		return errors.New("lost")
	}
	return nil
}

func (t *memoryTurn) End() error {
	t.lock.mu.Lock()
	defer t.lock.mu.Unlock()
	if t.lock.holder == t {
		t.lock.holder = nil
	}
	return nil
}

// give takes the turn away from whoever has it.
func (l *memoryLock) give(t *memoryTurn, broken error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holder, l.broken = t, broken
}

func startShared(t *testing.T, j clicklog.Journal, s *memorySink, l *memoryLock) (a *Shared, stop func() error) {
	t.Helper()
	a = NewShared(j, s, plain{}, &memoryTurn{l})
	a.worker.log = quiet
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return a, func() error { cancel(); return <-done }
}

// Two servers share a journal: one applies, the other knows what is applied;
// when the first stops, or loses its turn, the other goes on.
func TestShared_oneAppliesTheOthersKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s, l := &memoryJournal{}, newSink(), &memoryLock{}
		one, stopOne := startShared(t, j, s, l)
		synctest.Wait()
		other, stopOther := startShared(t, j, s, l)
		synctest.Wait()
		applying := func(first, second bool) {
			t.Helper()
			if one.Applying() != first || other.Applying() != second {
				t.Errorf("applying: %v and %v", one.Applying(), other.Applying())
			}
		}
		applying(true, false)
		for _, a := range []*Shared{one, other} {
			begun := time.Now()
			if err := a.WaitApplied(t.Context(), appendClicks(t, j, clickNow(), clickNow())); err != nil || time.Since(begun) > 2*applyEvery {
				t.Errorf("%v after %s", err, time.Since(begun))
			}
		}
		if got := other.Status(); got.Seq != 4 || got.Err != nil || !got.StalledSince.IsZero() {
			t.Errorf("%+v", got)
		}
		time.Sleep(time.Hour)
		if got := other.Status(); time.Since(got.AppliedAt) > lookEvery {
			t.Errorf("nothing to apply, and applied at %s", got.AppliedAt)
		}
		l.give(nil, nil) // the first one's connection broke
		time.Sleep(checkEvery)
		appendClicks(t, j, clickNow())
		time.Sleep(checkEvery + applyEvery)
		if one.Applying() == other.Applying() {
			t.Errorf("applying: %v and %v", one.Applying(), other.Applying())
		}
		first, second, stopFirst, stopSecond := one, other, stopOne, stopOther
		if other.Applying() {
			first, second, stopFirst, stopSecond = other, one, stopOther, stopOne
		}
		appendClicks(t, j, clickNow())
		if err := stopFirst(); err != nil {
			t.Error(err)
		}
		if seq, _ := s.applied(); seq != 6 {
			t.Errorf("applied %d of 6 at the end of a turn", seq)
		}
		time.Sleep(lookEvery)
		synctest.Wait()
		if first.Applying() || !second.Applying() {
			t.Error("nobody took over")
		}
		appendClicks(t, j, clickNow())
		if err := stopSecond(); err != nil {
			t.Error(err)
		}
		if seq, clicks := s.applied(); seq != 7 || clicks != 7 {
			t.Errorf("applied %d, %d clicks", seq, clicks)
		}
	})
}

// cable is the way of one server to a journal.
type cable struct {
	*memoryJournal
	cut atomic.Bool
}

var errCut = errors.New("cut")

func (c *cable) Last(ctx context.Context) (uint64, error) {
	if c.cut.Load() {
		return 0, errCut
	}
	return c.memoryJournal.Last(ctx)
}

func (c *cable) Read(ctx context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	if c.cut.Load() {
		return nil, errCut
	}
	return c.memoryJournal.Read(ctx, after, max)
}

// A server that does not reach the journal leaves the turn to others.
func TestShared_givesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s, l := &memoryJournal{}, newSink(), &memoryLock{}
		one, other := &cable{memoryJournal: j}, &cable{memoryJournal: j}
		first, stopFirst := startShared(t, one, s, l)
		synctest.Wait()
		second, stopSecond := startShared(t, other, s, l)
		time.Sleep(time.Minute)
		one.cut.Store(true)
		last := appendClicks(t, j, clickNow())
		begun := time.Now()
		if err := second.WaitApplied(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > idleAfter+2*checkEvery || first.Applying() || !second.Applying() {
			t.Errorf("after %s: applying %v and %v", took, first.Applying(), second.Applying())
		}
		time.Sleep(time.Minute)
		if got := first.Status(); !errors.Is(got.Err, errCut) || got.StalledSince.IsZero() {
			t.Errorf("cut off: %+v", got)
		}
		other.cut.Store(true)
		time.Sleep(time.Minute)
		if first.Applying() || second.Applying() {
			t.Error("nobody reaches the journal, and somebody applies it")
		}
		one.cut.Store(false)
		last = appendClicks(t, j, clickNow())
		if err := first.WaitApplied(t.Context(), last); err != nil || !first.Applying() {
			t.Errorf("%v, applying %v", err, first.Applying())
		}
		time.Sleep(time.Minute)
		if got := first.Status(); got.Err != nil || !got.StalledSince.IsZero() {
			t.Errorf("%+v", got)
		}
		if err := errors.Join(stopFirst(), stopSecond()); err != nil {
			t.Error(err)
		}
		if seq, clicks := s.applied(); seq != 2 || clicks != 2 {
			t.Errorf("applied %d, %d clicks", seq, clicks)
		}
	})
}

// Who waits for its turn says when nothing is applied for long, and why it
// cannot tell.
func TestShared_saysSinceWhenNothingIsApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s, l := &memoryJournal{}, newSink(), &memoryLock{}
		l.give(&memoryTurn{l}, nil) // somebody who does nothing
		a, stop := startShared(t, j, s, l)
		time.Sleep(time.Minute + lookEvery/10) // between two looks
		if got := a.Status(); got.Err != nil {
			t.Errorf("nothing to do: %+v", got)
		}
		appendClicks(t, j, clickNow())
		time.Sleep(idleAfter - lookEvery)
		if got := a.Status(); got.Err != nil {
			t.Errorf("too early: %+v", got)
		}
		time.Sleep(2 * lookEvery)
		if got := a.Status(); !errors.Is(got.Err, referral.ErrUnavailable) || time.Since(got.StalledSince) > lookEvery {
			t.Errorf("%+v", got)
		}
		down := errors.New("database is down")
		l.give(nil, down)
		time.Sleep(lookEvery)
		synctest.Wait()
		if got := a.Status(); !errors.Is(got.Err, down) || got.StalledSince.IsZero() {
			t.Errorf("%+v", got)
		}
		l.give(nil, nil)
		time.Sleep(lookEvery)
		synctest.Wait()
		if got := a.Status(); got.Seq != 1 || got.Err != nil || !got.StalledSince.IsZero() || !a.Applying() {
			t.Errorf("%+v", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
