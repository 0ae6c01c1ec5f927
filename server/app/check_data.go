package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"lensan/server/clicklog/localjournal"
	"lensan/server/config"
	"lensan/server/referral"
)

// maxBacklog is the number of clicks not counted yet past which Check warns; a
// busy server has some thousands.
const maxBacklog = 100_000

// clockSlack is how far times may lie in the future.
const clockSlack = time.Minute

func failed(subject, key string, nameValue ...string) Finding {
	return Finding{Subject: subject, Level: Failure, Key: key, Args: referral.Errorf(nil, "", nameValue...).Args}
}

func checkDatabase(ctx context.Context, c config.Config) []Finding {
	bad := func(err error) []Finding { return []Finding{failed("database", "database_bad", "cause", err.Error())} }
	s, err := OpenStore(c)
	if err != nil {
		return bad(err)
	}
	defer s.Close()
	version, pending, err := s.Schema(ctx)
	switch {
	case errors.Is(err, referral.ErrConflict):
		return []Finding{failed("database", "database_newer")}
	case err != nil:
		return bad(err)
	case pending > 0:
		return []Finding{{Subject: "database", Level: Warning, Key: "database_pending", Args: referral.Args{"n": fmt.Sprint(pending)}}}
	}
	if err := s.CheckSound(ctx); err != nil {
		return []Finding{failed("database", "database_damaged", "cause", err.Error())}
	}
	if err := s.CheckWritable(ctx); err != nil {
		return bad(err)
	}
	findings := []Finding{{Subject: "database", Key: "database_fine", Args: referral.Args{"version": fmt.Sprint(version)}}}
	differences, err := s.Reconcile(ctx)
	if err != nil {
		return append(findings, bad(err)...)
	}
	clicks, last, err := s.AppliedClicks(ctx)
	if err != nil {
		return append(findings, bad(err)...)
	}
	counts := Finding{Subject: "counts", Key: "counts_fine", Args: referral.Args{"n": fmt.Sprint(clicks)}}
	if len(differences) > 0 {
		counts.Level, counts.Key, counts.Args["which"] = Failure, "counts_bad", fmt.Sprint(differences)
	}
	return append(findings, counts, checkClock(c, last))
}

// checkClock holds the clock against the last click and the newest file.
func checkClock(c config.Config, click time.Time) Finding {
	now := time.Now()
	write := func(t time.Time) string { return t.In(referral.Zone).Format("15:04:05 02/01/2006") }
	if click.After(now.Add(clockSlack)) {
		return failed("clock", "clock_behind", "time", write(click))
	}
	if file := newestFile(c.Data); file.After(now.Add(clockSlack)) {
		return failed("clock", "clock_behind_files", "time", write(file))
	}
	return Finding{Subject: "clock", Key: "clock_fine", Args: referral.Args{"time": write(now)}}
}

// newestFile returns when a file of a folder was last written. Files that
// vanish meanwhile do not count.
func newestFile(folder string) (newest time.Time) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	return newest
}

// checkJournal reads the journal and how much of it is counted. What is
// counted is asked before where the journal ends: a server may run.
func checkJournal(ctx context.Context, c config.Config) Finding {
	folder := filepath.Join(c.Data, journalFolder)
	id, last, err := localjournal.Inspect(folder)
	var applied uint64
	if err == nil && (c.DatabaseURL != "" || exists(filepath.Join(c.Data, databaseFile))) {
		applied = appliedOf(ctx, c, id)
		_, last, err = localjournal.Inspect(folder)
	}
	if err != nil {
		return failed("journal", "journal_bad", "cause", err.Error())
	}
	if last < applied {
		return failed("journal", "journal_older", "seq", fmt.Sprint(last), "applied", fmt.Sprint(applied))
	}
	f := Finding{Subject: "journal", Key: "journal_fine", Args: referral.Args{"seq": fmt.Sprint(last), "n": fmt.Sprint(last - applied)}}
	if last-applied > maxBacklog {
		f.Level, f.Key = Warning, "journal_backlog"
	}
	return f
}

// appliedOf returns up to which number a journal is counted, 0 where the
// database cannot tell: that is a finding of its own.
func appliedOf(ctx context.Context, c config.Config, journal string) uint64 {
	s, err := OpenStore(c)
	if err != nil {
		return 0
	}
	defer s.Close()
	applied, err := s.Applied(ctx, journal)
	if err != nil {
		return 0
	}
	return applied
}
