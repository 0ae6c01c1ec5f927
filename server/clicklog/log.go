package clicklog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"lensan/server/referral"
)

// Outcome says what is known of a click when its redirect is sent.
type Outcome uint8

// The outcomes.
const (
	Committed   Outcome = iota // durable
	Unconfirmed                // the wait ended first; it may still be committed
	Lost                       // it was not written
)

// String returns committed, unconfirmed or lost.
func (o Outcome) String() string {
	switch o {
	case Committed:
		return "committed"
	case Unconfirmed:
		return "unconfirmed"
	case Lost:
		return "lost"
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// Options of a Log. The zero value of each field stands for its default.
type Options struct {
	CommitWait time.Duration // how long Record waits for the commit; default 250 ms
	QueueBytes int           // records in memory past which clicks are lost; default 16 MiB
	BatchBytes int           // size past which a batch takes no further record; default 512 KiB
	ProbeEvery time.Duration // how often a journal that failed is probed while no click comes; default 1 s
	OnCommit   func()        // called after each commit, by the goroutine that commits: it must not wait
}

func (o *Options) setDefaults() {
	if o.CommitWait <= 0 {
		o.CommitWait = 250 * time.Millisecond
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = 16 << 20
	}
	if o.BatchBytes <= 0 {
		o.BatchBytes = 512 << 10
	}
	if o.ProbeEvery <= 0 {
		o.ProbeEvery = time.Second
	}
	if o.OnCommit == nil {
		o.OnCommit = func() {}
	}
}

// Counts are totals since the Log was made, and its state now. Every call of
// Record is in exactly one of Committed, Unconfirmed, Lost and Waiting.
// Unconfirmed shrinks when the outcome becomes known after all.
type Counts struct {
	Committed   uint64 // clicks known to be durable
	Unconfirmed uint64 // answered before their commit, outcome still not known
	Lost        uint64 // answered and not written
	Batches     uint64 // commits that succeeded
	Waiting     int    // clicks whose Record has not been answered yet
}

// Log is the group commit in front of a Writer. Its methods may be called
// from any goroutine.
//
// Clicks are appended to the last batch of a queue while one goroutine commits
// the first: one commit serves all clicks that came during the one before it.
// Nothing is delayed on purpose, and a click costs no channel and no timer of
// its own: see cohort.
type Log struct {
	journal Writer
	Options

	mu      sync.Mutex
	work    sync.Cond // something is queued, due to be probed, or closed
	queue   []*batch  // the last one gathers
	bytes   int       // in queue and in the commit under way
	spares  [][]byte  // buffers of settled batches, up to maxSpares
	encoder Encoder   // of the last batch in queue
	counts  Counts
	failure error     // of the last write
	began   time.Time // of the write under way, else zero
	closed  bool
	drained chan struct{}

	probeDue, probePlanned bool
}

// New starts a Log on a Writer, which it does not close.
func New(w Writer, o Options) *Log {
	o.setDefaults()
	l := &Log{journal: w, Options: o, drained: make(chan struct{})}
	l.work.L = &l.mu
	go l.run()
	return l
}

// Record appends a click and waits until it is durable, or 1.0 to 1.1 times
// CommitWait have passed, or it is known to be lost. The click is encoded
// before Record returns; nothing of it is kept.
func (l *Log) Record(c *referral.Click) Outcome {
	l.mu.Lock()
	if l.closed || l.bytes >= l.QueueBytes {
		l.counts.Lost++
		l.mu.Unlock()
		return Lost
	}
	co := l.add(c)
	l.mu.Unlock()
	<-co.answered
	return co.outcome
}

// add encodes a click into the gathering batch and returns its cohort.
func (l *Log) add(c *referral.Click) *cohort {
	var b *batch
	if n := len(l.queue); n > 0 && len(l.queue[n-1].data) < l.BatchBytes {
		b = l.queue[n-1]
	} else {
		b = &batch{data: l.takeSpare()}
		l.encoder.Reset()
		l.queue = append(l.queue, b)
		if n == 0 {
			l.work.Signal()
		}
	}
	before := len(b.data)
	b.data = l.encoder.Append(b.data, c)
	l.bytes += len(b.data) - before
	b.n++
	l.counts.Waiting++
	return l.join(b)
}

// Counts returns the totals.
func (l *Log) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// stuckAfter is how long one write may take before Err speaks of it.
const stuckAfter = 5 * time.Second

// Err returns why the last commit failed, or that one has been under way for
// over 5 s, or nil if all is well: what /readyz says of the journal. While no
// click comes, a journal that is a Prober clears it by itself within
// ProbeEvery of being well again.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure == nil && !l.began.IsZero() && time.Since(l.began) > stuckAfter {
		return fmt.Errorf("commit under way for %s: %w", time.Since(l.began).Round(time.Second), referral.ErrUnavailable)
	}
	return l.failure
}

// Close stops taking clicks, commits what waits and returns when that is done
// or ctx ends. Record calls that come after it return Lost.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	l.work.Signal()
	l.mu.Unlock()
	select {
	case <-l.drained:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close click log, %d clicks wait: %w", l.Counts().Waiting, errors.Join(ctx.Err(), l.Err()))
	}
}
