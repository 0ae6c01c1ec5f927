package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

	"lensan/server/referral"
)

// CopyTo writes a consistent copy of the database to a new file of mode 0600,
// compacted, without keeping anybody from writing. What is not written to the
// database yet is not in it.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	if err := createPrivate(path); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return fmt.Errorf("copy database: %w", classed(err))
	}
	return nil
}

// CheckSound reads the whole database and returns ErrUnavailable wrapped, with
// the first things that are wrong, if its structure is damaged. PostgreSQL looks
// after its own.
func (s *Store) CheckSound(ctx context.Context) error {
	if s.dialect == goose.DialectPostgres {
		return nil
	}
	rows, err := s.read.QueryContext(ctx, "PRAGMA quick_check(3)")
	if err != nil {
		return fmt.Errorf("check database: %w", classed(err))
	}
	defer rows.Close()
	var faults []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return fmt.Errorf("check database: %w", classed(err))
		}
		if line != "ok" {
			faults = append(faults, line)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("check database: %w", classed(err))
	}
	if len(faults) > 0 {
		return fmt.Errorf("the database is damaged: %s: %w", strings.Join(faults, "; "), referral.ErrUnavailable)
	}
	return nil
}
