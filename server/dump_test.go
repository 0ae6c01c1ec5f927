package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"lensan/server/testkit"
)

// TestPostgres_dumpIsProved takes a dump of a database beside a server, as
// examples/deploy says, restores it into another one and has that proved: by the
// sums of a whole copy, and by those of one that lacks a row.
func TestPostgres_dumpIsProved(t *testing.T) {
	live, copied := testkit.Database(t), testkit.Database(t)
	if live == "" || !testkit.Has(t, "pg_dump", "pg_restore", "psql") {
		return
	}
	server := start(t, t.TempDir(), "LENSAN_DATABASE_URL="+live)
	client, codes := noRedirect(1), server.placements(3)
	for range 40 {
		for _, code := range codes {
			mustRedirect(t, client, server.URL+"/go/"+code)
		}
	}
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, nil)
	dump := filepath.Join(t.TempDir(), "lensan.dump")
	mustCheck(t, "pg_dump", "--format=custom", "--file="+dump, live)
	mustRedirect(t, client, server.URL+"/go/"+codes[0]) // after the dump
	mustCheck(t, "pg_restore", "--exit-on-error", "--no-owner", "--dbname="+copied, dump)

	check := func() string {
		t.Helper()
		cmd := program(t.TempDir(), "check")
		cmd.Env = append(cmd.Env, "LENSAN_DATABASE_URL="+copied, "LENSAN_BASE_URL=https://lensan.example.gov.vn")
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if said := check(); !strings.Contains(said, "✓ Figures      120 clicks recorded") {
		t.Errorf("of the copy check says:\n%s", said)
	}
	mustCheck(t, "psql", "--quiet", "--command=DELETE FROM rollup_placement_day WHERE placement = 1", copied)
	if said := check(); !strings.Contains(said, "✗ Figures") {
		t.Errorf("of a copy that lacks a row check says:\n%s", said)
	}
	// The copy serves.
	second := start(t, t.TempDir(), "LENSAN_DATABASE_URL="+copied)
	mustRedirect(t, client, second.URL+"/go/"+codes[2])
	second.stop()
	server.stop()
}
