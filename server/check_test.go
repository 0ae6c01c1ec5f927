package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheck_says holds each finding about data to a folder that has the fault.
func TestCheck_says(t *testing.T) {
	execute := func(t *testing.T, data, statement string, args ...any) {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "lensan.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, data string)
		want  string
		fails bool
	}{
		"sound": {func(*testing.T, string) {}, "✓ Journal      sound, last click number 3, 0 not counted yet", false},
		"clock": {func(t *testing.T, data string) {
			tomorrow := time.Now().Add(24 * time.Hour)
			if err := os.Chtimes(filepath.Join(data, "visitor.key"), tomorrow, tomorrow); err != nil {
				t.Fatal(err)
			}
		}, "✗ Clock        the clock is behind the files", true},
		"last click": {func(t *testing.T, data string) {
			execute(t, data, "UPDATE journal_applied SET last_milli = $1", time.Now().Add(time.Hour).UnixMilli())
		}, "✗ Clock        the clock is behind the last click", true},
		"older journal": {func(t *testing.T, data string) { execute(t, data, "UPDATE journal_applied SET seq = 9") },
			"✗ Journal      ends at click 3, but the database counts up to 9", true},
		"figures": {func(t *testing.T, data string) { execute(t, data, "UPDATE journal_applied SET clicks = 4") },
			"✗ Figures      tables disagree with the journal", true},
		"newer": {func(t *testing.T, data string) {
			execute(t, data, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		}, "✗ Database     was written by a newer version", true},
		"damaged": {func(t *testing.T, data string) {
			file, err := os.OpenFile(filepath.Join(data, "lensan.db"), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if info, err := file.Stat(); err != nil || file.Truncate(info.Size()/2) != nil {
				t.Fatal(err)
			}
		}, "✗ Database ", true},
		"journal": {func(t *testing.T, data string) {
			if err := os.WriteFile(filepath.Join(data, "journal", "id"), []byte("strange"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "✗ Journal      not usable", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			server := start(t, data)
			code, client := server.placements(1)[0], noRedirect(1)
			for range 3 {
				mustRedirect(t, client, server.URL+"/go/"+code)
			}
			server.stop()
			c.spoil(t, data)
			out, err := program(data, "check").CombinedOutput()
			if !strings.Contains(string(out), c.want) || (err != nil) != c.fails {
				t.Errorf("status %v, want %q in\n%s", err, c.want, out)
			}
		})
	}
}
