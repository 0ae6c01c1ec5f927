package clicklog

import "time"

// batch is a queued commit.
type batch struct {
	data    []byte
	n       int
	cohorts []*cohort // the last one takes newcomers, if it is open
}

// cohort is a part of a batch whose clicks came within a tenth of CommitWait
// of each other and are answered together: by the commit, or by the cohort's
// timer, which first shuts the cohort and one CommitWait later answers it.
type cohort struct {
	n        int
	shut     bool // takes no newcomers
	timer    *time.Timer
	outcome  Outcome // set before answered is closed
	answered chan struct{}
	done     bool // answered is closed
}

// join adds the batch's newest click to a cohort.
func (l *Log) join(b *batch) *cohort {
	if n := len(b.cohorts); n > 0 && !b.cohorts[n-1].shut {
		co := b.cohorts[n-1]
		co.n++
		return co
	}
	co := &cohort{n: 1, answered: make(chan struct{})}
	co.timer = time.AfterFunc(l.CommitWait/10, func() { l.tick(co) })
	b.cohorts = append(b.cohorts, co)
	return co
}

// tick is what a cohort's timer does.
func (l *Log) tick(co *cohort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case co.done:
	case !co.shut:
		co.shut = true
		co.timer.Reset(l.CommitWait)
	default:
		l.counts.Waiting -= co.n
		l.counts.Unconfirmed += uint64(co.n)
		co.answer(Unconfirmed)
	}
}

func (co *cohort) answer(o Outcome) {
	co.outcome, co.done = o, true
	close(co.answered)
}

// settle books the outcome of a whole batch, corrects what was booked as
// unconfirmed, and answers who still waits.
func (l *Log) settle(b *batch, o Outcome) {
	for _, co := range b.cohorts {
		if co.done {
			l.counts.Unconfirmed -= uint64(co.n)
		} else {
			l.counts.Waiting -= co.n
			co.timer.Stop()
			co.answer(o)
		}
	}
	switch o {
	case Committed:
		l.counts.Committed += uint64(b.n)
		l.counts.Batches++
	case Unconfirmed:
		l.counts.Unconfirmed += uint64(b.n)
	case Lost:
		l.counts.Lost += uint64(b.n)
	}
	l.bytes -= len(b.data)
	if cap(b.data) <= 2*l.BatchBytes && len(l.spares) < maxSpares {
		l.spares = append(l.spares, b.data)
	}
}

// maxSpares is how many buffers are in use at a time where clicks keep coming:
// one that gathers and one that is committed.
const maxSpares = 2

// takeSpare returns an empty buffer, used before if there is one.
func (l *Log) takeSpare() []byte {
	last := len(l.spares) - 1
	if last < 0 {
		return nil
	}
	b := l.spares[last]
	l.spares = l.spares[:last]
	return b[:0]
}
