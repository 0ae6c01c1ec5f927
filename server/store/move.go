package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"lensan/server/referral"
)

// seeded are the tables in which a migration puts a first row.
var seeded = map[string]bool{"registry_version": true, "texts_version": true, "widget_release": true, "print_serial": true}

// MoveTo copies everything into an empty PostgreSQL database, table by table,
// each in one transaction, and then compares rows and sums of both. A copy that
// was broken off goes on after the tables that are whole; a table that has other
// rows than this one is ErrConflict, before any is written to. Nobody may write
// to s meanwhile. progress, if any, is told each table with its rows.
func (s *Store) MoveTo(ctx context.Context, to *Store, progress func(table string, rows int64)) error {
	if s.dialect != goose.DialectSQLite3 || to.dialect != goose.DialectPostgres {
		return fmt.Errorf("move from %s to %s: %w", s.dialect, to.dialect, referral.ErrInvalid)
	}
	for _, x := range []*Store{s, to} {
		if err := x.Migrate(ctx); err != nil {
			return err
		}
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, _, err := s.counts(ctx, to, table); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	for _, table := range tables {
		rows, err := s.moveTable(ctx, to, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		if progress != nil {
			progress(table, rows)
		}
	}
	for _, table := range tables {
		from, err := s.sums(ctx, table)
		if err != nil {
			return fmt.Errorf("sums of %s: %w", table, err)
		}
		if got, err := to.sums(ctx, table); err != nil || got != from {
			return errors.Join(err, referral.Errorf(referral.ErrConflict, "error.move_differs", "table", table, "from", from, "to", got))
		}
	}
	return nil
}

// tables names all tables in the order in which they were made, so that each
// comes after those that it refers to.
func (s *Store) tables(ctx context.Context) (names []string, err error) {
	err = s.each(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY rowid", nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

func (s *Store) count(ctx context.Context, table string) (n int64, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, classed(err)
}

func (s *Store) columns(ctx context.Context, table string) (names []string, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, classed(err)
	}
	defer rows.Close()
	return rows.Columns()
}

// counts returns how many rows a table has here and there, and ErrConflict where
// those there are others.
func (s *Store) counts(ctx context.Context, to *Store, table string) (here, there int64, err error) {
	if here, err = s.count(ctx, table); err == nil {
		there, err = to.count(ctx, table)
	}
	if err == nil && there > 0 && there != here && !seeded[table] {
		err = referral.Errorf(referral.ErrConflict, "error.move_not_empty", "table", table)
	}
	return here, there, err
}

func (s *Store) moveTable(ctx context.Context, to *Store, table string) (n int64, err error) {
	n, there, err := s.counts(ctx, to, table)
	if err != nil || there == n && !seeded[table] {
		return n, err
	}
	columns, err := s.columns(ctx, table)
	if err != nil {
		return 0, err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, classed(err)
	}
	defer rows.Close()
	conn, err := to.write.Conn(ctx)
	if err != nil {
		return 0, classed(err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		tx, err := driver.(*stdlib.Conn).Conn().Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx)
		if seeded[table] {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, &rowSource{rows: rows, width: len(columns)}); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
	return n, classed(err)
}

// rowSource hands the rows of one database to another.
type rowSource struct {
	rows  *sql.Rows
	width int
}

func (r *rowSource) Next() bool { return r.rows.Next() }
func (r *rowSource) Err() error { return r.rows.Err() }

func (r *rowSource) Values() ([]any, error) {
	values, into := make([]any, r.width), make([]any, r.width)
	for i := range values {
		into[i] = &values[i]
	}
	return values, r.rows.Scan(into...)
}

// sums writes the number of rows, the sum of each column of numbers and the
// length of each other as one text.
func (s *Store) sums(ctx context.Context, table string) (string, error) {
	columns, err := s.columns(ctx, table)
	if err != nil {
		return "", err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return "", classed(err)
	}
	defer rows.Close()
	sums, n, source := make([]int64, len(columns)), int64(0), rowSource{rows, len(columns)}
	for ; rows.Next(); n++ {
		values, err := source.Values()
		if err != nil {
			return "", err
		}
		for i, v := range values {
			switch v := v.(type) {
			case int64:
				sums[i] += v
			case string:
				sums[i] += int64(len(v))
			case []byte:
				sums[i] += int64(len(v))
			}
		}
	}
	var b strings.Builder
	fmt.Fprint(&b, n)
	for i, name := range columns {
		fmt.Fprintf(&b, " %s=%d", name, sums[i])
	}
	return b.String(), classed(rows.Err())
}
