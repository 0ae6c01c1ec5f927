package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
}

// eachDatabase runs a test on a fresh, migrated store of every kind.
func eachDatabase(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, name := range wantedDatabases(t) {
		t.Run(name, func(t *testing.T) { test(t, openMigrated(t, name)) })
	}
}

func openMigrated(t testing.TB, name string) *Store {
	t.Helper()
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
