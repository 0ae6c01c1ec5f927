package testkit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Migrating is what Migrated asks of a store.
type Migrating interface {
	Migrate(context.Context) error
	Close() error
}

// template is the file of a database that was migrated and closed.
var template struct {
	sync.Once
	file []byte
	err  error
}

// Migrated opens the SQLite database at path, migrated, and closes it when the
// test ends. The steps take a second with the race detector: they run once in
// a process, and where no file is yet their result is copied.
func Migrated[S Migrating](t testing.TB, path string, open func(path string) (S, error)) S {
	t.Helper()
	template.Do(func() { template.file, template.err = migratedFile(open) })
	err := template.err
	if err == nil {
		err = writeNew(path, template.file)
	}
	fresh := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if !fresh {
		if err := s.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func migratedFile[S Migrating](open func(path string) (S, error)) ([]byte, error) {
	dir, err := os.MkdirTemp("", "lensan-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "lensan.db")
	s, err := open(path)
	if err != nil {
		return nil, err
	}
	err = s.Migrate(context.Background())
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	if rest, err := os.Stat(path + "-wal"); err == nil && rest.Size() > 0 {
		return nil, errors.New("closing left a part of the database in " + rest.Name())
	}
	return os.ReadFile(path)
}

// writeNew fails with fs.ErrExist where there is a file.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
