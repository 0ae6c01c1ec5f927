package rollup

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

// Numbers come in the order that a ticket promises, some of them again and
// again, some never, and copies of the last ones at any time: Seen knows exactly
// which came.
func TestSeen_knowsWhatCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Seen
		const last = 300
		came := map[uint64]bool{}
		copies := rapid.SliceOfDistinct(rapid.Uint64Range(last-clicklog.TicketSpan, last-1), rapid.ID[uint64]).Draw(t, "copies")
		take := func(n uint64, isCopy bool) {
			if s.Has(n, isCopy) != came[n] {
				t.Fatalf("%d came: %v; %+v says otherwise", n, came[n], s)
			}
			if !came[n] {
				s, came[n] = s.With(n, isCopy), true
			}
		}
		open := []uint64{} // given, and may still come for the first time
		for next := uint64(1); next < last; {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				if len(copies) > 0 {
					take(copies[0], true)
					copies = copies[1:]
				}
			case 1, 2, 3, 4, 5:
				if len(open) == 0 || next-open[0] < clicklog.TicketSpan {
					open = append(open, next)
					next++
				}
			default:
				if len(open) > 0 {
					i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
					take(open[i], false)
					open = slices.Delete(open, i, i+1)
				}
			}
			for n := range came {
				if n < next && !s.Has(n, false) {
					t.Fatalf("%d came, and %+v does not know", n, s)
				}
			}
		}
		for _, n := range copies {
			take(n, true)
		}
	})
}

// Batches with tickets lie in the journal that two servers share, some of them
// twice, and those whose outcome was not known in a journal of their own, too.
// Two appliers of the one and one of the other take turns and crash: each batch
// is counted once.
func TestApplier_ticketsCountOnce(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		shared, own := &memoryJournal{name: "shared", stream: true}, &memoryJournal{name: "own"}
		s := newSink()
		s.others = map[string]uint64{"shared": 0, "own": 0}
		crash := errors.New("crash")
		s.after = func() error {
			if rnd.IntN(6) == 0 {
				return crash
			}
			return nil
		}
		make := func(j clicklog.Journal) *Applier {
			a := NewApplier(j, s, plain{})
			a.worker.log = quiet
			return a
		}
		appliers := []*Applier{make(own), make(shared), make(shared)}[:2+seed%2]
		for _, a := range appliers[1:] {
			a.worker.tickets = true
		}
		var want int64
		write := func(j *memoryJournal, ticket clicklog.Ticket) {
			c := clickNow()
			data := clicklog.AppendRecord(clicklog.AppendRecord(clicklog.AppendTicket(nil, ticket), &c), &c)
			if _, err := j.Append(t.Context(), data, 2); err != nil {
				t.Fatal(err)
			}
		}
		step := func(a *Applier) {
			_, err := a.step(t.Context(), true)
			if err != nil && !errors.Is(err, crash) && !errors.Is(err, referral.ErrConflict) {
				t.Fatal(err)
			}
		}
		var written []clicklog.Ticket
		origins, numbers := []string{"A", "B"}, map[string]uint64{}
		for range 300 {
			switch i := rnd.IntN(len(origins)); rnd.IntN(9) {
			case 0, 1, 2:
				for range 1 + rnd.IntN(2)*rnd.IntN(200) {
					numbers[origins[i]]++
					ticket := clicklog.Ticket{Origin: origins[i], Number: numbers[origins[i]]}
					want += 2
					written = append(written, ticket)
					where := 1 + rnd.IntN(200)
					if where != 2 {
						write(shared, ticket)
					}
					if where <= 2 { // not known to be in the other: the origin is given up
						write(own, ticket)
						origins[i] += "'"
					}
				}
			case 3:
				if len(written) > 0 { // one comes again, late
					write(shared, written[max(0, len(written)-1-rnd.IntN(50))])
				}
			case 4: // nothing that was written
				if _, err := shared.Append(t.Context(), nil, 0); err != nil {
					t.Fatal(err)
				}
			case 5:
				i := rnd.IntN(len(appliers))
				tickets := appliers[i].worker.tickets
				appliers[i] = make(appliers[i].worker.journal)
				appliers[i].worker.tickets = tickets
			default:
				step(appliers[rnd.IntN(len(appliers))])
			}
		}
		s.after = func() error { return nil }
		for range 3 {
			for _, a := range appliers {
				step(a)
			}
		}
		if s.sum.Clicks != want || s.others["shared"] != shared.last || s.others["own"] != own.last {
			t.Errorf("seed %d: %d clicks, want %d; applied %v of %d and %d", seed, s.sum.Clicks, want, s.others, shared.last, own.last)
		}
	}
}

// A journal that was made anew is read from its beginning.
func TestApplier_journalMadeAnew(t *testing.T) {
	j, s := &memoryJournal{name: "one"}, newSink()
	s.others = map[string]uint64{"one": 0, "two": 0}
	appendClicks(t, j, clickNow(), clickNow())
	a := NewApplier(j, s, plain{})
	a.worker.log = quiet
	if _, err := a.step(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	j.name, j.batches, j.last = "two", nil, 0
	appendClicks(t, j, clickNow())
	if _, err := a.step(t.Context(), true); err != nil || s.sum.Clicks != 3 || s.others["two"] != 1 || a.Status().Seq != 1 {
		t.Errorf("%v, %d clicks, %v, %+v", err, s.sum.Clicks, s.others, a.Status())
	}
}

// What was read is counted, though the journal that it was read from is no more;
// and its numbers trim nothing of the one that came instead.
func TestApplier_journalMadeAnewMeanwhile(t *testing.T) {
	for name, when := range map[string]func(j *anew){
		"between two steps":      func(j *anew) { j.become() },
		"when asked for its end": func(j *anew) { j.atLast = true },
		"when read":              func(j *anew) { j.atRead = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, s := &anew{memoryJournal: &memoryJournal{name: "one"}}, newSink()
				s.others = map[string]uint64{"one": 0, "two": 0}
				a := NewApplier(j, s, plain{})
				a.worker.log = quiet
				step := func(due bool) {
					t.Helper()
					if _, err := a.step(t.Context(), due); err != nil {
						t.Fatal(err)
					}
				}
				for range 9 {
					appendClicks(t, j, clickNow())
				}
				step(true)
				time.Sleep(2 * retain) // now the nine may go
				appendClicks(t, j, clickNow())
				step(false)
				if s.sum.Clicks != 9 {
					t.Fatalf("%d clicks, 9 are due", s.sum.Clicks)
				}
				appendClicks(t, j, clickNow()) // nobody reads it in time
				when(j)
				for range 3 {
					step(true)
				}
				if s.sum.Clicks != 13 || s.others["one"] != 10 || s.others["two"] != 3 || j.held() != 3 {
					t.Errorf("%d clicks of 13, applied %v, %d batches held", s.sum.Clicks, s.others, j.held())
				}
			})
		})
	}
}

// anew is a journal that another one stands in for from some moment on, which
// holds three clicks.
type anew struct {
	*memoryJournal
	atLast, atRead bool
}

func (j *anew) become() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.name, j.batches, j.last, j.atLast, j.atRead = "two", nil, 0, false, false
	for j.last < 3 {
		c := clickNow()
		j.last++
		j.batches = append(j.batches, clicklog.Batch{After: j.last - 1, Seq: j.last, N: 1, Data: clicklog.AppendRecord(nil, &c)})
	}
}

func (j *anew) Last(ctx context.Context) (uint64, error) {
	if j.atLast {
		j.become()
	}
	return j.memoryJournal.Last(ctx)
}

func (j *anew) Read(ctx context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	if j.atRead {
		j.become()
		return j.memoryJournal.Read(ctx, 0, max)
	}
	return j.memoryJournal.Read(ctx, after, max)
}
