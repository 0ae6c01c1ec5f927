package localjournal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lensan/server/clicklog"
	"lensan/server/testkit"
)

// smallDisk mounts a file system of some MiB. Where that is not permitted it
// fails if LENSAN_TEST_FULL=1, else says what is left out and returns "".
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("lensan-test", dir, "tmpfs", 0, "size="+size); err != nil {
		testkit.LeaveOut(t, "a full disk", "mount says: "+err.Error())
		return ""
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fill takes all room that is left and returns how to give it back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	f.Close()
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

func TestJournal_fullDisk(t *testing.T) {
	dir := smallDisk(t, "8m")
	if dir == "" {
		return
	}
	path := filepath.Join(dir, "journal")
	j := mustOpen(t, path)
	data := strings.Repeat("x", 60_000)
	last := mustAppend(t, j, data, 10)
	free := fill(t, dir)
	failed := 0
	for failed < 20 { // the segment may have room for some more
		seq, err := j.Append(t.Context(), []byte(data), 10)
		switch {
		case err == nil:
			last = seq
		case errors.Is(err, clicklog.ErrUnknown):
			t.Fatal(err)
		default:
			failed++
		}
	}
	checkLast(t, j, last)
	if err := j.Probe(t.Context()); err == nil {
		t.Error("a full disk was probed and called well")
	}
	free()
	if err := j.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	if seq := mustAppend(t, j, data, 10); seq != last+10 {
		t.Errorf("number %d after the disk was full, want %d", seq, last+10)
	}
	j.Close()
	j = mustOpen(t, path)
	checkLast(t, j, last+10)
	if n := len(mustRead(t, j, 0, 1000)); n != int(last+10)/10 {
		t.Errorf("%d batches, want %d", n, (last+10)/10)
	}
	j.Close()
}

// Clicks on a full disk are counted as lost, exactly, and the Log is well
// again by itself when there is room.
func TestLog_fullDisk(t *testing.T) {
	dir := smallDisk(t, "8m")
	if dir == "" {
		return
	}
	j := mustOpen(t, filepath.Join(dir, "journal"))
	l := clicklog.New(j, clicklog.Options{ProbeEvery: time.Millisecond, CommitWait: time.Minute})
	free := fill(t, dir)
	seen := map[clicklog.Outcome]uint64{}
	for seen[clicklog.Lost] < 30 {
		c := sample
		seen[l.Record(&c)]++
	}
	if l.Err() == nil {
		t.Error("no error while the disk is full")
	}
	free()
	for deadline := time.Now().Add(time.Minute); l.Err() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not well again without a click: %v", l.Err())
		}
	}
	c := sample
	if o := l.Record(&c); o != clicklog.Committed {
		t.Error(o)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := l.Counts()
	if counts.Lost != 30 || counts.Unconfirmed != 0 || counts.Committed != seen[clicklog.Committed]+1 {
		t.Errorf("%+v, callers saw %v", counts, seen)
	}
	checkLast(t, j, counts.Committed)
	j.Close()
}
