package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"lensan/server/backup"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/store"
)

// restoringFile is the database's name until it is proved.
const restoringFile = "restoring.db"

// Restore puts the database of a backup into a data folder that holds none. It
// returns referral.ErrConflict when there is data, a server runs on the folder
// or the backup is of a newer program, and referral.ErrInvalid when the file is
// no backup or damaged; the folder then holds what it held before.
func Restore(ctx context.Context, c config.Config, path string) (m backup.Manifest, err error) {
	if c.DatabaseURL != "" {
		return m, referral.Errorf(referral.ErrInvalid, "error.backup_postgres")
	}
	file, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer file.Close()
	archive, err := backup.Open(file)
	if err != nil {
		return m, err
	}
	a := &App{config: c}
	if err := a.lockData(); err != nil {
		return m, err
	}
	defer a.Close()
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-journal", journalFolder, visitorFile} {
		if there := filepath.Join(c.Data, name); exists(there) {
			return m, referral.Errorf(referral.ErrConflict, "error.restore_not_empty", "path", there)
		}
	}
	stage := filepath.Join(c.Data, restoringFile)
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(stage + suffix)
		}
	}()
	if err := extract(archive, stage); err != nil {
		return m, err
	}
	if err := proveStore(ctx, archive.Manifest, stage); err != nil {
		return m, err
	}
	if err := os.Rename(stage, filepath.Join(c.Data, databaseFile)); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	return archive.Manifest, syncFolder(c.Data)
}

func extract(archive *backup.Archive, path string) error {
	target, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err = archive.Extract(target); err == nil {
		err = target.Sync()
	}
	return errors.Join(err, target.Close())
}

// proveStore opens a restored database: its schema is one that this program
// knows, its pages are sound, and it counts as many clicks as the manifest says.
func proveStore(ctx context.Context, m backup.Manifest, path string) (err error) {
	s, err := store.OpenSQLite(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	version, _, err := s.Schema(ctx)
	if errors.Is(err, referral.ErrConflict) {
		return referral.Errorf(referral.ErrConflict, "error.restore_newer", "program", m.Program)
	}
	if err != nil {
		return err
	}
	if err := s.CheckSound(ctx); err != nil {
		return err
	}
	clicks, _, err := s.AppliedClicks(ctx)
	if err == nil && (clicks != m.Clicks || version != m.Schema) {
		err = referral.Errorf(referral.ErrInvalid, "error.backup_damaged", "part", databaseFile)
	}
	return err
}

// proveBackup reads a backup from the beginning of a file.
func proveBackup(file io.ReadSeeker) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	archive, err := backup.Open(file)
	if err != nil {
		return err
	}
	return archive.Extract(io.Discard)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
