package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/clicklog"
	"lensan/server/clicklog/localjournal"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/text"
)

// apply counts all clicks that were recorded.
func apply(t *testing.T, a *App) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.journals.run(ctx) }()
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := a.journals.waitApplied(wait)
	end()
	fatal(t, errors.Join(err, <-ended))
}

// A data folder that was copied while a server ran may hold a journal that is
// older than its database: every click after that is counted all the same.
func TestOpenJournals_olderThanTheDatabase(t *testing.T) {
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	data := t.TempDir()
	journal, copied := filepath.Join(data, journalFolder), filepath.Join(t.TempDir(), "copy")
	// serve records clicks, counts them and returns how many are counted in all.
	serve := func(clicks int, recorded func()) int64 {
		t.Helper()
		a, err := New(t.Context(), config.Config{Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: data, CommitWait: time.Minute},
			Options{Texts: texts, Log: slog.New(slog.DiscardHandler)})
		fatal(t, err)
		defer a.Close()
		recorded()
		for range clicks {
			if o := a.clicks.Record(&referral.Click{Milli: a.now().UnixMilli()}); o != clicklog.Committed {
				t.Fatal(o)
			}
		}
		apply(t, a)
		fatal(t, a.clicks.Close(t.Context()))
		counted, _, err := a.store.AppliedClicks(t.Context())
		fatal(t, err)
		return counted
	}
	if counted := serve(5, func() { fatal(t, localjournal.Copy(journal, copied)) }); counted != 5 {
		t.Fatalf("%d clicks, want 5", counted)
	}
	fatal(t, os.RemoveAll(journal))
	fatal(t, os.Rename(copied, journal))
	for want := int64(12); want < 30; want += 7 {
		if counted := serve(7, func() {}); counted != want {
			t.Errorf("%d clicks, want %d", counted, want)
		}
	}
	if aside, err := filepath.Glob(journal + "-*"); err != nil || len(aside) != 1 {
		t.Errorf("moved aside: %v, %v", aside, err)
	}
}
