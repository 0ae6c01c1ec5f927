package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"lensan/server/backup"
	"lensan/server/classify"
	"lensan/server/clicklog/localjournal"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/store"
)

// Names in the data folder while a backup is made. The journal's copy holds
// what ADR 0004 lets lie for seconds only, so it stays there and goes at once.
const (
	backupFolder = "backup.tmp"
	backupLock   = "backup.lock"
)

// applyWait bounds how long a backup counts the clicks that were not applied.
const applyWait = 10 * time.Minute

// Backup writes everything that is kept under c, but for the day's visitor key,
// into a new file, and may run beside a server of the same version. The clicks
// of the journal that were not counted yet are counted in the copy: every click
// answered before the call is in it, and no address, User-Agent or hash is. An
// existing file is refused with referral.ErrConflict.
func Backup(ctx context.Context, c config.Config, program, path string) (m backup.Manifest, err error) {
	if c.DatabaseURL != "" {
		return m, referral.Errorf(referral.ErrInvalid, "error.backup_postgres")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return m, errors.Join(referral.Errorf(referral.ErrConflict, "error.backup_file_there", "path", path), err)
	}
	if !exists(filepath.Join(c.Data, databaseFile)) {
		return m, referral.Errorf(referral.ErrNotFound, "error.backup_nothing", "path", c.Data)
	}
	lock := flock.New(filepath.Join(c.Data, backupLock), flock.SetPermissions(0o600))
	if locked, err := lock.TryLock(); err != nil {
		return m, fmt.Errorf("lock backup: %w", err)
	} else if !locked {
		return m, referral.Errorf(referral.ErrConflict, "error.backup_running")
	}
	defer lock.Unlock()
	journal := filepath.Join(c.Data, backupFolder)
	if err := os.RemoveAll(journal); err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(journal)) }()
	// The journal first: whatever a server takes out of it afterwards is in the
	// database by then.
	if source := filepath.Join(c.Data, journalFolder); exists(source) {
		if err := localjournal.Copy(source, journal); err != nil {
			return m, err
		}
	}
	stage, err := os.MkdirTemp(filepath.Dir(path), ".lensan-backup-*")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	m = backup.Manifest{Program: program, CreatedAt: time.Now().UTC().Truncate(time.Second)}
	database := filepath.Join(stage, databaseFile)
	if m.Schema, m.Clicks, err = copyStore(ctx, c, database, journal); err != nil {
		return m, err
	}
	return writeBackup(m, database, filepath.Join(stage, "backup"), path)
}

// copyStore copies the database and counts in the copy what the journal's copy,
// if there is one, holds beyond it.
func copyStore(ctx context.Context, c config.Config, path, journal string) (schema, clicks int64, err error) {
	live, err := OpenStore(c)
	if err != nil {
		return 0, 0, err
	}
	schema, pending, err := live.Schema(ctx)
	if errors.Is(err, referral.ErrConflict) || err == nil && pending > 0 {
		err = referral.Errorf(referral.ErrConflict, "error.backup_schema")
	}
	if err == nil {
		err = live.CopyTo(ctx, path)
	}
	if err = errors.Join(err, live.Close()); err != nil {
		return 0, 0, err
	}
	s, err := store.OpenSQLite(path)
	if err != nil {
		return 0, 0, err
	}
	if exists(journal) {
		err = countRest(ctx, s, journal)
	}
	if err == nil {
		clicks, _, err = s.AppliedClicks(ctx)
	}
	return schema, clicks, errors.Join(err, s.Close())
}

// countRest applies to s what a journal holds beyond it.
func countRest(ctx context.Context, s *store.Store, folder string) error {
	j, err := localjournal.Open(folder)
	if err != nil {
		return err
	}
	defer j.Close()
	applied, err := s.Applied(ctx, j.ID())
	if err != nil {
		return err
	}
	last, err := j.Last(ctx)
	if err != nil || last <= applied {
		return err
	}
	classifier, err := classify.New()
	if err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	applier := rollup.NewApplier(j, s, classifier)
	running, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- applier.Run(running) }()
	wait, cancel := context.WithTimeout(ctx, applyWait)
	defer cancel()
	err = applier.WaitApplied(wait, last)
	end()
	return errors.Join(err, <-ended)
}

// writeBackup writes the archive, reads it back, and gives it its name last.
func writeBackup(m backup.Manifest, database, stage, path string) (backup.Manifest, error) {
	source, err := os.Open(database)
	if err != nil {
		return m, err
	}
	defer source.Close()
	file, err := os.OpenFile(stage, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return m, err
	}
	m, err = backup.Write(file, m, source)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = proveBackup(file)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return m, fmt.Errorf("write backup: %w", err)
	}
	if err := os.Rename(stage, path); err != nil {
		return m, fmt.Errorf("write backup: %w", err)
	}
	return m, syncFolder(filepath.Dir(path))
}
