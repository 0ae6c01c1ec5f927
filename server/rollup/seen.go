package rollup

import (
	"context"
	"fmt"

	"lensan/server/clicklog"
)

// Seen is which of an origin's batches were counted (see clicklog.Ticket). All
// numbers up to clicklog.TicketSpan before the highest count as seen: those that
// were not are never written any more.
type Seen struct {
	Highest uint64
	Recent  uint64 // bit n says of Highest−n
}

// Has reports whether a number was seen.
func (s Seen) Has(number uint64) bool {
	if number > s.Highest {
		return false
	}
	back := s.Highest - number
	return back >= clicklog.TicketSpan || s.Recent>>back&1 == 1
}

// With returns s and one number more.
func (s Seen) With(number uint64) Seen {
	if number > s.Highest {
		return Seen{Highest: number, Recent: s.Recent<<(number-s.Highest) | 1}
	}
	if back := s.Highest - number; back < clicklog.TicketSpan {
		s.Recent |= 1 << back
	}
	return s
}

// SeenStep is what a delta adds to an origin's Seen.
type SeenStep struct{ Before, After Seen }

// maxOrigins bounds what a worker remembers of origins between two deltas.
const maxOrigins = 1000

// seen returns what is known of an origin, in sink and sums together.
func (w *worker) seen(ctx context.Context, origin string) (*SeenStep, error) {
	if step := w.origins[origin]; step != nil {
		return step, nil
	}
	kept, err := w.sink.Seen(ctx, origin)
	if err != nil {
		return nil, fmt.Errorf("batches seen of %s: %w", origin, err)
	}
	step := &SeenStep{kept, kept}
	w.origins[origin] = step
	return step, nil
}

// seenSteps returns what the sums add to each origin's Seen.
func (w *worker) seenSteps() map[string]SeenStep {
	steps := map[string]SeenStep{}
	for origin, step := range w.origins {
		if step.Before != step.After {
			steps[origin] = *step
		}
	}
	return steps
}

// keepSeen is told that the sink has the steps.
func (w *worker) keepSeen() {
	if len(w.origins) > maxOrigins {
		clear(w.origins)
	}
	for _, step := range w.origins {
		step.Before = step.After
	}
}
