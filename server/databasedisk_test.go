package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fullDatabase fills the file system of PostgreSQL, which then refuses what
// needs room; and its own log, too, without which it stops itself.
func (rows *table) fullDatabase(t *testing.T, _ *postgres) {
	database := startPostgresOn(t, "size=160m")
	if database == nil {
		return
	}
	c := newCluster(t, database.fresh())
	c.brokers = startBrokers(t, t.TempDir())
	c.up(16)
	filler := filepath.Join(database.folder, "filler")
	mend := func() {
		t.Helper()
		begun := time.Now()
		eventually(t, 60*time.Second, "both servers say that the statistics stand still", func() error {
			return errors.Join(c.is(0, "lensan_applier_stalled", true), c.is(1, "lensan_applier_stalled", true))
		})
		t.Logf("both servers said so after %s", time.Since(begun).Round(100*time.Millisecond))
		time.Sleep(10 * time.Second)
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	rows.run(c, "PostgreSQL's disk is full; room is made after 10 s", func(*visitors) {
		defer database.snapshot()()
		fill(t, filler)
		mend()
		if database.stopped() {
			t.Error("PostgreSQL has stopped")
		}
	})
	rows.run(c, "PostgreSQL's disk is full, and it stops for want of room for its own log; room is made after 10 s, and it starts again", func(*visitors) {
		fill(t, filler)
		eventually(t, 60*time.Second, "PostgreSQL stops by itself", func() error {
			if database.stopped() {
				return nil
			}
			return errors.Join(errors.New("it runs"), database.ask("postgres", "SELECT pg_logical_emit_message(true, 'much', repeat('x', 1000000))"))
		})
		mend()
		database.kill() // what is left of it
		database.start()
	})
	c.check()
	c.stop()
}
