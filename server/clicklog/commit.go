package clicklog

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// run is one committer: it commits the queue, first batch first, until the Log
// is closed and drained.
func (l *Log) run(committer int) {
	for {
		b, probe := l.next(committer)
		switch {
		case b != nil:
			l.commit(committer, b)
		case probe:
			err := l.tryProbe()
			l.mu.Lock()
			l.note(committer, err)
			l.mu.Unlock()
		default:
			return
		}
	}
}

// next waits for something to do: a batch, else a probe, else the end. There is
// always a committer that commits, or a place for one that waits: at least one
// is welcome.
func (l *Log) next(committer int) (b *batch, probe bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case len(l.queue) > 0 && l.busy < l.inFlight():
			b = l.take()
		case l.closed && len(l.queue) == 0:
			l.work.Broadcast() // the others may end, too
			return nil, false
		case l.probeDue && l.busy == 0:
			l.probeDue, probe = false, true
		default:
			l.work.Wait()
			continue
		}
		l.busy++
		l.began[committer] = time.Now()
		return b, probe
	}
}

// take removes the first batch from the queue.
func (l *Log) take() *batch {
	b := l.queue[0]
	n := copy(l.queue, l.queue[1:])
	l.queue[n] = nil
	l.queue = l.queue[:n]
	return b
}

func (l *Log) commit(committer int, b *batch) {
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
	l.note(committer, err)
	l.mu.Unlock()
	if err == nil {
		l.OnCommit()
	}
}

// append is Journal.Append, a panic made into an unknown outcome.
func (l *Log) append(b *batch) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("journal panicked: %v: %w", r, ErrUnknown)
		}
	}()
	_, err = l.journal.Append(context.Background(), b.data, b.n)
	return err
}

// tryProbe asks the journal whether it is well again; one that cannot tell
// keeps its failure until a click is committed.
func (l *Log) tryProbe() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("journal panicked: %v", r)
		}
	}()
	if p, ok := l.journal.(Prober); ok {
		return p.Probe(context.Background())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// note keeps the outcome of a write and plans a probe after a failure.
func (l *Log) note(committer int, err error) {
	l.busy--
	l.began[committer] = time.Time{}
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
		l.work.Broadcast()
	})
}
