package rollup

import (
	"context"
	"time"

	"lensan/server/classify"
)

// retain is how long applied clicks stay in the journal. The rule of repeats
// looks one RepeatWindow back, from a click that was counted; that one may
// itself have been counted one RepeatWindow after another. With two windows a
// new start classes all clicks as if there had been none, except those of a
// visitor who goes on tapping, without ever pausing for a window, for longer
// than that.
const retain = 2 * classify.RepeatWindow

// mark is a place in the journal.
type mark struct {
	seq   uint64
	milli int64 // of the newest click up to there, Unix ms
}

// mark returns the place after the batch at hand. Clicks from the future (a
// clock was set back) count as of now, so that they are trimmed.
func (w *worker) mark(seq uint64) mark {
	m := mark{seq: seq}
	now := time.Now().UnixMilli()
	for i := range w.clicks {
		m.milli = max(m.milli, min(w.clicks[i].Milli, now))
	}
	return m
}

// retained are the applied batches that the journal still holds, in order,
// those of one second together.
type retained struct {
	marks   []mark
	failing bool
}

func (r *retained) push(m mark) {
	if n := len(r.marks); n > 0 {
		last := &r.marks[n-1]
		m.milli = max(m.milli, last.milli)
		if m.milli/1000 == last.milli/1000 {
			*last = m
			return
		}
	}
	r.marks = append(r.marks, m)
}

// notAfter makes places that lie in the future, since the clock was set back,
// as old as milli: else they, and all that come after, would stay until then.
func (r *retained) notAfter(milli int64) {
	for i := len(r.marks) - 1; i >= 0 && r.marks[i].milli > milli; i-- {
		r.marks[i].milli = milli
	}
}

// before returns the last place up to which all clicks are older than milli.
func (r *retained) before(milli int64) (seq uint64, n int) {
	for n < len(r.marks) && r.marks[n].milli < milli {
		seq = r.marks[n].seq
		n++
	}
	return seq, n
}

// trim forgets the clicks that no new start needs. While there are clicks to
// be applied, their time counts, else the clock. A failure is logged when it
// begins and tried again at the next step.
func (w *worker) trim(ctx context.Context, idle bool) {
	r := &w.retained
	if len(r.marks) == 0 {
		return
	}
	now := time.Now().UnixMilli()
	r.notAfter(now)
	reference := r.marks[len(r.marks)-1].milli
	if idle {
		reference = max(reference, now)
	}
	seq, n := r.before(reference - retain.Milliseconds())
	if n == 0 {
		return
	}
	if err := w.journal.Trim(ctx, seq); err != nil {
		if !r.failing && ctx.Err() == nil {
			w.log.Warn("applied clicks stay in the journal for now", "err", err)
		}
		r.failing = true
		return
	}
	r.failing = false
	r.marks = append(r.marks[:0], r.marks[n:]...)
}
