package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"

	"lensan/server/referral"
)

//go:embed migrations/*.sql
var migrations embed.FS

// provider takes steps in any order: they are written by several people at a
// time, and none needs one with a higher number.
func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if s.dialect == goose.DialectPostgres {
		return s.postgresProvider(dir)
	}
	return goose.NewProvider(s.dialect, s.write, dir, goose.WithAllowOutofOrder(true))
}

// Migrate brings the schema up to date. A schema newer than this binary knows
// is refused with referral.ErrConflict.
func (s *Store) Migrate(ctx context.Context) error {
	p, err := s.knownSchema(ctx)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", classed(err))
	}
	return nil
}

// MigrateDown takes the last migration back, with the data of its tables. It
// returns referral.ErrNotFound when none is left, and referral.ErrConflict
// when the schema is newer than this binary knows.
func (s *Store) MigrateDown(ctx context.Context) error {
	p, err := s.knownSchema(ctx)
	if err != nil {
		return err
	}
	switch current, err := p.GetDBVersion(ctx); {
	case err != nil:
		return fmt.Errorf("migrate down: %w", classed(err))
	case current == 0:
		return fmt.Errorf("migrate down: no migration is applied: %w", referral.ErrNotFound)
	}
	if _, err := p.Down(ctx); err != nil {
		return fmt.Errorf("migrate down: %w", classed(err))
	}
	return nil
}

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string    // file name: "0001_registry.sql"
	AppliedAt time.Time // zero while it is pending
}

// MigrationStatus lists all steps that this binary knows, oldest first.
func (s *Store) MigrationStatus(ctx context.Context) ([]Migration, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	steps, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", classed(err))
	}
	list := make([]Migration, len(steps))
	for i, step := range steps {
		list[i] = Migration{Version: step.Source.Version, Name: path.Base(step.Source.Path), AppliedAt: step.AppliedAt}
	}
	return list, nil
}

// Schema returns the version of the database and how many steps it lacks;
// referral.ErrConflict when it is newer than this binary knows.
func (s *Store) Schema(ctx context.Context) (version int64, pending int, err error) {
	if _, err := s.knownSchema(ctx); err != nil {
		return 0, 0, err
	}
	list, err := s.MigrationStatus(ctx)
	for _, m := range list {
		if m.AppliedAt.IsZero() {
			pending++
		} else {
			version = m.Version
		}
	}
	return version, pending, err
}

func (s *Store) knownSchema(ctx context.Context) (*goose.Provider, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("schema version: %w", classed(err))
	}
	if current > target {
		return nil, referral.Errorf(referral.ErrConflict, "error.schema_newer", "schema", strconv.FormatInt(current, 10), "known", strconv.FormatInt(target, 10))
	}
	return p, nil
}
