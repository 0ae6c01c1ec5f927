package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"lensan/server/testkit"
)

// databases are the kinds on which the whole suite runs. LENSAN_TEST_DATABASES
// names those wanted, parted by commas; all of them if it is empty.
var databases = map[string]func(t testing.TB) *Store{
	"sqlite": func(t testing.TB) *Store {
		s, err := OpenSQLite(filepath.Join(t.TempDir(), "lensan.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	},
	"postgres": openPostgres,
}

// openPostgres makes a schema of its own in the server of LENSAN_TEST_POSTGRES.
func openPostgres(t testing.TB) *Store {
	t.Helper()
	server, err := url.Parse(os.Getenv("LENSAN_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("pgx", server.String())
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("t%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := admin.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	q := server.Query()
	q.Set("search_path", schema)
	server.RawQuery = q.Encode()
	s, err := OpenPostgres(context.Background(), server.String())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var schemas atomic.Int64

// eachDatabase runs a test on a fresh, migrated store of every kind.
func eachDatabase(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, name := range wantedDatabases(t) {
		t.Run(name, func(t *testing.T) { test(t, openMigrated(t, name)) })
	}
}

func openMigrated(t testing.TB, name string) *Store {
	t.Helper()
	if name == "sqlite" {
		return testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), OpenSQLite)
	}
	s := databases[name](t)
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func wantedDatabases(t testing.TB) []string {
	t.Helper()
	wanted := strings.FieldsFunc(os.Getenv("LENSAN_TEST_DATABASES"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(wanted) == 0 {
		for name := range databases {
			if name == "postgres" && os.Getenv("LENSAN_TEST_POSTGRES") == "" {
				testkit.LeaveOut(t, "PostgreSQL", "LENSAN_TEST_POSTGRES names no server")
				continue
			}
			wanted = append(wanted, name)
		}
	}
	for _, name := range wanted {
		if databases[name] == nil {
			t.Fatalf("LENSAN_TEST_DATABASES: no database %q", name)
		}
	}
	return wanted
}
