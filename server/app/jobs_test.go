package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/clicklog"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/text"
)

// slowJournal commits once it is let.
type slowJournal chan struct{}

func (j slowJournal) Append(context.Context, []byte, int) (uint64, error) {
	<-j
	return 1, nil
}

// A click that is answered unconfirmed right before midnight and committed after
// it is unconfirmed on neither day.
func TestQualityWriter_acrossMidnight(t *testing.T) {
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	today := referral.DayOf(time.Date(2026, 11, 24, 0, 0, 0, 0, referral.Zone))
	now := (today + 1).Start().Add(-time.Second)
	a, err := New(t.Context(), config.Config{Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: t.TempDir(), CommitWait: time.Minute},
		Options{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	fatal(t, err)
	defer a.Close()
	journal := make(slowJournal)
	a.clicks = clicklog.New(journal, clicklog.Options{CommitWait: time.Millisecond})
	w := qualityWriter{app: a}
	if o := a.clicks.Record(&referral.Click{Milli: now.UnixMilli()}); o != clicklog.Unconfirmed {
		t.Fatal(o)
	}
	fatal(t, w.write(t.Context()))
	now = now.Add(2 * time.Second)
	close(journal)
	fatal(t, a.clicks.Close(t.Context()))
	fatal(t, w.write(t.Context()))
	for _, day := range []referral.Day{today, today + 1} {
		if lost, unconfirmed, err := a.store.Quality(t.Context(), day, day); err != nil || lost != 0 || unconfirmed != 0 {
			t.Errorf("%s: %d lost, %d unconfirmed, %v", day, lost, unconfirmed, err)
		}
	}
}

// A job that panics is one that fails: told of once, tried again, and no end of
// the server.
func TestEvery_panics(t *testing.T) {
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	var log bytes.Buffer
	a := &App{log: slog.New(slog.NewTextHandler(&log, nil))}
	turns := 0
	a.every(ctx, time.Millisecond, "unlucky", func(context.Context) error {
		switch turns++; turns {
		case 1, 2:
			panic("out of luck")
		case 4:
			end()
		}
		return nil
	})
	if got := log.String(); strings.Count(got, "job fails") != 1 || !strings.Contains(got, "out of luck") || !strings.Contains(got, "jobs_test.go") || strings.Count(got, "job works again") != 1 {
		t.Errorf("%d turns, log: %s", turns, got)
	}
}
