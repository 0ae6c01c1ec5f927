package rollup

import (
	"context"
	"time"

	"lensan/server/classify"
	"lensan/server/clicklog"
)

// Status is what staff see of the applier.
type Status struct {
	Seq          uint64    // last applied number
	AppliedAt    time.Time // when Apply last succeeded or nothing was left to do
	StalledSince time.Time // zero while all is well; else since when the sink refuses
	Err          error     // why it is stalled
}

// Applier moves clicks from a journal into a sink. Only one may run on a journal.
type Applier struct{}

// NewApplier returns an Applier that has not started.
func NewApplier(j clicklog.Journal, s Sink, c *classify.Classifier) *Applier { panic("skeleton") }

// Run applies until ctx ends, then applies what is left (for at most 5 s) and returns.
// Failures of the sink are retried with backoff for ever; they show in Status.
func (a *Applier) Run(ctx context.Context) error { panic("skeleton") }

// Wake tells the applier that there is something new in the journal.
func (a *Applier) Wake() { panic("skeleton") }

// WaitApplied returns when all clicks up to a number are applied, or ctx ends
// (with ErrUnavailable wrapped).
func (a *Applier) WaitApplied(ctx context.Context, seq uint64) error { panic("skeleton") }

// Status returns the state now.
func (a *Applier) Status() Status { panic("skeleton") }
