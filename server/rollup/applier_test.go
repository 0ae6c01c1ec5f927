package rollup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lensan/server/classify"
	"lensan/server/clicklog"
	"lensan/server/clicklog/localjournal"
	"lensan/server/referral"
)

// memoryJournal is a clicklog.Journal that counts and can fail.
type memoryJournal struct {
	name    string // "memory" if it is empty
	stream  bool   // batches are numbered, not records
	mu      sync.Mutex
	batches []clicklog.Batch
	last    uint64
	fail    error
}

func (j *memoryJournal) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return cmp.Or(j.name, "memory")
}
func (j *memoryJournal) Append(_ context.Context, data []byte, n int) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	after := j.last
	if j.last += uint64(n); j.stream {
		j.last = after + 1
	}
	j.batches = append(j.batches, clicklog.Batch{After: after, Seq: j.last, N: n, Data: append([]byte(nil), data...)})
	return j.last, nil
}
func (j *memoryJournal) Read(_ context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, b := range j.batches {
		if b.Seq > after {
			return j.batches[i:min(len(j.batches), i+max)], j.fail
		}
	}
	return nil, j.fail
}
func (j *memoryJournal) Last(context.Context) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last, nil
}
func (j *memoryJournal) Trim(_ context.Context, seq uint64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.batches) > 0 && j.batches[0].Seq <= seq {
		j.batches = j.batches[1:]
	}
	return nil
}
func (j *memoryJournal) Close() error { return nil }
func (j *memoryJournal) setFail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fail = err
}
func (j *memoryJournal) held() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.batches)
}

// memorySink is a Sink whose cubes survive what the test does to the applier.
type memorySink struct {
	mu     sync.Mutex
	seq    uint64            // of the journal "memory" or a real one
	others map[string]uint64 // of other journals, by name
	seen   map[string]Seen
	sum    *Delta
	before func() error // may refuse an Apply
	after  func() error // may spoil the answer of one that succeeded
}

func newSink() *memorySink {
	none := func() error { return nil }
	return &memorySink{sum: naive(nil), before: none, after: none, seen: map[string]Seen{}}
}

func (s *memorySink) Applied(_ context.Context, journal string) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq, ok := s.others[journal]; ok {
		return seq, nil
	}
	return s.seq, nil
}

func (s *memorySink) Seen(_ context.Context, origin string) (Seen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[origin], nil
}

// setBefore may be called while an applier runs.
func (s *memorySink) setBefore(before func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

func (s *memorySink) applied() (seq uint64, clicks int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.sum.Clicks
}
func (s *memorySink) Apply(_ context.Context, d *Delta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.before(); err != nil {
		return err
	}
	at, other := s.others[d.Journal]
	if !other {
		at = s.seq
	}
	if d.After != at {
		return fmt.Errorf("at %d, not %d: %w", at, d.After, referral.ErrConflict)
	}
	for origin, step := range d.Seen {
		if step.Before != s.seen[origin] {
			return fmt.Errorf("%s is at %+v, not %+v: %w", origin, s.seen[origin], step.Before, referral.ErrConflict)
		}
	}
	for origin, step := range d.Seen {
		s.seen[origin] = step.After
	}
	if other {
		s.others[d.Journal] = d.Seq
	} else {
		s.seq = d.Seq
	}
	s.sum.Clicks += d.Clicks
	s.sum.LastMilli = d.LastMilli
	merge(s.sum.ByDay, d.ByDay)
	merge(s.sum.ByHour, d.ByHour)
	merge(s.sum.ByPlacementHour, d.ByPlacementHour)
	merge(s.sum.ByPlacementDay, d.ByPlacementDay)
	merge(s.sum.ByAgent, d.ByAgent)
	merge(s.sum.ByAgentMonth, d.ByAgentMonth)
	merge(s.sum.ByReferrer, d.ByReferrer)
	return s.after()
}

func merge[K comparable](cube, more map[K]Counts) {
	for key, c := range more {
		addTo(cube, key, &c)
	}
}

// plain classifies without looking at the User-Agent.
type plain struct{}

func (plain) Classify(*referral.Click) (referral.Class, classify.Agent) {
	return referral.ClassPeople, classify.Agent{Device: "phone"}
}
func (plain) Reset() {}

func appendClicks(t testing.TB, j clicklog.Journal, list ...referral.Click) uint64 {
	t.Helper()
	var data []byte
	for i := range list {
		data = clicklog.AppendRecord(data, &list[i])
	}
	seq, err := j.Append(context.Background(), data, len(list))
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func clickNow() referral.Click { return referral.Click{Milli: time.Now().UnixMilli(), Placement: 1} }

func TestApplier_waitIsAnsweredAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s := &memoryJournal{}, newSink()
		a := NewApplier(j, s, plain{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.Run(ctx) }()
		synctest.Wait()
		start := time.Now()
		seq := appendClicks(t, j, clickNow(), clickNow())
		if err := a.WaitApplied(ctx, seq); err != nil || seq != 2 || a.Status().Seq != 2 || time.Since(start) != 0 {
			t.Errorf("%v, applied %+v after %s", err, a.Status(), time.Since(start))
		}
		appendClicks(t, j, clickNow())
		time.Sleep(applyEvery + readEvery + time.Millisecond)
		if seq, _ := s.applied(); seq != 3 || a.Status().Seq != 3 || a.Status().Err != nil {
			t.Errorf("applied %d, status %+v", seq, a.Status())
		}
		short, cancelShort := context.WithTimeout(ctx, time.Minute)
		defer cancelShort()
		if err := a.WaitApplied(short, 4); !errors.Is(err, referral.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		appendClicks(t, j, clickNow())
		cancel()
		if err := <-done; err != nil || s.seq != 4 {
			t.Errorf("%v, applied %d at the end", err, s.seq)
		}
	})
}

func TestApplier_saysSinceWhenTheSinkRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s := &memoryJournal{}, newSink()
		locked := errors.New("locked")
		tries := 0
		s.setBefore(func() error { tries++; return locked })
		a := NewApplier(j, s, plain{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.Run(ctx) }()
		synctest.Wait()
		idle := a.Status()
		if !idle.StalledSince.IsZero() || idle.AppliedAt.IsZero() {
			t.Errorf("idle: %+v", idle)
		}
		appendClicks(t, j, clickNow())
		a.Wake()
		synctest.Wait()
		since := time.Now()
		time.Sleep(time.Minute)
		stalled := a.Status()
		if !errors.Is(stalled.Err, locked) || !stalled.StalledSince.Equal(since) || !stalled.AppliedAt.Equal(idle.AppliedAt) {
			t.Errorf("stalled since %s: %+v", since, stalled)
		}
		synctest.Wait()
		if tries < 30 || tries > 40 {
			t.Errorf("%d tries in a minute", tries)
		}
		appendClicks(t, j, clickNow())
		s.setBefore(func() error { return nil })
		time.Sleep(backoffMax)
		synctest.Wait()
		if got := a.Status(); got.Seq != 2 || !got.StalledSince.IsZero() || got.Err != nil {
			t.Errorf("%+v", got)
		}
		unreadable := errors.New("unreadable")
		j.setFail(unreadable)
		appendClicks(t, j, clickNow())
		time.Sleep(2 * applyEvery)
		if got := a.Status(); !errors.Is(got.Err, unreadable) || got.StalledSince.IsZero() {
			t.Errorf("journal unreadable: %+v", got)
		}
		s.setBefore(func() error { return locked })
		j.setFail(nil)
		cancel()
		if err := <-done; !errors.Is(err, locked) {
			t.Errorf("end with a locked sink: %v", err)
		}
	})
}

// Applied clicks stay for the retained time, counted by the clock, and no
// longer, though no further click comes.
func TestApplier_trims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, s := &memoryJournal{}, newSink()
		a := NewApplier(j, s, plain{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.Run(ctx) }()
		for range 60 {
			appendClicks(t, j, clickNow())
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if n := j.held(); n < 20 || n > 23 {
			t.Errorf("%d clicks of the last %s are kept", n, retain)
		}
		time.Sleep(retain - 2*time.Second)
		synctest.Wait()
		if j.held() == 0 {
			t.Error("trimmed too early")
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if _, clicks := s.applied(); j.held() != 0 || clicks != 60 {
			t.Errorf("%d batches left, %d clicks applied", j.held(), clicks)
		}
		cancel()
		<-done
	})
}

// What was applied before the clock was set back does not stay until it shows
// that time again.
func TestTrim_clockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &memoryJournal{}
		w := &NewApplier(j, newSink(), plain{}).worker
		for n := range 3 {
			seq := appendClicks(t, j, clickNow())
			ahead := max(0, 1-n) // an hour, for the first
			w.retained.push(mark{seq, time.Now().Add(time.Duration(ahead) * time.Hour).UnixMilli()})
			w.trim(t.Context(), false)
			time.Sleep(time.Second)
		}
		if n := j.held(); n != 3 {
			t.Errorf("%d of 3 are kept at once", n)
		}
		time.Sleep(retain)
		if w.trim(t.Context(), true); j.held() != 0 {
			t.Errorf("%d are kept", j.held())
		}
	})
}

func TestApplier_refusesAJournalOlderThanTheStore(t *testing.T) {
	j, s := &memoryJournal{}, newSink()
	appendClicks(t, j, clickNow())
	s.seq = 5
	if _, err := NewApplier(j, s, plain{}).step(t.Context(), true); !errors.Is(err, referral.ErrConflict) {
		t.Error(err)
	}
}

// A batch that cannot be read stops the applier there, with all before it applied.
func TestApplier_malformedBatch(t *testing.T) {
	for name, bad := range map[string]clicklog.Batch{
		"garbage":     {N: 1, Data: []byte("garbage")},
		"wrong count": {N: 2, Data: clicklog.AppendRecord(nil, &referral.Click{})},
	} {
		t.Run(name, func(t *testing.T) {
			j, s := &memoryJournal{}, newSink()
			good := appendClicks(t, j, clickNow(), clickNow())
			appendClicks(t, j, referral.Click{})
			j.batches[1].N, j.batches[1].Data = bad.N, bad.Data
			a := NewApplier(j, s, plain{})
			for range 3 {
				if _, err := a.step(t.Context(), true); !errors.Is(err, clicklog.ErrMalformed) {
					t.Error(err)
				}
			}
			if got := a.Status(); got.Seq != good || s.sum.Clicks != 2 || got.StalledSince.IsZero() {
				t.Errorf("%+v, %d clicks", got, s.sum.Clicks)
			}
		})
	}
}

// A panic halfway through loses nothing and counts nothing twice.
func TestApplier_sinkPanics(t *testing.T) {
	j, s := &memoryJournal{}, newSink()
	appendClicks(t, j, clickNow(), clickNow(), clickNow())
	s.before = func() error { panic("out of luck") }
	a := NewApplier(j, s, plain{})
	if more, err := a.step(t.Context(), true); more || err == nil || !strings.Contains(err.Error(), "out of luck") || a.Status().StalledSince.IsZero() {
		t.Fatalf("%t, %v, %+v", more, err, a.Status())
	}
	s.before = func() error { return nil }
	appendClicks(t, j, clickNow())
	if _, err := a.step(t.Context(), true); err != nil || !a.Status().StalledSince.IsZero() {
		t.Fatalf("%v, %+v", err, a.Status())
	}
	if _, clicks := s.applied(); clicks != 4 {
		t.Errorf("%d clicks, want 4", clicks)
	}
}

type touchy struct{ plain }

func (touchy) Classify(c *referral.Click) (referral.Class, classify.Agent) {
	if c.UserAgent == "boo" {
		panic(c.UserAgent)
	}
	return referral.ClassPeople, classify.Agent{}
}

func TestApplier_classifierPanics(t *testing.T) {
	j, s := &memoryJournal{}, newSink()
	boo := clickNow()
	boo.UserAgent = "boo"
	appendClicks(t, j, clickNow(), boo, clickNow())
	if _, err := NewApplier(j, s, touchy{}).step(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.sum.ByHour {
		if want := (Counts{People: 2, Bot: 1}); c != want {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
}

// visits makes clicks as people make them: each comes back to a placement now
// and then, taps several times within some seconds, and rests.
func visits(rnd *rand.Rand, n int, milli int64) []referral.Click {
	agents := []string{
		"Mozilla/5.0 (Linux; Android 13; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.163 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "",
	}
	rested := map[uint64]int64{}
	var out []referral.Click
	for len(out) < n {
		milli += rnd.Int64N(900)
		visitor := rnd.Uint64N(5)
		switch since := milli - rested[visitor]; {
		case since > 30_000:
			rested[visitor] = milli // a new visit
		case since > 18_000:
			continue
		}
		c := referral.Click{Milli: milli, Placement: 1 + rnd.Int64N(2), Province: 10, Channel: referral.ChannelQR, Visitor: visitor,
			UserAgent: agents[rnd.IntN(len(agents))], Referrer: []string{"", "a.vn"}[rnd.IntN(2)]}
		if rnd.IntN(10) == 0 {
			c.Marks = referral.MarkHead
		}
		out = append(out, c)
	}
	return out
}

// Whatever crashes where, each click is counted once and in the class that it
// has when nothing crashes. The journal is the real one.
func TestApplier_crashesAnywhere(t *testing.T) {
	classifier, err := classify.New()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for seed := range uint64(12) {
		path := filepath.Join(t.TempDir(), "journal")
		synctest.Test(t, func(t *testing.T) { crashAnywhere(t, seed, path, classifier, kinds) })
	}
	t.Logf("crashes: %v", kinds)
	for _, kind := range []string{"before commit", "after commit", "process"} {
		if kinds[kind] < 10 {
			t.Errorf("only %d crashes of kind %q", kinds[kind], kind)
		}
	}
}

var quiet = slog.New(slog.DiscardHandler)

func crashAnywhere(t *testing.T, seed uint64, path string, classifier *classify.Classifier, kinds map[string]int) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	list := visits(rnd, 400, time.Now().UnixMilli())
	classifier.Reset()
	var want []sorted
	for i := range list {
		class, agent := classifier.Classify(&list[i])
		want = append(want, sorted{list[i], class, agent})
	}
	open := func() *localjournal.Journal {
		j, err := localjournal.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	j, s := open(), newSink()
	crash := errors.New("crash")
	fault := func(kind string) func() error {
		return func() error {
			if rnd.IntN(5) > 0 {
				return nil
			}
			kinds[kind]++
			return crash
		}
	}
	s.before, s.after = fault("before commit"), fault("after commit")
	a := NewApplier(j, s, classifier)
	a.worker.log = quiet
	for rest := list; len(rest) > 0 || s.seq < uint64(len(list)); {
		if n := min(len(rest), rnd.IntN(12)); n > 0 {
			time.Sleep(time.Until(time.UnixMilli(rest[n-1].Milli)))
			appendClicks(t, j, rest[:n]...)
			rest = rest[n:]
		}
		if _, err := a.step(t.Context(), true); err != nil && !errors.Is(err, crash) {
			t.Fatal(err)
		}
		if rnd.IntN(5) == 0 { // the process dies, and with it all that it knew
			kinds["process"]++
			j.Close()
			j = open()
			a = NewApplier(j, s, classifier)
			a.worker.log = quiet
		}
	}
	if diff := gocmp.Diff(naive(want), s.sum); diff != "" {
		t.Errorf("seed %d: %s", seed, diff)
	}
	if held, err := j.Read(t.Context(), 0, 1000); err != nil || len(held) == 0 || held[0].Seq <= 12 {
		t.Errorf("seed %d: nothing was trimmed on the way (%v)", seed, err)
	}
	j.Close()
}

// A second applier moves the sink in between; both go on from where it is.
func TestApplier_somebodyElseApplied(t *testing.T) {
	j, s := &memoryJournal{}, newSink()
	one, other := NewApplier(j, s, plain{}), NewApplier(j, s, plain{})
	for range 50 {
		appendClicks(t, j, clickNow(), clickNow())
		for _, a := range []*Applier{one, other, other, one} {
			if _, err := a.step(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.sum.Clicks != 100 || s.seq != 100 || one.Status().Seq != 100 || other.Status().Seq != 100 {
		t.Errorf("%d clicks, applied %d, %+v, %+v", s.sum.Clicks, s.seq, one.Status(), other.Status())
	}
}

// A backlog of any length is applied in pieces that fit in memory.
func TestApplier_backlogIsAppliedInPieces(t *testing.T) {
	j, s := &memoryJournal{}, newSink()
	const clicks, perBatch = 200_000, 500
	for i := 0; i < clicks; i += perBatch {
		list := make([]referral.Click, perBatch)
		for k := range list {
			list[k] = referral.Click{Milli: 1_760_000_000_000 + int64(i), Placement: int64(i + k), Visitor: hash(uint64(i + k))}
		}
		appendClicks(t, j, list...)
	}
	a := NewApplier(j, s, plain{})
	pieces, largest := 0, 0
	s.before = func() error { largest = max(largest, len(a.worker.sums.cells)); return nil }
	for more := true; more; pieces++ {
		var err error
		if more, err = a.step(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if s.sum.Clicks != clicks || pieces < clicks/(maxCells+perBatch) || largest > maxCells+perBatch {
		t.Errorf("%d clicks in %d pieces of up to %d cells", s.sum.Clicks, pieces, largest)
	}
}

type noSink struct{ seq uint64 }

func (s *noSink) Applied(context.Context, string) (uint64, error) { return s.seq, nil }
func (s *noSink) Seen(context.Context, string) (Seen, error)      { return Seen{}, nil }
func (s *noSink) Apply(_ context.Context, d *Delta) error         { s.seq = d.Seq; return nil }

// BenchmarkApply is the whole way from the journal to the sink, which does
// nothing: decoding, the real classifier, and the sums.
func BenchmarkApply(b *testing.B) {
	for name, placements := range map[string]int64{"one placement": 1, "5000 placements": 5000} {
		b.Run(name, func(b *testing.B) {
			classifier, err := classify.New()
			if err != nil {
				b.Fatal(err)
			}
			const clicks, perBatch = 200_000, 200
			j := &memoryJournal{}
			rnd := rand.New(rand.NewPCG(1, 1))
			for i := 0; i < clicks; i += perBatch {
				list := make([]referral.Click, perBatch)
				for k := range list {
					list[k] = referral.Click{Milli: 1_760_000_000_000 + int64(i+k)/100, Placement: 1 + rnd.Int64N(placements), Province: referral.ProvinceID(10 * rnd.IntN(34)),
						Channel: referral.ChannelWidget, Visitor: rnd.Uint64(), Referrer: "stttt.angiang.gov.vn",
						UserAgent: fmt.Sprintf("Mozilla/5.0 (Linux; Android 13; SM-A%d46P) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.163 Mobile Safari/537.36 Zalo android/12100609", rnd.IntN(100))}
				}
				appendClicks(b, j, list...)
			}
			b.ReportAllocs()
			for b.Loop() {
				a := NewApplier(j, &noSink{}, classifier)
				for more := true; more; {
					if more, err = a.step(b.Context(), true); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(clicks*b.N)/b.Elapsed().Seconds(), "clicks/s")
		})
	}
}
