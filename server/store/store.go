// Package store keeps everything but clicks on their way in SQL: SQLite by
// default. It satisfies the small interfaces that registry, access, rollup and
// stats declare, and holds every query of the product in query/*.sql. Queries
// use $1 placeholders, so that they run on PostgreSQL as they are.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the SQLite driver

	"lensan/server/referral"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed query/*.sql
var queryFiles embed.FS

// Store is one database. It is safe for use by many goroutines.
type Store struct {
	read  *sql.DB // many connections
	write *sql.DB // one connection, transactions take the write lock at once
	query queries
}

// OpenSQLite opens or creates the database file, mode 0600, without migrating it.
func OpenSQLite(path string) (*Store, error) {
	q, err := loadQueries(queryFiles)
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{query: q}
	pragmas := []string{"busy_timeout(5000)", "foreign_keys(1)", "journal_mode(WAL)", "synchronous(NORMAL)", "temp_store(MEMORY)"}
	if s.write, err = openSQLite(path, "immediate", pragmas); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.Ping(); err != nil {
		s.write.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if s.read, err = openSQLite(path, "deferred", append(pragmas, "query_only(1)")); err != nil {
		s.write.Close()
		return nil, err
	}
	s.read.SetMaxOpenConns(4)
	return s, nil
}

func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func openSQLite(path, lock string, pragmas []string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{"_pragma": pragmas, "_txlock": {lock}}.Encode()}
	return sql.Open("sqlite", u.String())
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.read.Close(), s.write.Close()) }

func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, s.write, dir)
}

// Migrate brings the schema up to date. A schema newer than this binary knows
// is refused with referral.ErrConflict.
func (s *Store) Migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return fmt.Errorf("migrate: schema %d is newer than this program's %d: %w", current, target, referral.ErrConflict)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// inTx runs fn in one writing transaction, rolled back if fn fails or panics.
func (s *Store) inTx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
