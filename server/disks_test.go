package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lensan/server/testkit"
)

// disks fills the file systems of all brokers, and then of one server, too.
func (rows *table) disks(t *testing.T, database *postgres) {
	c := newCluster(t, database.fresh())
	folder, small := t.TempDir(), t.TempDir()
	if !smallDisk(t, folder, "size=192m") || !smallDisk(t, small, "size=3m") {
		return
	}
	c.brokers = startBrokers(t, folder)
	c.up(16)
	turned := func() {
		t.Helper()
		eventually(t, time.Minute, "both servers use their own journals", func() error {
			return errors.Join(c.is(0, onFallback, true), c.is(1, onFallback, true))
		})
	}
	// A broker whose disk was full takes nothing before it is started again,
	// though there is room.
	mend := func() {
		t.Helper()
		if err := os.Remove(filepath.Join(folder, "filler")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		turned()
		for _, n := range c.brokers.list {
			n.kill()
			n.start()
		}
		eventually(t, 60*time.Second, "both servers use the shared journal", func() error {
			return errors.Join(c.is(0, onFallback, false), c.is(1, onFallback, false))
		})
	}
	rows.run(c, "the brokers' disks are full; room is made and they start again after 3 s", func(*visitors) {
		fill(t, filepath.Join(folder, "filler"))
		turned()
		time.Sleep(3 * time.Second)
		mend()
	})
	c.servers[0].stop()
	c.folders[0] = small
	c.start(0)
	f := c.during("the brokers' disks and that of one server are full; room is made, and brokers start again, after 3 s", admitted, func(*visitors) {
		fill(t, filepath.Join(folder, "filler"))
		turned()
		filler := filepath.Join(c.folders[0], "filler")
		fill(t, filler)
		eventually(t, 60*time.Second, "clicks are lost", func() error {
			if lost, err := c.metric(0, "lensan_clicks_lost_total"); err != nil || lost == 0 {
				return errors.Join(err, errors.New("none is"))
			}
			return nil
		})
		time.Sleep(3 * time.Second)
		mend()
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	})
	if f.lost == 0 || f.cut == 0 && f.answered != f.recorded+f.lost {
		t.Errorf("%d answered, %d recorded and %d counted as lost", f.answered, f.recorded, f.lost)
	}
	*rows = append(*rows, f)
	c.stop()
}

// smallDisk puts a file system of its own on a folder. Where that may not be it
// says so and returns false.
func smallDisk(t *testing.T, folder, size string) bool {
	t.Helper()
	if err := syscall.Mount("lensan-test", folder, "tmpfs", 0, size); err != nil {
		testkit.LeaveOut(t, "a full disk", "mount says: "+err.Error())
		return false
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return true
}
