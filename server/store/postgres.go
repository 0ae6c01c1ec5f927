package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// OpenPostgres connects to a database by its URL ("postgres://…"), without
// migrating it. Several processes may use one database.
func OpenPostgres(ctx context.Context, url string) (*Store, error) {
	q, err := loadQueries(queryFiles)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	config.DialFunc = dial
	s := &Store{query: q, agents: newAgents(), hosts: newHosts(), dialect: goose.DialectPostgres, postgres: config}
	s.write, s.read = stdlib.OpenDB(*config), stdlib.OpenDB(*config)
	s.write.SetMaxOpenConns(1)
	s.read.SetMaxOpenConns(8)
	if err := s.write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s/%s: %w", config.Host, config.Database, classed(err)), s.Close())
	}
	return s, nil
}

// postgresProvider takes the same steps without the words that SQLite alone
// understands. Several processes that start at once wait for each other.
func (s *Store) postgresProvider(dir fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(s.dialect, s.write, withoutRowID{dir}, goose.WithAllowOutofOrder(true), goose.WithSessionLocker(locker))
}

// withoutRowID takes WITHOUT ROWID from the files that it opens.
type withoutRowID struct{ fs.FS }

func (w withoutRowID) Open(name string) (fs.File, error) {
	if path.Ext(name) != ".sql" {
		return w.FS.Open(name)
	}
	raw, err := fs.ReadFile(w.FS, name)
	if err != nil {
		return nil, err
	}
	raw = bytes.ReplaceAll(raw, []byte(") WITHOUT ROWID;"), []byte(");"))
	f, err := w.FS.Open(name)
	return sqlFile{f, bytes.NewReader(raw)}, err
}

// sqlFile is a file with other content.
type sqlFile struct {
	fs.File
	content *bytes.Reader
}

func (f sqlFile) Read(b []byte) (int, error) { return f.content.Read(b) }

// postgresUnavailable are classes of SQLSTATE (PostgreSQL manual, appendix A)
// that say that the database cannot be read or written now: connection,
// serialisation, resources, operator, system.
var postgresUnavailable = map[string]bool{"08": true, "40": true, "53": true, "55": true, "57": true, "58": true, "XX": true}

func isPostgresUnavailable(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return len(refused.Code) == 5 && postgresUnavailable[refused.Code[:2]]
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isPostgresText reports whether a text was refused that PostgreSQL cannot hold
// (SQLSTATE 22021): one with a NUL, or that is no UTF-8. SQLite finds nothing by it.
func isPostgresText(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "22021"
}
