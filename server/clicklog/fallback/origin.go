package fallback

import (
	"crypto/rand"
	"sync"

	"lensan/server/clicklog"
)

// origin gives the tickets of one time during which all went well.
type origin struct {
	name string

	mu      sync.Mutex
	changed sync.Cond
	open    [clicklog.TicketSpan]bool // given and not settled, by number
	oldest  uint64                    // number up to which all before it are settled
	next    uint64
	over    bool
}

func newOrigin() *origin {
	o := &origin{name: rand.Text(), oldest: 1, next: 1}
	o.changed.L = &o.mu
	return o
}

// take gives a ticket. While a batch of TicketSpan numbers before is on its way
// it waits, for those that overtook it must not make it look as if it had been
// seen. It returns false when the origin is over.
func (o *origin) take() (clicklog.Ticket, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.over && o.next-o.oldest >= clicklog.TicketSpan {
		o.changed.Wait()
	}
	if o.over {
		return clicklog.Ticket{}, false
	}
	t := clicklog.Ticket{Origin: o.name, Number: o.next}
	o.open[o.next%clicklog.TicketSpan] = true
	o.next++
	return t, true
}

// settle is told that a batch is written.
func (o *origin) settle(t clicklog.Ticket) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[t.Number%clicklog.TicketSpan] = false
	for o.oldest < o.next && !o.open[o.oldest%clicklog.TicketSpan] {
		o.oldest++
	}
	o.changed.Broadcast()
}

// end gives no more tickets.
func (o *origin) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	o.changed.Broadcast()
}
