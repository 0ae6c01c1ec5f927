package clicklog

import (
	"context"
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

// Options of a Log. The zero value of each field stands for its default.
type Options struct {
	CommitWait time.Duration // how long Record waits for the commit; default 250 ms
	QueueBytes int           // size of the gathering buffer past which clicks are lost; default 16 MiB
}

// Counts are totals since the Log was made, and its state now.
type Counts struct {
	Committed   uint64 // clicks known to be durable
	Unconfirmed uint64 // answered before their commit, outcome still not known
	Lost        uint64 // answered and not written
	Batches     uint64 // commits that succeeded
	Waiting     int    // clicks in memory now
}

// Log is the group commit in front of a Journal. Its methods may be called
// from any goroutine.
type Log struct{}

// New starts a Log on a Journal, which it does not close.
func New(j Journal, o Options) *Log { panic("skeleton") }

// Record appends a click and waits until it is durable, or CommitWait has
// passed, or it is known to be lost. The click is encoded before Record
// returns; nothing of it is kept.
func (l *Log) Record(c *referral.Click) Outcome { panic("skeleton") }

// Counts returns the totals.
func (l *Log) Counts() Counts { panic("skeleton") }

// Err returns why the last commit failed, or nil if it succeeded: what /readyz
// says of the journal.
func (l *Log) Err() error { panic("skeleton") }

// Close stops taking clicks, commits what waits and returns when that is done
// or ctx ends. Record calls that come after it return Lost.
func (l *Log) Close(ctx context.Context) error { panic("skeleton") }
