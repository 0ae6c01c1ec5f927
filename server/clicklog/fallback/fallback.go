// Package fallback commits clicks to a journal elsewhere, and to the local one
// while that refuses or is slow. It does not know what the one elsewhere is.
//
// Every batch that is sent elsewhere carries a ticket. When a commit fails or is
// not acknowledged within Patience, it may have been written or may yet be:
// nobody can tell. So the same batch with the same ticket goes into the local
// journal at once, and whoever adds clicks up counts a ticket once. With that
// the ticket's origin ends (see clicklog.Ticket): what comes now goes into the
// local journal without a ticket, until a probe was written elsewhere; then a
// new origin begins.
package fallback

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lensan/server/clicklog"
)

// Elsewhere is the journal that is written to while it can be.
type Elsewhere interface {
	clicklog.Writer
	clicklog.Prober
	// Err returns why it cannot be written to, as far as is known without
	// asking; nil if nothing is known.
	Err() error
}

// Local is the journal that takes what Elsewhere does not.
type Local interface {
	clicklog.Writer
	clicklog.Prober
}

// Options of a Writer. The zero value of each field stands for its default.
type Options struct {
	Patience   time.Duration // how long one commit elsewhere may take; default 200 ms
	ProbeEvery time.Duration // while nothing is written elsewhere; default 250 ms
	Log        *slog.Logger
}

func (o *Options) setDefaults() {
	if o.Patience <= 0 {
		o.Patience = 200 * time.Millisecond
	}
	if o.ProbeEvery <= 0 {
		o.ProbeEvery = 250 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
}

// An origin that lives shorter than steady was a false start: each doubles the
// pause before the next one, from ProbeEvery up to longestPause times that.
const (
	steady       = 10 * time.Second
	longestPause = 16
)

// State is what staff see of a Writer.
type State struct {
	Since  time.Time // since when clicks go into the local journal; zero if they go elsewhere
	Err    error     // why
	Clicks uint64    // that went into the local journal since the start
	Turns  uint64    // how often it turned to the local journal since the start
}

// origin gives the tickets of one time during which all went well.
type origin struct {
	name string
	last uint64
}

func (o *origin) take() clicklog.Ticket {
	o.last++
	return clicklog.Ticket{Origin: o.name, Number: o.last}
}

// Writer is a clicklog.Writer: one goroutine calls Append, its other methods may
// be called from any.
type Writer struct {
	elsewhere Elsewhere
	local     Local
	o         Options

	origin atomic.Pointer[origin] // nil while clicks go into the local journal
	clicks atomic.Uint64

	mu    sync.Mutex
	since time.Time
	began time.Time     // of the last origin
	pause time.Duration // from since to the first probe
	err   error
	turns uint64

	end  context.CancelFunc
	done sync.WaitGroup
}

// New returns a Writer that begins with the local journal and turns elsewhere
// as soon as that takes a probe. It closes neither.
func New(e Elsewhere, l Local, o Options) *Writer {
	o.setDefaults()
	ctx, end := context.WithCancel(context.Background())
	w := &Writer{elsewhere: e, local: l, o: o, since: time.Now(), end: end}
	w.done.Go(func() { w.watch(ctx) })
	return w
}

// Close ends the probing.
func (w *Writer) Close() error {
	w.end()
	w.done.Wait()
	return nil
}

// State returns the state now.
func (w *Writer) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := State{Clicks: w.clicks.Load(), Turns: w.turns}
	if w.origin.Load() == nil {
		s.Since, s.Err = w.since, w.err
	}
	return s
}

// Append implements clicklog.Writer. The number that it returns is of the
// journal that took the batch.
func (w *Writer) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	from := w.origin.Load()
	if from == nil {
		return w.fallBack(ctx, data, n)
	}
	ticket := from.take()
	data = append(clicklog.AppendTicket(make([]byte, 0, len(data)+64), ticket), data...)
	patience, cancel := context.WithTimeout(ctx, w.o.Patience)
	seq, err := w.elsewhere.Append(patience, data, n)
	cancel()
	if err == nil {
		return seq, nil
	}
	w.turn(from, err)
	seq, localErr := w.fallBack(ctx, data, n)
	switch {
	case localErr == nil:
		return seq, nil
	case errors.Is(err, clicklog.ErrUnknown) && !errors.Is(localErr, clicklog.ErrUnknown):
		localErr = errors.Join(clicklog.ErrUnknown, localErr)
	}
	return 0, fmt.Errorf("%w; before that: %w", localErr, err)
}

func (w *Writer) fallBack(ctx context.Context, data []byte, n int) (uint64, error) {
	seq, err := w.local.Append(ctx, data, n)
	if err == nil {
		w.clicks.Add(uint64(n))
	}
	return seq, err
}

// Probe tells whether the local journal takes writes, without which nothing is left.
func (w *Writer) Probe(ctx context.Context) error { return w.local.Probe(ctx) }

// turn turns to the local journal, once for each origin.
func (w *Writer) turn(from *origin, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.origin.CompareAndSwap(from, nil) {
		return
	}
	now := time.Now()
	if w.pause = max(2*w.pause, w.o.ProbeEvery); now.Sub(w.began) > steady {
		w.pause = w.o.ProbeEvery
	}
	w.pause = min(w.pause, longestPause*w.o.ProbeEvery)
	w.since, w.err = now, err
	w.turns++
	w.o.Log.Warn("clicks go into the local journal", "err", err)
}

// back begins an origin.
func (w *Writer) back() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began = time.Now()
	w.origin.Store(&origin{name: rand.Text()})
	w.o.Log.Info("clicks go into the shared journal", "after", w.began.Sub(w.since).Round(time.Millisecond), "clicks_written_locally", w.clicks.Load())
}

// watch probes while clicks go into the local journal, and listens to Err while
// they do not, lest the first click after a quiet time find out.
func (w *Writer) watch(ctx context.Context) {
	for wait := time.Duration(0); ; wait = w.o.ProbeEvery {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if from := w.origin.Load(); from != nil {
			if err := w.elsewhere.Err(); err != nil {
				w.turn(from, err)
			}
			continue
		}
		w.mu.Lock()
		due := time.Since(w.since) >= w.pause
		w.mu.Unlock()
		if !due {
			continue
		}
		patience, cancel := context.WithTimeout(ctx, w.o.Patience)
		err := w.elsewhere.Probe(patience)
		cancel()
		if err == nil {
			w.back()
			continue
		}
		w.mu.Lock()
		w.err = err
		w.mu.Unlock()
	}
}
