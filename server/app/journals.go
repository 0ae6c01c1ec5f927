package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lensan/server/classify"
	"lensan/server/clicklog"
	"lensan/server/clicklog/fallback"
	"lensan/server/clicklog/jetstream"
	"lensan/server/clicklog/localjournal"
	"lensan/server/rollup"
)

// applyTurn is the number of the lock whose holder applies the shared journal.
const applyTurn = 0x1034

// localShare is the part of LENSAN_COMMIT_WAIT that is left for the local
// journal when the shared one has not answered.
const localShare = 5

// journals are where clicks wait to be counted: the journal of this server
// alone, and with LENSAN_JOURNAL_URL the one that servers share.
type journals struct {
	own     *localjournal.Journal
	applier *rollup.Applier // of own

	stream *jetstream.Journal // nil without LENSAN_JOURNAL_URL, like what follows
	shared *rollup.Shared
	writer *fallback.Writer
}

func (a *App) openJournals(ctx context.Context) (err error) {
	j := &a.journals
	if j.own, err = a.openOwn(ctx); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	a.onClose(j.own.Close)
	classifier, err := classify.New()
	if err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	j.applier = rollup.NewApplier(j.own, a.store, classifier)
	if a.config.JournalURL == "" {
		return nil
	}
	if j.stream, err = jetstream.Open(jetstream.Options{Brokers: a.config.Brokers(), Log: a.log, Applied: a.store.Applied}); err != nil {
		return fmt.Errorf("shared journal: %w", err)
	}
	a.onClose(j.stream.Close)
	if classifier, err = classify.New(); err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	j.shared = rollup.NewShared(j.stream, a.store, classifier, a.store.Turn(applyTurn))
	j.writer = fallback.New(j.stream, j.own, fallback.Options{Patience: a.config.CommitWait - a.config.CommitWait/localShare, Log: a.log})
	a.onClose(j.writer.Close)
	return nil
}

// openOwn opens the journal of this server. One that ends before what is counted
// of it was copied while a server ran: the numbers that it would give are those
// of clicks that were counted, and whose they became would never be. It is moved
// aside for another one.
func (a *App) openOwn(ctx context.Context) (*localjournal.Journal, error) {
	folder := filepath.Join(a.config.Data, journalFolder)
	j, err := localjournal.Open(folder)
	if err != nil {
		return nil, err
	}
	applied, err := a.store.Applied(ctx, j.ID())
	last, lastErr := j.Last(ctx)
	if err := errors.Join(err, lastErr); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if applied <= last {
		return j, nil
	}
	aside := folder + a.now().Format("-2006-01-02-150405")
	err = errors.Join(j.Close(), os.Rename(folder, aside))
	a.log.Error("the journal ends before what is counted of it: another one is begun", "last", last, "applied", applied, "moved_to", aside, "err", err)
	return localjournal.Open(folder)
}

// writable is what clicks are committed to.
func (j *journals) writable() writable {
	if j.writer != nil {
		return j.writer
	}
	return j.own
}

type writable interface {
	clicklog.Writer
	clicklog.Prober
}

// run applies until ctx ends, and then what is left.
func (j *journals) run(ctx context.Context) error {
	if j.shared == nil {
		return j.applier.Run(ctx)
	}
	shared := make(chan error, 1)
	go func() { shared <- j.shared.Run(ctx) }()
	return errors.Join(j.applier.Run(ctx), <-shared)
}

// waitApplied returns when every click committed here, or in the shared
// journal, before the call is counted.
func (j *journals) waitApplied(ctx context.Context) error {
	seq, err := j.own.Last(ctx)
	if err != nil {
		return err
	}
	if j.shared == nil {
		return j.applier.WaitApplied(ctx, seq)
	}
	last, err := j.stream.LastNow(ctx)
	if err != nil {
		return err
	}
	return errors.Join(j.applier.WaitApplied(ctx, seq), j.shared.WaitApplied(ctx, last))
}

// status is what staff see of the appliers together.
func (j *journals) status() rollup.Status {
	s := j.applier.Status()
	if j.shared == nil {
		return s
	}
	shared := j.shared.Status()
	if shared.AppliedAt.Before(s.AppliedAt) {
		s.AppliedAt = shared.AppliedAt
	}
	if s.StalledSince.IsZero() || !shared.StalledSince.IsZero() && shared.StalledSince.Before(s.StalledSince) {
		s.StalledSince, s.Err = shared.StalledSince, shared.Err
	}
	return s
}

// onFallback tells since when clicks go into this server's own journal though
// servers share one, zero if they do not, and how many went there since the
// start. It is nil where servers share none.
func (j *journals) onFallback() func() (since time.Time, clicks int64) {
	if j.writer == nil {
		return nil
	}
	return func() (time.Time, int64) {
		s := j.writer.State()
		return s.Since, int64(s.Clicks)
	}
}

// degraded returns why the shared journal is not written to, nil if it is.
func (j *journals) degraded() error {
	if j.writer == nil {
		return nil
	}
	if s := j.writer.State(); !s.Since.IsZero() {
		return errors.Join(errOnFallback, s.Err)
	}
	return nil
}

var errOnFallback = errors.New("clicks go into this server's own journal")

// measure adds the figures of the shared journal; all are 0 where there is none.
func (j *journals) measure(counter, gauge func(name, help string, value func() float64)) {
	number := func(value func() float64) func() float64 {
		return func() float64 {
			if j.writer == nil {
				return 0
			}
			return value()
		}
	}
	flag := func(is func() bool) func() float64 {
		return number(func() float64 {
			if is() {
				return 1
			}
			return 0
		})
	}
	gauge("lensan_journal_fallback", "1 while clicks go into this server's own journal though servers share one.", flag(func() bool { return !j.writer.State().Since.IsZero() }))
	counter("lensan_journal_fallback_clicks_total", "Clicks that went into this server's own journal instead of the shared one.", number(func() float64 { return float64(j.writer.State().Clicks) }))
	counter("lensan_journal_fallback_turns_total", "How often this server turned from the shared journal to its own.", number(func() float64 { return float64(j.writer.State().Turns) }))
	gauge("lensan_stream_applying", "1 while this server applies the shared journal.", flag(func() bool { return j.shared.Applying() }))
	gauge("lensan_stream_applied_seq", "Number of the last batch of the shared journal that is in the statistics.", number(func() float64 { return float64(j.shared.Status().Seq) }))
	gauge("lensan_stream_lag_batches", "Batches of the shared journal that are not in the statistics yet, as far as this server knows.", number(func() float64 {
		return max(0, float64(j.stream.Reached())-float64(j.shared.Status().Seq))
	}))
	counter("lensan_batches_repeated_total", "Batches that were passed over because they had been counted before.", number(func() float64 {
		return float64(j.shared.Repeated() + j.applier.Repeated())
	}))
}
