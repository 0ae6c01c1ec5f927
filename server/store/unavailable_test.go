package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// lockedStore is a store whose file another connection holds locked; unlock
// lets it go.
func lockedStore(t *testing.T) (s *Store, unlock func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lensan.db")
	s, err := OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(background); err != nil {
		t.Fatal(err)
	}
	filled(t, s)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	conn, err := other.Conn(background)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(background, "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	return s, func() {
		if _, err := conn.ExecContext(background, "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
}

// With another process's lock held, reading goes on (write-ahead log) and a
// write fails within the busy timeout; after it all is well again.
func TestSQLite_locked(t *testing.T) {
	t.Parallel()
	s, unlock := lockedStore(t)
	if _, err := s.FindPortal(background, "snn-hue"); err != nil {
		t.Errorf("reading: %v", err)
	}
	if _, _, err := s.Snapshot(background); err != nil {
		t.Errorf("snapshot: %v", err)
	}
	start := time.Now()
	err := s.Write(background, func(registry.Tx) error { return nil })
	if took := time.Since(start); !errors.Is(err, referral.ErrUnavailable) || took < busyTimeout/2 || took > 2*busyTimeout {
		t.Errorf("writing: %v after %s", err, took)
	}
	unlock()
	if err := s.Write(background, func(registry.Tx) error { return nil }); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestSQLite_lockedWithDeadline(t *testing.T) {
	t.Parallel()
	s, unlock := lockedStore(t)
	defer unlock()
	ctx, cancel := context.WithTimeout(background, 100*time.Millisecond)
	defer cancel()
	err := s.Write(ctx, func(registry.Tx) error { return nil })
	if err == nil {
		t.Fatal("written")
	}
	if !errors.Is(err, referral.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestSQLite_lockedWhileOpening(t *testing.T) {
	t.Parallel()
	s, unlock := lockedStore(t)
	defer unlock()
	if err := s.Migrate(background); err != nil && !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("Migrate: %v", err)
	}
}

func TestOpenSQLite_unusable(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("this is a letter to the ministry, not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{damaged, text} {
		s, err := OpenSQLite(path)
		if err == nil {
			err = s.Migrate(background)
			s.Close()
		}
		if !errors.Is(err, referral.ErrUnavailable) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := OpenSQLite(filepath.Join(text, "x.db")); err == nil {
		t.Error("a file is taken for a folder")
	}
}

func TestOpenSQLite_isPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data & more?#%20", "dữ liệu")
	path := filepath.Join(dir, "lensan.db")
	s, err := OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(background); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
}

// Readers cannot write, so that no write goes past the write connection.
func TestSQLite_readersAreReadOnly(t *testing.T) {
	s := openMigrated(t, "sqlite")
	_, err := s.read.Exec("UPDATE registry_version SET version = 99")
	if !errors.Is(classed(err), referral.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestStore_closed(t *testing.T) {
	s, err := OpenSQLite(filepath.Join(t.TempDir(), "lensan.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(background); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Version(background); err == nil {
		t.Error("a closed store answers")
	}
}
