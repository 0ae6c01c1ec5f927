package rollup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"lensan/server/classify"
	"lensan/server/clicklog"
	"lensan/server/referral"
	"lensan/server/safely"
)

// readBatches bounds one reading of the journal; the journal bounds its bytes.
const readBatches = 256

// worker is the part of an Applier that runs in one goroutine. What it knows
// beyond the journal and the sink may be lost at any moment:
//
//   - Sums that were not applied are read again from the journal after
//     Sink.Applied, because Apply moves that number in its transaction.
//   - What the classifier remembered is rebuilt by showing it the clicks that
//     the journal still holds from before that number, see retained.
//   - Which batches were counted that came with a ticket is asked again of
//     Sink.Seen.
type worker struct {
	journal    clicklog.Journal
	sink       Sink
	classifier Classifier
	tickets    bool // origins write to this journal; else it holds copies
	log        *slog.Logger
	applied    func(seq uint64) // told of each new number
	repeated   atomic.Uint64    // batches that had been counted before

	ready    bool   // warmed up
	id       string // of the journal that it is warmed up for
	after    uint64 // Sink.Applied
	position uint64 // last number in sums
	sums     *Accumulator
	batches  []mark // in sums
	retained retained
	origins  map[string]*SeenStep // of the tickets met, none before the warm-up
	clicks   []referral.Click     // of the batch at hand; kept for its memory
	texts    clicklog.Texts
}

// step warms up if need be and reads until the sums are full or the journal
// ends. When they are full, or it is due, it applies the sums and trims. It
// reports whether there is more to do at once. After an error it can be called
// again and goes on where it failed.
func (w *worker) step(ctx context.Context, due bool) (more bool, err error) {
	if w.ready && w.madeAnew() {
		if w.position > w.after { // who knows where else they are
			if err := w.apply(ctx); err != nil {
				return false, err
			}
		}
		w.log.Warn("the journal was made anew", "journal", w.journal.ID(), "before", w.id, "applied", w.after)
		w.ready = false
	}
	if !w.ready {
		if err := w.warmUp(ctx); err != nil {
			return false, err
		}
	}
	more, readErr := w.gather(ctx)
	if !due && !more {
		return false, readErr
	}
	if w.position > w.after {
		if err := w.apply(ctx); err != nil || !w.ready {
			return err == nil, err
		}
	}
	if w.madeAnew() { // meanwhile: its numbers are others
		return readErr == nil, readErr
	}
	w.trim(ctx, !more && readErr == nil)
	return more, readErr
}

func (w *worker) madeAnew() bool { return w.journal.ID() != w.id }

// warmUp shows the classifier the retained clicks, and starts after those that
// the sink has.
func (w *worker) warmUp(ctx context.Context) error {
	if _, err := w.journal.Last(ctx); err != nil { // one that was not reached has no name yet
		return err
	}
	id := w.journal.ID()
	after, err := w.sink.Applied(ctx, id)
	if err != nil {
		return fmt.Errorf("last applied number: %w", err)
	}
	last, err := w.journal.Last(ctx)
	if err != nil {
		return err
	}
	if after > last {
		_, err := w.journal.Read(ctx, after, 1) // of which one elsewhere learns where it had been
		return errors.Join(fmt.Errorf("clicks up to %d are applied, but journal %s ends at %d: it is older than the store: %w", after, id, last, referral.ErrConflict), err)
	}
	w.classifier.Reset()
	w.sums.Reset()
	w.batches = w.batches[:0]
	w.retained = retained{}
	w.origins = map[string]*SeenStep{}
	for position := uint64(0); position < after; {
		batches, err := w.journal.Read(ctx, position, readBatches)
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			break
		}
		for i := range batches {
			if position = batches[i].Seq; position > after {
				break
			}
			if _, err := w.decode(&batches[i]); err != nil {
				return err
			}
			for i := range w.clicks {
				w.classify(&w.clicks[i])
			}
			w.retained.push(w.mark(position))
		}
	}
	w.id, w.after, w.position, w.ready = id, after, after, true
	w.applied(after)
	return nil
}

// gather reads into the sums until they are full (more is true) or hold what
// the journal held at the beginning.
func (w *worker) gather(ctx context.Context) (more bool, err error) {
	last, err := w.journal.Last(ctx)
	if err != nil {
		return false, err
	}
	for !w.sums.Full() && !w.madeAnew() {
		if w.position >= last {
			return false, nil
		}
		batches, err := w.journal.Read(ctx, w.position, readBatches)
		if err != nil || len(batches) == 0 || w.madeAnew() {
			return false, err
		}
		for i := range batches {
			if w.sums.Full() {
				break
			}
			if err := w.take(ctx, &batches[i]); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// take adds one batch to the sums, wholly or not at all. One that was counted
// already, here or from another journal, is passed over.
func (w *worker) take(ctx context.Context, b *clicklog.Batch) error {
	ticket, err := w.decode(b)
	if err != nil {
		return err
	}
	again := false
	if ticket != (clicklog.Ticket{}) {
		seen, err := w.seen(ctx, ticket.Origin)
		if err != nil {
			return err
		}
		if again = seen.After.Has(ticket.Number, !w.tickets); !again {
			seen.After = seen.After.With(ticket.Number, !w.tickets)
		}
	}
	if b.After > w.position {
		w.log.Warn("the journal lacks clicks that were not applied", "journal", w.id, "after", w.position, "up_to", b.After)
	}
	if again {
		w.repeated.Add(1)
		w.clicks = w.clicks[:0]
	}
	for i := range w.clicks {
		class, agent := w.classify(&w.clicks[i])
		w.sums.Add(&w.clicks[i], class, &agent)
	}
	w.position = b.Seq
	w.batches = append(w.batches, w.mark(b.Seq))
	return nil
}

// decode reads a batch's clicks and its ticket. One that cannot be read stops the applier
// rather than being passed over: a newer version of this program may know how.
func (w *worker) decode(b *clicklog.Batch) (clicklog.Ticket, error) {
	w.clicks = w.clicks[:0]
	r := clicklog.NewReader(b.Data, w.texts)
	for {
		if len(w.clicks) == cap(w.clicks) {
			w.clicks = append(w.clicks, referral.Click{})
		} else {
			w.clicks = w.clicks[:len(w.clicks)+1]
		}
		if !r.Next(&w.clicks[len(w.clicks)-1]) {
			w.clicks = w.clicks[:len(w.clicks)-1]
			break
		}
	}
	if err := r.Err(); err != nil {
		return clicklog.Ticket{}, fmt.Errorf("batch %d: %w", b.Seq, err)
	}
	if len(w.clicks) != b.N {
		return clicklog.Ticket{}, fmt.Errorf("batch %d holds %d clicks instead of %d: %w", b.Seq, len(w.clicks), b.N, clicklog.ErrMalformed)
	}
	return r.Ticket(), nil
}

// classify asks the classifier; a click on which it panics is counted as
// nobody in particular, lest the same click bring down every new start.
func (w *worker) classify(c *referral.Click) (class referral.Class, agent classify.Agent) {
	err := safely.Run(func() error { class, agent = w.classifier.Classify(c); return nil })
	if err != nil {
		w.log.Error("a click is not classified", "err", err)
		class, agent = referral.ClassBot, classify.Agent{Device: classify.Other, OS: classify.Other, Browser: classify.Other, App: "browser"}
	}
	return class, agent
}

// apply hands the sums to the sink. When the sink's number is not where it was
// left, because somebody else applied or because an Apply that was reported as
// failed was not, or when a batch of the sums was counted from another journal
// meanwhile, the sink's word counts: warm up again from there.
func (w *worker) apply(ctx context.Context) error {
	delta, err := w.sums.Delta(w.id, w.after, w.position)
	if err != nil {
		return err
	}
	delta.Seen = w.seenSteps()
	err = w.sink.Apply(ctx, delta)
	if errors.Is(err, referral.ErrConflict) {
		applied, lookErr := w.sink.Applied(ctx, w.id)
		if lookErr != nil {
			return fmt.Errorf("last applied number: %w", lookErr)
		}
		if applied != w.position && applied != w.after {
			w.log.Warn("the sink has moved by itself", "journal", w.id, "from", w.after, "to", applied)
			w.ready = false
			return nil
		}
		if applied != w.position {
			w.ready = false
			return fmt.Errorf("apply clicks %d to %d: %w", w.after+1, w.position, err)
		}
		err = nil // it was our own, applied though reported as failed
	}
	if err != nil {
		return fmt.Errorf("apply clicks %d to %d: %w", w.after+1, w.position, err)
	}
	w.after = w.position
	w.sums.Reset()
	w.keepSeen()
	for _, m := range w.batches {
		w.retained.push(m)
	}
	w.batches = w.batches[:0]
	w.applied(w.after)
	return nil
}
