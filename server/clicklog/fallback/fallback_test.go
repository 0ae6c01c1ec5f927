package fallback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lensan/server/clicklog"
	"lensan/server/referral"
	"lensan/server/rollup"
)

// store is a journal whose behaviour the test sets.
type store struct {
	mu     sync.Mutex
	held   [][]byte
	probes int
	err    error         // what Append, Probe and Err say
	quiet  bool          // Err says nothing
	delay  time.Duration // before a batch is written,
	late   bool          // which happens though the caller no longer waits
	one    time.Duration // delay of the next batch alone
}

func (s *store) set(change func(*store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *store) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	s.mu.Lock()
	err, delay, late := s.err, max(s.delay, s.one), s.late
	s.one = 0
	s.mu.Unlock()
	data = bytes.Clone(data)
	if err != nil {
		return 0, err
	}
	write := func() uint64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = append(s.held, data)
		return uint64(len(s.held))
	}
	select {
	case <-ctx.Done():
		if late {
			time.AfterFunc(delay, func() { write() })
		}
		return 0, errors.Join(clicklog.ErrUnknown, ctx.Err())
	case <-time.After(delay):
		return write(), nil
	}
}

func (s *store) Probe(ctx context.Context) error {
	s.mu.Lock()
	s.probes++
	err, delay := s.err, s.delay
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(delay):
		return err
	}
}

func (s *store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quiet {
		return nil
	}
	return s.err
}

func (s *store) all() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// tickets returns those of all that is held; the zero Ticket stands for none.
func (s *store) tickets(t *testing.T) (list []clicklog.Ticket) {
	t.Helper()
	for _, data := range s.all() {
		ticket, _, err := clicklog.CutTicket(data)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, ticket)
	}
	return list
}

func start(t *testing.T, o Options) (w *Writer, shared, local *store) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	shared, local = &store{delay: time.Microsecond}, &store{}
	return New(shared, local, o), shared, local
}

func click(n int) []byte {
	return clicklog.AppendRecord(nil, &referral.Click{Milli: int64(n)})
}

func mustAppend(t *testing.T, w *Writer, n int) (took time.Duration) {
	t.Helper()
	begun := time.Now()
	if _, err := w.Append(t.Context(), click(n), 1); err != nil {
		t.Errorf("click %d: %v", n, err)
	}
	return time.Since(begun)
}

func TestWriter_turnsAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, shared, local := start(t, Options{})
		defer w.Close()
		if w.State().Since.IsZero() {
			t.Errorf("before a probe: %+v", w.State())
		}
		mustAppend(t, w, 1)
		time.Sleep(time.Millisecond)
		if !w.State().Since.IsZero() {
			t.Errorf("after a probe: %+v", w.State())
		}
		for n := 2; n <= 4; n++ {
			mustAppend(t, w, n)
		}
		time.Sleep(time.Minute)
		shared.set(func(s *store) { s.delay, s.late = time.Second, true })
		if took := mustAppend(t, w, 5); took != 200*time.Millisecond {
			t.Errorf("turned after %s", took)
		}
		if took := mustAppend(t, w, 6); took != 0 {
			t.Errorf("waited for %s", took)
		}
		time.Sleep(time.Minute)
		if s := w.State(); s.Clicks != 3 || s.Turns != 1 || s.Err == nil || time.Since(s.Since) < time.Minute {
			t.Errorf("%+v", s)
		}
		shared.set(func(s *store) { s.delay = 0 })
		time.Sleep(time.Second)
		mustAppend(t, w, 7)
		there, here := shared.tickets(t), local.tickets(t)
		first, second := there[0].Origin, there[4].Origin
		want := []clicklog.Ticket{{Origin: first, Number: 1}, {Origin: first, Number: 2}, {Origin: first, Number: 3}, {Origin: first, Number: 4}, {Origin: second, Number: 1}}
		if fmt.Sprint(there) != fmt.Sprint(want) || first == second || first == "" {
			t.Errorf("shared: %v", there)
		}
		if want := []clicklog.Ticket{{}, {Origin: first, Number: 4}, {}}; fmt.Sprint(here) != fmt.Sprint(want) {
			t.Errorf("local: %v", here)
		}
	})
}

// When a broker is gone and no click comes, the first one finds out without waiting.
func TestWriter_listensWhileNoClickComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, shared, _ := start(t, Options{})
		defer w.Close()
		time.Sleep(time.Minute)
		shared.set(func(s *store) { s.err = errors.New("no connection") })
		time.Sleep(time.Second)
		if s := w.State(); s.Since.IsZero() || s.Turns != 1 {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Minute)
		shared.set(func(s *store) {
			if s.probes < 100 {
				t.Errorf("%d probes in a minute", s.probes)
			}
			s.err = nil
		})
		time.Sleep(time.Second)
		if s := w.State(); !s.Since.IsZero() {
			t.Errorf("%+v", s)
		}
	})
}

// A journal that takes probes and no clicks is tried ever less often.
func TestWriter_falseStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, shared, local := start(t, Options{})
		defer w.Close()
		time.Sleep(time.Millisecond)
		shared.set(func(s *store) { s.err, s.quiet = errors.New("refused"), true })
		for range 600 { // a minute
			shared.set(func(s *store) { s.err = errors.New("refused") })
			mustAppend(t, w, 1)
			shared.set(func(s *store) { s.err = nil })
			time.Sleep(100 * time.Millisecond)
		}
		if s := w.State(); s.Turns < 10 || s.Turns > 25 || len(local.all()) != 600 {
			t.Errorf("%+v, %d kept", s, len(local.all()))
		}
		time.Sleep(time.Minute)
		mustAppend(t, w, 1)
		shared.set(func(s *store) { s.delay = time.Hour })
		mustAppend(t, w, 1)
		shared.set(func(s *store) { s.delay = 0 })
		time.Sleep(time.Second)
		if s := w.State(); !s.Since.IsZero() {
			t.Errorf("after a steady minute: %+v", s)
		}
	})
}

func TestAppend_bothFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full, gone := errors.New("disk full"), errors.New("no connection")
		for name, c := range map[string]struct {
			shared  func(*store)
			local   error
			unknown bool
		}{
			"never sent":   {func(s *store) { s.err = gone }, full, false},
			"not answered": {func(s *store) { s.delay = time.Hour }, full, true},
			"both unknown": {func(s *store) { s.delay = time.Hour }, clicklog.ErrUnknown, true},
		} {
			w, shared, local := start(t, Options{})
			time.Sleep(time.Millisecond)
			shared.set(c.shared)
			local.set(func(s *store) { s.err = c.local })
			if _, err := w.Append(t.Context(), click(1), 1); !errors.Is(err, c.local) || errors.Is(err, clicklog.ErrUnknown) != c.unknown {
				t.Errorf("%s: %v", name, err)
			}
			if err := w.Probe(t.Context()); !errors.Is(err, c.local) || w.State().Clicks != 0 {
				t.Errorf("%s: probe %v, %+v", name, err, w.State())
			}
			w.Close()
		}
	})
}

// Whatever the shared journal does, and however late it writes what nobody
// waits for any more: every click is in one of the two, and who counts each
// ticket once counts it once.
func TestWriter_countsOnce(t *testing.T) {
	turns, there, here := uint64(0), 0, 0
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			w, shared, local := start(t, Options{})
			l := clicklog.New(w, clicklog.Options{BatchBytes: 200})
			shared.set(func(s *store) { s.late = true })
			var clicks sync.WaitGroup
			const n = 3000
			for i := range n {
				clicks.Go(func() { l.Record(&referral.Click{Milli: int64(i)}) })
				switch rnd.IntN(200) {
				case 0:
					shared.set(func(s *store) { s.delay = time.Duration(rnd.IntN(2000)) * time.Millisecond })
				case 1:
					shared.set(func(s *store) { s.err = errors.New("refused") })
				case 2, 3, 4, 5, 6, 7:
					shared.set(func(s *store) { s.delay, s.err = time.Duration(rnd.IntN(4))*time.Millisecond, nil })
				case 8: // slower than others
					shared.set(func(s *store) { s.one = time.Duration(rnd.IntN(300)) * time.Millisecond })
				}
				time.Sleep(time.Duration(rnd.IntN(4000)) * time.Microsecond)
			}
			clicks.Wait()
			if err := l.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.Close()
			time.Sleep(time.Minute) // what comes late
			if c := l.Counts(); c.Committed != n {
				t.Errorf("seed %d: %+v", seed, c)
			}
			seen, counted := map[string]rollup.Seen{}, map[int64]int{}
			for _, journal := range []*store{local, shared} { // who counts may read either first
				for _, data := range journal.all() {
					r := clicklog.NewReader(data, nil)
					if ticket := r.Ticket(); ticket.Origin != "" {
						if seen[ticket.Origin].Has(ticket.Number, journal == local) {
							continue
						}
						seen[ticket.Origin] = seen[ticket.Origin].With(ticket.Number, journal == local)
					}
					for c := (referral.Click{}); r.Next(&c); {
						counted[c.Milli]++
					}
				}
			}
			for i := range int64(n) {
				if counted[i] != 1 {
					t.Fatalf("seed %d: click %d is counted %d times", seed, i, counted[i])
				}
			}
			turns, there, here = turns+w.State().Turns, there+len(shared.all()), here+len(local.all())
		})
	}
	if turns < 50 || there < 2000 || here < 2000 {
		t.Errorf("too quiet a test: %d turns, %d and %d batches", turns, there, here)
	}
}
