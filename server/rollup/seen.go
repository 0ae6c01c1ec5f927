package rollup

import (
	"context"
	"fmt"

	"lensan/server/clicklog"
)

// Seen is which of an origin's batches were counted (see clicklog.Ticket), from
// the journal that the origin writes to and from copies elsewhere. Copies are
// read at another time: when the last batches of an origin are counted from
// copies, those before them may be still to come.
type Seen struct{ There, Copies Window }

// Has reports whether a batch, or a copy of it, was counted.
func (s Seen) Has(number uint64, isCopy bool) bool {
	if isCopy {
		return s.Copies.passed(number) || s.There.holds(number)
	}
	return s.There.passed(number) || s.Copies.holds(number)
}

// With returns s and one batch, or copy, more.
func (s Seen) With(number uint64, isCopy bool) Seen {
	if isCopy {
		s.Copies = s.Copies.with(number)
	} else {
		s.There = s.There.with(number)
	}
	return s
}

// Window is which of the clicklog.TicketSpan newest numbers came.
type Window struct {
	Highest uint64
	Recent  uint64 // bit n says of Highest−n
}

// holds reports whether a number is known to have come.
func (w Window) holds(number uint64) bool {
	return number <= w.Highest && w.Highest-number < clicklog.TicketSpan && w.Recent>>(w.Highest-number)&1 == 1
}

// passed is holds, and true for older numbers: those that did not come where
// the window's numbers come from will not come there for the first time.
func (w Window) passed(number uint64) bool {
	return w.holds(number) || number+clicklog.TicketSpan <= w.Highest
}

func (w Window) with(number uint64) Window {
	if number > w.Highest {
		return Window{number, w.Recent<<(number-w.Highest) | 1}
	}
	if back := w.Highest - number; back < clicklog.TicketSpan {
		w.Recent |= 1 << back
	}
	return w
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
