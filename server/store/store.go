// Package store keeps everything but clicks on their way in SQL: SQLite by
// default, or PostgreSQL. It satisfies the small interfaces that registry, access, rollup and
// stats declare, and holds every query of the product in query/*.sql. Queries
// use $1 placeholders, so that they run on PostgreSQL as they are.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

//go:embed query/*.sql
var queryFiles embed.FS

// Store is one database. It is safe for use by many goroutines. Its methods
// return errors that wrap referral.ErrUnavailable when the database is locked
// for longer than busyTimeout, full, read-only or damaged.
type Store struct {
	read  *sql.DB // many connections
	write *sql.DB // one connection, transactions take the write lock at once
	query queries

	dialect  goose.Dialect
	postgres *pgx.ConnConfig // nil for SQLite
	agents   *dictionary[agent]
	hosts    *dictionary[string]
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.read.Close(), s.write.Close()) }

// inTx runs fn in one writing transaction, rolled back if fn fails or panics.
func (s *Store) inTx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", classed(err))
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return classed(err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", classed(err))
	}
	return nil
}

// inReadTx runs fn in one reading transaction: all that fn reads is of one moment.
func (s *Store) inReadTx(ctx context.Context, fn func(*sql.Tx) error) error {
	o := sql.TxOptions{ReadOnly: true}
	if s.dialect == goose.DialectPostgres {
		o.Isolation = sql.LevelRepeatableRead // SQLite knows nothing less
	}
	tx, err := s.read.BeginTx(ctx, &o)
	if err != nil {
		return fmt.Errorf("begin: %w", classed(err))
	}
	defer tx.Rollback()
	return classed(fn(tx))
}
