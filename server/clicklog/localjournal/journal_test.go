package localjournal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

var _ clicklog.Prober = (*Journal)(nil)

func mustOpen(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "journal.db") }

func mustAppend(t testing.TB, j *Journal, data string, n int) uint64 {
	t.Helper()
	seq, err := j.Append(t.Context(), []byte(data), n)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func mustRead(t testing.TB, j *Journal, after uint64, max int) []clicklog.Batch {
	t.Helper()
	got, err := j.Read(t.Context(), after, max)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func mustTrim(t testing.TB, j *Journal, seq uint64) {
	t.Helper()
	if err := j.Trim(t.Context(), seq); err != nil {
		t.Fatal(err)
	}
}

func checkLast(t testing.TB, j *Journal, want uint64) {
	t.Helper()
	if got, err := j.Last(t.Context()); err != nil || got != want {
		t.Errorf("last number %d (%v), want %d", got, err, want)
	}
}

func TestJournal_numbersGrowByClicks(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	checkLast(t, j, 0)
	want := []clicklog.Batch{{Seq: 3, N: 3, Data: []byte("abc")}, {Seq: 4, N: 1, Data: []byte("d")}, {Seq: 6, N: 2, Data: []byte("ef")}}
	for _, b := range want {
		if seq := mustAppend(t, j, string(b.Data), b.N); seq != b.Seq {
			t.Errorf("number %d, want %d", seq, b.Seq)
		}
	}
	for _, c := range []struct {
		after uint64
		max   int
		want  []clicklog.Batch
	}{{0, 10, want}, {0, 2, want[:2]}, {3, 10, want[1:]}, {4, 10, want[2:]}, {6, 10, nil}, {99, 10, nil}} {
		if diff := cmp.Diff(c.want, mustRead(t, j, c.after, c.max)); diff != "" {
			t.Errorf("after %d: %s", c.after, diff)
		}
	}
	if _, err := j.Append(t.Context(), nil, 0); err == nil {
		t.Error("a batch of no clicks was taken")
	}
}

func TestJournal_lastNeverGoesBack(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	id := j.ID()
	for i := range 100 {
		mustAppend(t, j, strings.Repeat("x", 100*i), 1)
	}
	for _, c := range []struct {
		trim uint64
		left int
	}{{40, 60}, {10, 60}, {100, 0}, {5000, 0}} {
		mustTrim(t, j, c.trim)
		if n := len(mustRead(t, j, 0, 1000)); n != c.left {
			t.Errorf("%d batches after trimming %d, want %d", n, c.trim, c.left)
		}
		checkLast(t, j, 100)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = mustOpen(t, path)
		checkLast(t, j, 100)
	}
	if seq := mustAppend(t, j, "y", 2); seq != 102 {
		t.Errorf("number %d after trimming all, want 102", seq)
	}
	if j.ID() != id || id == "" || id == mustOpen(t, newPath(t)).ID() {
		t.Errorf("names %q and %q", id, j.ID())
	}
}

func TestJournal_isPrivate(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	mustAppend(t, j, "a", 1)
	files := 0
	err := filepath.WalkDir(filepath.Dir(path), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", p, info.Mode())
		}
		files++
		return nil
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

// The driver orders settings as it likes; those that matter must hold.
func TestOpen_settings(t *testing.T) {
	j := mustOpen(t, newPath(t))
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "page_size": strconv.Itoa(pageSize), "wal_autocheckpoint": strconv.Itoa(checkpointPages)} {
		var got string
		if err := j.write.QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", name, got, err, want)
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	newer := newPath(t)
	mustOpen(t, newer).Close()
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`PRAGMA user_version = 2`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := Open(newer); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("a newer format: %v", err)
	}
	garbage := newPath(t)
	os.MkdirAll(filepath.Dir(garbage), 0o700)
	os.WriteFile(garbage, []byte(strings.Repeat("this is no database. ", 1000)), 0o600)
	if _, err := Open(garbage); err == nil {
		t.Error("garbage was opened")
	}
}

// Read stops at a few MiB however many batches are asked for.
func TestJournal_readIsBounded(t *testing.T) {
	j := mustOpen(t, newPath(t))
	const batches = 30
	for range batches {
		mustAppend(t, j, strings.Repeat("x", 512<<10), 1000)
	}
	got, after := 0, uint64(0)
	for {
		some := mustRead(t, j, after, 1000)
		if len(some) == 0 {
			break
		}
		size := 0
		for _, b := range some {
			size += len(b.Data)
			after = b.Seq
		}
		if size > readBytes+512<<10 {
			t.Errorf("%d bytes at once", size)
		}
		got += len(some)
	}
	if got != batches {
		t.Errorf("%d batches, want %d", got, batches)
	}
}

func diskSize(t testing.TB, path string) (size int64) {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

// With a steady stream that is trimmed the file keeps its size; after a long
// backlog it is small again, and nothing of the clicks is left on disk.
func TestJournal_sizeIsBounded(t *testing.T) {
	path := newPath(t)
	now := time.Unix(1_760_000_000, 0)
	j, err := open(path, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	secret := strings.Repeat("Zalo android/12100609 ", 2500) // 55 KB
	const kept = 20
	var largest int64
	for i := range uint64(600) { // 33 MB
		mustAppend(t, j, secret, 1)
		if i > kept && i%10 == 0 {
			mustTrim(t, j, i-kept)
		}
		if i > 300 {
			largest = max(largest, diskSize(t, path))
		}
		if i%50 == 0 {
			now = now.Add(time.Second)
		}
	}
	if limit := int64(4*kept*len(secret) + 2*checkpointPages*pageSize); largest > limit {
		t.Errorf("%d bytes for a stream of which %d are kept, want at most %d", largest, kept*len(secret), limit)
	}
	for range 100 { // backlog
		mustAppend(t, j, secret, 1)
	}
	if size := diskSize(t, path); size < 100*int64(len(secret)) {
		t.Fatalf("a backlog of %d bytes takes %d", 100*len(secret), size)
	}
	now = now.Add(tidyEvery)
	mustTrim(t, j, 600)
	small := mustAppend(t, j, "Zalo android/12100609 small", 1)
	now = now.Add(tidyEvery)
	mustTrim(t, j, small)
	if size := diskSize(t, path); size > 5*pageSize {
		t.Errorf("%d bytes after all was trimmed", size)
	}
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("Zalo")) {
			t.Errorf("%s still holds a User-Agent that was forgotten", filepath.Base(name))
		}
	}
	checkLast(t, j, small)
}

// While one goroutine appends, another reads and trims: every batch is read
// once, in order.
func TestJournal_readAndTrimWhileAppending(t *testing.T) {
	j := mustOpen(t, newPath(t))
	const batches = 150
	var wg sync.WaitGroup
	wg.Go(func() {
		rnd := rand.New(rand.NewPCG(1, 2))
		for range batches {
			n := 1 + rnd.IntN(3)
			mustAppend(t, j, strings.Repeat("x", 20_000*n), n)
		}
	})
	var got int
	for after := uint64(0); got < batches; {
		for _, b := range mustRead(t, j, after, 7) {
			if b.Seq != after+uint64(b.N) || len(b.Data) != 20_000*b.N {
				t.Fatalf("batch %d of %d clicks and %d bytes after %d", b.Seq, b.N, len(b.Data), after)
			}
			after = b.Seq
			got++
		}
		mustTrim(t, j, after)
	}
	wg.Wait()
	if rest := mustRead(t, j, 0, 10); len(rest) != 0 {
		t.Errorf("%d batches left", len(rest))
	}
}

// A file that can neither be written nor read leaves the outcome unknown; when
// a number is in doubt it is read anew.
func TestJournal_unknown(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	mustAppend(t, j, "abc", 3)
	j.Close()
	if _, err := j.Append(context.Background(), []byte("d"), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("append to a dead file: %v", err)
	}
	if _, err := j.Append(context.Background(), []byte("e"), 1); err == nil || errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("append without knowing the last number: %v", err)
	}
	if _, err := j.Last(context.Background()); err == nil {
		t.Error("a number in doubt was told")
	}

	j = mustOpen(t, path)
	j.last, j.unsure = 1, true
	if seq := mustAppend(t, j, "d", 1); seq != 4 {
		t.Errorf("number %d, want 4", seq)
	}
	j.last = 3 // somebody else gave number 4
	if seq, err := j.Append(t.Context(), []byte("e"), 1); err == nil || errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("number %d was given twice (%v)", seq, err)
	}
	if seq := mustAppend(t, j, "e", 1); seq != 5 {
		t.Errorf("number %d, want 5", seq)
	}
	j.last = 4 // a commit that went through and was reported as failed
	if seq := mustAppend(t, j, "e", 1); seq != 5 {
		t.Errorf("number %d, want 5", seq)
	}
}
