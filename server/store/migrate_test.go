package store

import (
	"context"
	"database/sql"
	"errors"
	goflag "flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pressly/goose/v3"

	"lensan/server/referral"
)

func openUnmigrated(t *testing.T, name string) *Store {
	t.Helper()
	s := databases[name](t)
	t.Cleanup(func() { s.Close() })
	return s
}

func eachUnmigrated(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, name := range wantedDatabases(t) {
		t.Run(name, func(t *testing.T) { test(t, openUnmigrated(t, name)) })
	}
}

func migrationFiles(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	return files
}

func TestMigrate_freshAndAgain(t *testing.T) {
	eachUnmigrated(t, func(t *testing.T, s *Store) {
		steps := len(migrationFiles(t))
		list, err := s.MigrationStatus(background)
		if err != nil || len(list) != steps || list[0].Name != "0001_registry.sql" || list[0].Version != 1 {
			t.Fatalf("status of an empty database: %+v, %v", list, err)
		}
		for _, m := range list {
			if !m.AppliedAt.IsZero() {
				t.Errorf("%s is applied", m.Name)
			}
		}
		if err := s.Migrate(background); err != nil {
			t.Fatal(err)
		}
		want := filled(t, s)
		if err := s.Migrate(background); err != nil {
			t.Fatalf("again: %v", err)
		}
		if got, err := s.FindPortal(background, "snn-hue"); err != nil || got.Name != want.Portals[1].Name {
			t.Errorf("data after migrating again: %+v, %v", got, err)
		}
		list, err = s.MigrationStatus(background)
		if err != nil || len(list) != steps {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, m := range list {
			if m.AppliedAt.IsZero() {
				t.Errorf("%s is pending", m.Name)
			}
		}
	})
}

func TestMigrate_refusesANewerSchema(t *testing.T) {
	eachUnmigrated(t, func(t *testing.T, s *Store) {
		if err := s.Migrate(background); err != nil {
			t.Fatal(err)
		}
		filled(t, s)
		if _, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)", true); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(background); !errors.Is(err, referral.ErrConflict) {
			t.Errorf("Migrate: %v", err)
		}
		if err := s.MigrateDown(background); !errors.Is(err, referral.ErrConflict) {
			t.Errorf("MigrateDown: %v", err)
		}
		if _, err := s.FindPortal(background, "snn-hue"); err != nil {
			t.Errorf("the data was touched: %v", err)
		}
	})
}

func TestMigrate_downToNothingAndUp(t *testing.T) {
	eachUnmigrated(t, func(t *testing.T, s *Store) {
		if err := s.Migrate(background); err != nil {
			t.Fatal(err)
		}
		for range migrationFiles(t) {
			if err := s.MigrateDown(background); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.MigrateDown(background); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("below nothing: %v", err)
		}
		if left := tables(t, s); len(left) != 0 {
			t.Errorf("tables left: %v", left)
		}
		if err := s.Migrate(background); err != nil {
			t.Fatalf("up again: %v", err)
		}
		filled(t, s)
	})
}

// tables returns the names of all tables but the migrations' own.
func tables(t *testing.T, s *Store) (names []string) {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY name"
	if s.dialect == goose.DialectPostgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' ORDER BY table_name"
	}
	rows, err := s.read.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// TestMigrate_fillsNarrowCubes: what 0006 makes of older cubes is what would be
// there had it always been.
func TestMigrate_fillsNarrowCubes(t *testing.T) {
	aTenthOfChecks(t)
	inWorld(t, func(t *rapid.T, w *world) {
		applyInParts(t, w, drawClicks(t, w, 400))
		cubes := []string{"rollup_placement_total_month", "rollup_campaign_day", "rollup_campaign_month", "rollup_agent_country_day"}
		want := map[string]map[string]cellCounts{}
		for _, cube := range cubes {
			want[cube] = w.dump(t, cube)
		}
		for w.version(t) >= 6 {
			if err := w.MigrateDown(background); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Migrate(background); err != nil {
			t.Fatal(err)
		}
		for _, cube := range cubes {
			if diff := cmp.Diff(want[cube], w.dump(t, cube)); diff != "" {
				t.Fatalf("%s (-applied +migrated):\n%s", cube, diff)
			}
		}
	})
}

// aTenthOfChecks lets the test draw less often than others do: each time a
// database goes many steps down and up again.
func aTenthOfChecks(t *testing.T) {
	t.Helper()
	all := goflag.Lookup("rapid.checks").Value.String()
	n, err := strconv.Atoi(all)
	if err == nil {
		err = goflag.Set("rapid.checks", strconv.Itoa(max(1, n/10)))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { goflag.Set("rapid.checks", all) })
}

// version returns that of the last migration applied.
func (w *world) version(t fataler) (version int64) {
	list, err := w.MigrationStatus(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if !m.AppliedAt.IsZero() {
			version = m.Version
		}
	}
	return version
}

// Each step is one transaction and can be taken back.
func TestMigrations_haveBothWays(t *testing.T) {
	for _, path := range migrationFiles(t) {
		raw, err := fs.ReadFile(migrations, path)
		if err != nil {
			t.Fatal(err)
		}
		up, down, ok := strings.Cut(string(raw), "-- +goose Down")
		if !ok || !strings.Contains(up, "-- +goose Up") || strings.TrimSpace(down) == "" {
			t.Errorf("%s has no way up or down", path)
		}
		if strings.Contains(string(raw), "NO TRANSACTION") {
			t.Errorf("%s is not one transaction", path)
		}
	}
}

// The files of testdata/schema are databases as each released schema left
// them, as SQL; the data in them is kept by every later one.
func TestMigrate_keepsTheDataOfOlderSchemas(t *testing.T) {
	files, err := filepath.Glob("testdata/schema/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no older schema: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dump, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "old.db")
			old, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := old.Exec(string(dump)); err != nil {
				t.Fatal(err)
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			s, err := OpenSQLite(path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
			fresh := openMigrated(t, "sqlite")
			want := filled(t, fresh)
			for i := range want.Placements {
				got, err := s.FindPlacement(background, want.Placements[i].Code)
				if diff := cmp.Diff(want.Placements[i], got); err != nil || diff != "" {
					t.Errorf("%v %s", err, diff)
				}
			}
			wantSnap, _, err := fresh.Snapshot(background)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := s.Snapshot(background)
			if diff := cmp.Diff(wantSnap, got); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
			if diff := cmp.Diff(tables(t, fresh), tables(t, s)); diff != "" {
				t.Errorf("tables: %s", diff)
			}
		})
	}
}
