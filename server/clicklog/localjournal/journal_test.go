package localjournal

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
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

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "journal") }

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
	want := []clicklog.Batch{{Seq: 3, N: 3, Data: []byte("abc")}, {After: 3, Seq: 4, N: 1, Data: []byte("d")}, {After: 4, Seq: 6, N: 2, Data: []byte("ef")}}
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
	}{{100, 0}, {5000, 0}} {
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
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestOpen_refuses(t *testing.T) {
	newer := newPath(t)
	mustOpen(t, newer).Close()
	if err := os.WriteFile(filepath.Join(newer, idFile), []byte("lensan-journal-2 x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(newer); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("a newer format: %v", err)
	}
	if _, _, err := Inspect(newer); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("inspecting a newer format: %v", err)
	}
	stranger := newPath(t)
	mustOpen(t, stranger).Close()
	if err := os.WriteFile(filepath.Join(stranger, "other.clicks"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(stranger); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("a strange file: %v", err)
	}
}

// segments fills n segments with frames of a quarter of a segment, none across
// two, and returns the batches.
func fillSegments(t *testing.T, j *Journal, n int) (want []clicklog.Batch) {
	t.Helper()
	for i := range 3 * n {
		data := bytes.Repeat([]byte{byte('a' + i%26)}, segmentSize/4)
		seq := mustAppend(t, j, string(data), 7)
		want = append(want, clicklog.Batch{After: seq - 7, Seq: seq, N: 7, Data: data})
	}
	return want
}

func TestJournal_severalSegments(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	want := fillSegments(t, j, 3)
	check := func(j *Journal, want []clicklog.Batch) {
		t.Helper()
		var got []clicklog.Batch
		for after := want[0].Seq - 7; ; after = got[len(got)-1].Seq {
			some := mustRead(t, j, after, 2)
			if len(some) == 0 {
				break
			}
			got = append(got, some...)
		}
		if diff := cmp.Diff(len(want), len(got)); diff != "" {
			t.Fatal(diff)
		}
		for i := range want {
			if got[i].Seq != want[i].Seq || !bytes.Equal(got[i].Data, want[i].Data) {
				t.Errorf("batch %d differs", want[i].Seq)
			}
		}
	}
	check(j, want)
	if _, last, err := Inspect(path); err != nil || last != 63 {
		t.Errorf("inspected %d (%v), want 63", last, err)
	}
	j.Close()
	j = mustOpen(t, path)
	check(j, want)
	mustTrim(t, j, 35)
	check(j, want[5:])
	j.Close()
	j = mustOpen(t, path)
	check(j, want[5:])
	checkLast(t, j, 63)
}

// A frame that a crash has torn, at any byte, is as if it had never been; one
// that is damaged before others is not passed over.
func TestOpen_tornAndDamaged(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	mustAppend(t, j, "first batch", 2)
	whole := j.current().end
	mustAppend(t, j, "second batch", 3)
	end, name := j.current().end, j.current().name
	j.Close()
	sound, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := whole; cut < end; cut++ {
		torn := bytes.Clone(sound)
		clear(torn[cut:end])
		if err := os.WriteFile(name, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, last, err := Inspect(path); err != nil || last != 2 {
			t.Fatalf("cut at %d: last %d (%v), want 2", cut, last, err)
		}
	}
	j = mustOpen(t, path)
	if seq := mustAppend(t, j, "another second", 1); seq != 3 {
		t.Errorf("number %d after a torn frame, want 3", seq)
	}
	j.rotate(smallestSegment)
	mustAppend(t, j, "third", 1)
	j.Close()
	sound[headerSize] ^= 1
	if err := os.WriteFile(name, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("a damaged segment before another was passed over")
	}
}

// A write that failed leaves nothing behind, whatever reached the disk: the
// next segment's name says where the damaged one ends.
func TestJournal_failedWrite(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	mustAppend(t, j, "kept", 2)
	s := j.current()
	ghost := appendFrame(nil, s.base, 5, 3, []byte("never acknowledged"))
	if _, err := s.file.WriteAt(ghost, s.end); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(s.name) // refuses writes
	if err != nil {
		t.Fatal(err)
	}
	writer := s.file
	s.file = reader
	if _, err := j.Append(t.Context(), []byte("x"), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("append to a file that takes no writes: %v", err)
	}
	writer.Close()
	checkNext(t, j)
}

// checkNext appends to a journal that kept two clicks, and opens it again: the
// next one comes after them, and nothing between.
func checkNext(t *testing.T, j *Journal) {
	t.Helper()
	if seq := mustAppend(t, j, "next", 1); seq != 3 {
		t.Errorf("number %d, want 3", seq)
	}
	j.Close()
	j = mustOpen(t, j.dir)
	want := []clicklog.Batch{{Seq: 2, N: 2, Data: []byte("kept")}, {After: 2, Seq: 3, N: 1, Data: []byte("next")}}
	if diff := cmp.Diff(want, mustRead(t, j, 0, 10)); diff != "" {
		t.Error(diff)
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

// A folder may have any name: what lies in it is found again.
func TestOpen_folderOfAnyName(t *testing.T) {
	path := filepath.Join(t.TempDir(), `sổ [1] \*?`, "journal")
	j := mustOpen(t, path)
	mustAppend(t, j, "abc", 3)
	j.Close()
	j = mustOpen(t, path)
	checkLast(t, j, 3)
	copied := newPath(t)
	if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Copy(path, copied); err != nil {
		t.Fatal(err)
	}
	if _, last, err := Inspect(copied); err != nil || last != 3 {
		t.Errorf("the copy ends at %d (%v), want 3", last, err)
	}
}

// After a segment could not be begun no frame goes into an earlier one: the
// name that ends that one may be on disk.
func TestJournal_failedRotation(t *testing.T) {
	path := newPath(t)
	now := time.Unix(1_760_000_000, 0)
	j, err := open(path, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, "kept", 2)
	now = now.Add(2 * rotateAfter)
	mustTrim(t, j, 0)
	empty := j.current()
	empty.damaged = true // as after a write that failed
	replace := func(with func(name string) error) {
		t.Helper()
		if err := errors.Join(os.RemoveAll(empty.name), with(empty.name)); err != nil {
			t.Fatal(err)
		}
	}
	replace(func(name string) error { return os.Mkdir(name, 0o700) }) // over which no file can be moved
	if _, err := j.Append(t.Context(), []byte("x"), 1); err == nil {
		t.Fatal("a segment was begun over a folder")
	}
	replace(func(name string) error { return os.WriteFile(name, make([]byte, smallestSegment), 0o600) })
	now = now.Add(2 * retryAfter)
	checkNext(t, j)
}
