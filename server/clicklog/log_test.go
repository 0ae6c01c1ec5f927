package clicklog

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lensan/server/referral"
)

// faulty is a Journal whose Append does what the test says.
type faulty struct {
	append func(data []byte, n int) error
	probe  func() error

	mu     sync.Mutex
	clicks int // of appends that succeeded or were unknown
}

func (f *faulty) ID() string { return "faulty" }
func (f *faulty) Append(_ context.Context, data []byte, n int) (uint64, error) {
	if got, err := readAll(data); err != nil || len(got) != n {
		panic("batch does not hold what it says")
	}
	err := f.append(data, n)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil || errors.Is(err, ErrUnknown) {
		f.clicks += n
	}
	return uint64(f.clicks), err
}
func (f *faulty) Read(context.Context, uint64, int) ([]Batch, error) { return nil, nil }
func (f *faulty) Last(context.Context) (uint64, error)               { return 0, nil }
func (f *faulty) Trim(context.Context, uint64) error                 { return nil }
func (f *faulty) Close() error                                       { return nil }
func (f *faulty) Probe(context.Context) error {
	if f.probe == nil {
		return nil
	}
	return f.probe()
}

// bare hides the Prober of a Journal.
type bare struct{ Journal }

func record(l *Log) Outcome {
	c := sampleClick()
	return l.Record(&c)
}

func checkCounts(t *testing.T, l *Log, want Counts) {
	t.Helper()
	if got := l.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestLog_oneCommitForAllThatCameDuringTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		commits := 0
		l := New(&faulty{append: func(_ []byte, n int) error {
			sizes = append(sizes, n)
			time.Sleep(10 * time.Millisecond)
			return nil
		}}, Options{OnCommit: func() { commits++ }})
		var wg sync.WaitGroup
		wg.Go(func() { record(l) })
		synctest.Wait()
		for range 100 {
			wg.Go(func() {
				if o := record(l); o != Committed {
					t.Error(o)
				}
			})
		}
		wg.Wait()
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(sizes) != 2 || sizes[0] != 1 || sizes[1] != 100 || commits != 2 {
			t.Errorf("batches of %v, %d commits reported", sizes, commits)
		}
		checkCounts(t, l, Counts{Committed: 101, Batches: 2})
	})
}

// Two buffers do, whether or not a batch gathers while another is committed.
func TestLog_buffersAreUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buffers := map[*byte]bool{}
		l := New(&faulty{append: func(data []byte, _ int) error {
			buffers[&data[0]] = true
			time.Sleep(10 * time.Millisecond)
			return nil
		}}, Options{})
		var wg sync.WaitGroup
		for round := range 30 {
			for range 1 + round%3 {
				wg.Go(func() { record(l) })
				synctest.Wait()
			}
			wg.Wait()
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(buffers) > 4 { // each of the two grows once
			t.Errorf("%d buffers", len(buffers))
		}
	})
}

// A click is answered between 1.0 and 1.1 times CommitWait after it came, also
// one that joins a batch which has been waiting behind a slow commit, and its
// outcome is corrected when the commit ends.
func TestLog_waitEnds(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want Counts
	}{
		"then committed": {nil, Counts{Committed: 301, Batches: 2}},
		"then lost":      {errors.New("disk full"), Counts{Lost: 301}},
		"then unknown":   {ErrUnknown, Counts{Unconfirmed: 301}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const wait = 100 * time.Millisecond
				l := New(&faulty{append: func([]byte, int) error {
					time.Sleep(1500 * time.Millisecond)
					return c.err
				}}, Options{CommitWait: wait})
				var wg sync.WaitGroup
				wg.Go(func() { record(l) })
				for range 300 { // one every 3 ms
					time.Sleep(3 * time.Millisecond)
					wg.Go(func() {
						start := time.Now()
						o := record(l)
						took := time.Since(start)
						if early := o == Unconfirmed && took < wait; early || took > wait+wait/10 {
							t.Errorf("%s after %s", o, took)
						}
					})
				}
				wg.Wait()
				unconfirmed := l.Counts().Unconfirmed
				if unconfirmed != 301 {
					t.Errorf("%d unconfirmed while the commits last", unconfirmed)
				}
				l.Close(t.Context())
				checkCounts(t, l, c.want)
			})
		})
	}
}

func TestLog_queueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		l := New(&faulty{append: func([]byte, int) error { <-release; return nil }}, Options{QueueBytes: 10_000, BatchBytes: 1000})
		size := len(encode([]referral.Click{sampleClick()}))
		const calls = 1000
		outcomes := make(chan Outcome, calls)
		for range calls {
			go func() { outcomes <- record(l) }()
		}
		synctest.Wait()
		if l.bytes < 10_000 || l.bytes >= 10_000+size {
			t.Errorf("%d bytes in memory", l.bytes)
		}
		waiting := l.Counts().Waiting
		if waiting < 10_000/size || waiting == calls {
			t.Errorf("%d of %d wait", waiting, calls)
		}
		checkCounts(t, l, Counts{Lost: uint64(calls - waiting), Waiting: waiting})
		close(release)
		l.Close(t.Context())
		for range calls {
			<-outcomes
		}
		got := l.Counts()
		if got.Committed != uint64(waiting) || got.Lost != uint64(calls-waiting) || got.Batches < 5 || got.Batches > 15 {
			t.Errorf("counts %+v, want %d committed in about 10 batches", got, waiting)
		}
		if o := record(l); o != Lost {
			t.Errorf("after Close: %s", o)
		}
	})
}

func TestLog_panicAndFailureDoNotWedge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		step := 0
		l := New(bare{&faulty{append: func([]byte, int) error {
			step++
			switch step {
			case 1:
				panic("out of luck")
			case 2:
				return full
			}
			return nil
		}}}, Options{})
		if o := record(l); o != Unconfirmed || l.Err() == nil || !strings.Contains(l.Err().Error(), "out of luck") {
			t.Errorf("%s, %v", o, l.Err())
		}
		if o := record(l); o != Lost || !errors.Is(l.Err(), full) {
			t.Errorf("%s, %v", o, l.Err())
		}
		time.Sleep(time.Hour)
		if l.Err() == nil {
			t.Error("a journal that cannot be probed was called well")
		}
		if o := record(l); o != Committed || l.Err() != nil {
			t.Errorf("%s, %v", o, l.Err())
		}
		checkCounts(t, l, Counts{Committed: 1, Unconfirmed: 1, Lost: 1, Batches: 1})
		l.Close(t.Context())
	})
}

func TestLog_probesWhileNoClickComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var well atomic.Bool
		var probes atomic.Int32
		j := &faulty{append: func([]byte, int) error { return errors.New("disk full") }}
		j.probe = func() error {
			probes.Add(1)
			if !well.Load() {
				return errors.New("still full")
			}
			return nil
		}
		l := New(j, Options{ProbeEvery: time.Second})
		time.Sleep(10 * time.Second)
		if probes.Load() != 0 {
			t.Errorf("%d probes of a well journal", probes.Load())
		}
		record(l)
		time.Sleep(10*time.Second + time.Millisecond)
		if probes.Load() != 10 || l.Err() == nil || !strings.Contains(l.Err().Error(), "still full") {
			t.Errorf("%d probes, %v", probes.Load(), l.Err())
		}
		well.Store(true)
		time.Sleep(time.Second)
		if l.Err() != nil {
			t.Error(l.Err())
		}
		time.Sleep(time.Minute)
		if probes.Load() != 11 {
			t.Errorf("%d probes", probes.Load())
		}
		l.Close(t.Context())
	})
}

func TestLog_stuckCommitIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		l := New(&faulty{append: func([]byte, int) error { <-release; return nil }}, Options{})
		if o := record(l); o != Unconfirmed || l.Err() != nil {
			t.Errorf("%s, %v", o, l.Err())
		}
		time.Sleep(stuckAfter)
		if !errors.Is(l.Err(), referral.ErrUnavailable) {
			t.Errorf("%v", l.Err())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed in the middle of a commit: %v", err)
		}
		close(release)
		if err := l.Close(t.Context()); err != nil || l.Err() != nil {
			t.Error(err, l.Err())
		}
		checkCounts(t, l, Counts{Committed: 1, Batches: 1})
	})
}

// Whatever the journal does, every call is in exactly one count at every
// moment, and at the end the counts are what the journal and the callers saw.
func TestLog_everyClickIsCountedOnce(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			rnd, faults := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
			var committed, lost, unknown uint64
			l := New(&faulty{append: func(_ []byte, n int) error {
				time.Sleep(time.Duration(faults.IntN(400)) * time.Millisecond)
				switch faults.IntN(5) {
				case 0:
					lost += uint64(n)
					return errors.New("disk full")
				case 1:
					unknown += uint64(n)
					return ErrUnknown
				case 2:
					unknown += uint64(n)
					panic("out of luck")
				}
				committed += uint64(n)
				return nil
			}}, Options{CommitWait: 200 * time.Millisecond, QueueBytes: 20_000, BatchBytes: 4000})
			const calls = 2000
			var mu sync.Mutex
			var begun uint64
			seen := map[Outcome]uint64{}
			balance := func() {
				c := l.Counts()
				mu.Lock()
				defer mu.Unlock()
				if sum := c.Committed + c.Unconfirmed + c.Lost + uint64(c.Waiting); sum != begun {
					t.Errorf("seed %d: %+v is %d of %d", seed, c, sum, begun)
				}
			}
			var wg sync.WaitGroup
			for range calls {
				mu.Lock()
				begun++
				mu.Unlock()
				wg.Go(func() {
					o := record(l)
					mu.Lock()
					seen[o]++
					mu.Unlock()
				})
				if rnd.IntN(3) == 0 {
					time.Sleep(time.Duration(rnd.IntN(9000)) * time.Microsecond)
					synctest.Wait()
					balance()
				}
			}
			wg.Wait()
			if err := l.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := l.Counts()
			refused := calls - committed - lost - unknown
			if want := (Counts{Committed: committed, Unconfirmed: unknown, Lost: lost + refused, Batches: c.Batches}); c != want {
				t.Errorf("seed %d: counts %+v, want %+v", seed, c, want)
			}
			if seen[Committed] > committed || seen[Lost] > c.Lost || seen[Committed]+seen[Unconfirmed]+seen[Lost] != calls {
				t.Errorf("seed %d: callers saw %v of %+v", seed, seen, c)
			}
			if l.bytes != 0 {
				t.Errorf("seed %d: %d bytes left", seed, l.bytes)
			}
		})
	}
}
