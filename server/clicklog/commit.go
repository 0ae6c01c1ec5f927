package clicklog

import (
	"context"
	"errors"
	"fmt"
	"lensan/server/safely"
	"time"
)

// run commits the queue, first batch first, until the Log is closed and drained.
func (l *Log) run() {
	defer close(l.drained)
	for {
		b, probe := l.next()
		switch {
		case b != nil:
			l.commit(b)
		case probe:
			err := l.tryProbe()
			l.mu.Lock()
			l.note(err)
			l.mu.Unlock()
		default:
			return
		}
	}
}

// next waits for something to do: a batch, else a probe, else the end.
func (l *Log) next() (b *batch, probe bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case len(l.queue) > 0:
			return l.take(), false
		case l.closed:
			return nil, false
		case l.probeDue:
			l.probeDue = false
			l.began = time.Now()
			return nil, true
		}
		l.work.Wait()
	}
}

// take removes the first batch from the queue, which only the goroutine that
// commits does.
func (l *Log) take() *batch {
	b := l.queue[0]
	n := copy(l.queue, l.queue[1:])
	l.queue[n] = nil
	l.queue = l.queue[:n]
	l.began = time.Now()
	return b
}

func (l *Log) commit(b *batch) {
	err := l.append(b)
	outcome := Committed
	switch {
	case errors.Is(err, ErrUnknown):
		outcome = Unconfirmed
	case err != nil:
		outcome = Lost
	}
	l.mu.Lock()
	l.settle(b, outcome)
	l.note(err)
	l.mu.Unlock()
	if err == nil {
		l.OnCommit()
	}
}

// append is Journal.Append, a panic made into an unknown outcome.
func (l *Log) append(b *batch) error {
	err := safely.Run(func() error {
		_, err := l.journal.Append(context.Background(), b.data, b.n)
		return err
	})
	var panicked *safely.Panic
	if errors.As(err, &panicked) {
		return fmt.Errorf("journal: %w: %w", ErrUnknown, panicked)
	}
	return err
}

// tryProbe asks the journal whether it is well again; one that cannot tell
// keeps its failure until a click is committed.
func (l *Log) tryProbe() error {
	if p, ok := l.journal.(Prober); ok {
		return safely.Run(func() error { return p.Probe(context.Background()) })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// note keeps the outcome of the last write and plans a probe after a failure.
func (l *Log) note(err error) {
	l.began = time.Time{}
	l.failure = err
	if _, ok := l.journal.(Prober); !ok || err == nil || l.probePlanned {
		return
	}
	l.probePlanned = true
	time.AfterFunc(l.ProbeEvery, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.probePlanned = false
		l.probeDue = l.failure != nil
		l.work.Signal()
	})
}
