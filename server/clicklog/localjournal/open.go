package localjournal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the SQLite driver

	"lensan/server/referral"
)

// formatVersion is the file's user_version.
const formatVersion = 1

// schema makes a journal. batches.seq is the number of the batch's last click.
// meta holds "id"; "trimmed", up to which number all was forgotten; "probes".
const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE batches (seq INTEGER PRIMARY KEY, n INTEGER NOT NULL, data BLOB NOT NULL);
`

// pageSize lets a batch of some hundred clicks fill few pages.
const pageSize = 16 << 10

// checkpointPages is the length of the write-ahead log past which a commit
// also moves it into the file (4 MiB).
const checkpointPages = 256

// Open opens the journal at path, or creates it with mode 0600 in a folder of
// mode 0700. A file of a newer format is refused with referral.ErrConflict.
func Open(path string) (*Journal, error) { return open(path, time.Now) }

func open(path string, now func() time.Time) (j *Journal, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open journal %s: %w", path, err)
			if j != nil {
				err = errors.Join(err, j.Close())
			}
			j = nil
		}
	}()
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	// The driver sets the journal mode after all pragmas: page_size must come first.
	j = &Journal{path: path, now: now, untidy: true}
	j.write = connect(path, url.Values{"_txlock": {"immediate"}, "_journal_mode": {"WAL"}, "_pragma": {"busy_timeout(5000)",
		"page_size(" + strconv.Itoa(pageSize) + ")", "synchronous(FULL)", "temp_store(MEMORY)", "wal_autocheckpoint(" + strconv.Itoa(checkpointPages) + ")"}})
	j.write.SetMaxOpenConns(1)
	j.read = connect(path, url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)"}})
	j.read.SetMaxOpenConns(2)
	if err := j.create(); err != nil {
		return j, err
	}
	if err := j.prepare(); err != nil {
		return j, err
	}
	if j.last, err = j.readLast(context.Background()); err != nil {
		return j, err
	}
	j.tail.reset(j.last)
	return j, nil
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

func connect(path string, settings url.Values) *sql.DB {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		panic(err) // only an unknown driver name fails here
	}
	db.SetMaxIdleConns(2)
	return db
}

// create writes the schema and the ID into a new file, and reads them from an old one.
func (j *Journal) create() error {
	tx, err := j.write.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	switch {
	case version > formatVersion:
		return fmt.Errorf("format %d is newer than this program's %d: %w", version, formatVersion, referral.ErrConflict)
	case version == 0:
		if _, err := tx.Exec(schema); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO meta VALUES ('id', ?), ('trimmed', 0), ('probes', 0)`, "local-"+rand.Text()); err != nil {
			return err
		}
		if _, err := tx.Exec(`PRAGMA user_version = ` + strconv.Itoa(formatVersion)); err != nil {
			return err
		}
	}
	if err := tx.QueryRow(`SELECT (SELECT value FROM meta WHERE key = 'id'), (SELECT value FROM meta WHERE key = 'trimmed')`).Scan(&j.id, &j.trimmed); err != nil {
		return err
	}
	return tx.Commit()
}

func (j *Journal) prepare() error {
	var errs []error
	prepare := func(db *sql.DB, query string) *sql.Stmt {
		s, err := db.Prepare(query)
		errs = append(errs, err)
		return s
	}
	j.stmt = statements{
		insert:  prepare(j.write, `INSERT INTO batches (seq, n, data) VALUES (?, ?, ?)`),
		trim:    prepare(j.write, `DELETE FROM batches WHERE seq IN (SELECT seq FROM batches WHERE seq <= ? ORDER BY seq LIMIT ?)`),
		mark:    prepare(j.write, `UPDATE meta SET value = ? WHERE key = 'trimmed'`),
		probe:   prepare(j.write, `UPDATE meta SET value = value + 1 WHERE key = 'probes'`),
		has:     prepare(j.read, `SELECT EXISTS (SELECT 1 FROM batches WHERE seq = ? AND n = ? AND data = ?)`),
		last:    prepare(j.read, `SELECT max((SELECT value FROM meta WHERE key = 'trimmed'), coalesce((SELECT max(seq) FROM batches), 0))`),
		batches: prepare(j.read, `SELECT seq, n, data FROM batches WHERE seq > ? ORDER BY seq LIMIT ?`),
	}
	return errors.Join(errs...)
}
