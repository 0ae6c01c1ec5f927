package clicklog

import (
	"context"
	"errors"
)

// ErrUnknown is wrapped by Append when it cannot be told whether the batch was
// written. Any other error means that it was not.
var ErrUnknown = errors.New("outcome unknown")

// Batch is what one commit wrote: N records (see Encoder), one after the other.
//
// Numbers grow from batch to batch: by N in a local journal, which numbers its
// records, by one in a stream, which numbers its batches.
type Batch struct {
	After uint64 // the number before this batch: whoever has read up to there has missed nothing
	Seq   uint64 // the batch's own number
	N     int    // records; 0 in a batch that only proved that its journal takes writes
	Data  []byte
}

// Writer is what a Log commits to.
type Writer interface {
	// Append writes n records durably and returns the batch's number. It keeps
	// nothing of data. One goroutine calls it.
	Append(ctx context.Context, data []byte, n int) (seq uint64, err error)
}

// Journal is the durable log of clicks that are not yet applied.
type Journal interface {
	Writer
	// ID names this sequence of numbers for good: two journals never share it.
	// That of a journal elsewhere is "" until it was reached for the first time.
	ID() string
	// Read returns up to max batches after a number, in order; none at the end
	// only. It may stop short of max so that memory stays bounded.
	Read(ctx context.Context, after uint64, max int) ([]Batch, error)
	// Last returns the number of the last batch ever written, 0 if none.
	Last(ctx context.Context) (uint64, error)
	// Trim forgets batches up to and including the one with a number.
	Trim(ctx context.Context, seq uint64) error
	Close() error
}

// Prober is a Writer that can tell without a click whether it takes writes
// again. A Log asks it while its last commit failed and no click comes.
type Prober interface {
	// Probe writes something durably that is not a click.
	Probe(ctx context.Context) error
}
