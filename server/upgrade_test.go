package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The next version is this one with testdata/next/9000_one_column_more.sql
// among its migrations.
const nextMigration = "9000_one_column_more.sql"

// upgrade replaces one server after the other by the next version.
func (rows *table) upgrade(c *cluster) {
	t := c.t
	next := build(t, "lensan/server", "-overlay", overlay(t, map[string]string{
		absolute(t, "store/migrations/"+nextMigration): absolute(t, "testdata/next/"+nextMigration),
	}))
	rows.run(c, "one server after the other becomes the next version, which migrates PostgreSQL", func(v *visitors) {
		for i := range c.servers {
			c.servers[i].stop()
			c.programs[i] = next
			c.start(i)
			v.servers[i].Store(c.servers[i])
			c.steady() // the other one is old at first
			time.Sleep(time.Second)
		}
	})
	for program, want := range map[string]string{"": "", next: nextMigration} {
		cmd := programOf(program, c.folders[0], "migrate", "status")
		cmd.Env = append(cmd.Env, c.setting(0)...)
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), nextMigration) != (want != "") || strings.Contains(string(out), "pending") {
			t.Errorf("migrate status of %q: %v\n%s", program, err, out)
		}
	}
	c.servers[1].stop()
	for _, args := range [][]string{{"serve"}, {"migrate", "up"}, {"migrate", "down"}} {
		cmd := programOf("", c.folders[1], args...)
		cmd.Env = append(cmd.Env, c.setting(1)...)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "9000") || !strings.Contains(string(out), "newer version of Lên Sàn") {
			t.Errorf("the old program, %v: %v\n%s", args, err, out)
		}
	}
	c.start(1)
	c.steady()
}

// overlay writes what the go command takes as -overlay: files that stand, or
// seem to stand, in place of others.
func overlay(t *testing.T, replace map[string]string) (path string) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
