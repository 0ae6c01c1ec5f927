package clicklog

import (
	"context"
	"errors"
)

// ErrUnknown is wrapped by Append when it cannot be told whether the batch was
// written. Any other error means that it was not.
var ErrUnknown = errors.New("outcome unknown")

// Batch is what one commit wrote: N records (see Encoder), one after the other.
type Batch struct {
	Seq  uint64 // number of the last record in the batch; grows by N from batch to batch in a local journal
	N    int
	Data []byte
}

// Journal is the durable log of clicks that are not yet applied.
type Journal interface {
	// ID names this sequence of numbers for good: two journals never share it.
	ID() string
	// Append writes n records durably (fsync) and returns the number of the
	// last. It keeps nothing of data. One goroutine calls it.
	Append(ctx context.Context, data []byte, n int) (seq uint64, err error)
	// Read returns up to max batches after a number, in order; none at the end
	// only. It may stop short of max so that memory stays bounded.
	Read(ctx context.Context, after uint64, max int) ([]Batch, error)
	// Last returns the number of the last record ever written, 0 if none.
	Last(ctx context.Context) (uint64, error)
	// Trim forgets batches up to and including the one that ends with seq.
	Trim(ctx context.Context, seq uint64) error
	Close() error
}

// Prober is a Journal that can tell without a click whether it takes writes
// again. A Log asks it while its last commit failed and no click comes.
type Prober interface {
	// Probe writes something durably that is not a click.
	Probe(ctx context.Context) error
}
