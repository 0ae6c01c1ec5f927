package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lensan/server/referral"
)

// busyTimeout is how long a statement waits for another process's lock: long
// enough for a checkpoint or a backup, short enough for a person who waits.
const busyTimeout = 2 * time.Second

// OpenSQLite opens or creates the database file, mode 0600, without migrating it.
func OpenSQLite(path string) (*Store, error) {
	q, err := loadQueries(queryFiles)
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{query: q, agents: newAgents(), hosts: newHosts(), dialect: goose.DialectSQLite3}
	// FULL, so that what is trimmed from the journal is on disk here, whatever
	// happens to the power.
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)"}
	if s.write, err = openSQLite(path, "immediate", pragmas); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.Ping(); err != nil {
		s.write.Close()
		return nil, fmt.Errorf("open database %s: %w", path, classed(err))
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

// classed adds referral.ErrUnavailable to errors that say that the database
// cannot be read or written now; others it returns as they are.
func classed(err error) error {
	var failure *sqlite.Error
	if errors.Is(err, referral.ErrUnavailable) {
		return err
	}
	if isPostgresUnavailable(err) {
		return &unavailable{err}
	}
	if isPostgresText(err) {
		return referral.Errorf(referral.ErrInvalid, "error.text")
	}
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PROTOCOL:
		return &unavailable{err}
	}
	return err
}

type unavailable struct{ cause error }

func (u *unavailable) Error() string   { return "database unavailable: " + u.cause.Error() }
func (u *unavailable) Unwrap() []error { return []error{referral.ErrUnavailable, u.cause} }
