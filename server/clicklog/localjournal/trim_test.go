package localjournal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func diskSize(t testing.TB, path string) (size int64) {
	t.Helper()
	for _, file := range journalFiles(t, path) {
		size += file.Size()
	}
	return size
}

func journalFiles(t testing.TB, path string) (files []os.FileInfo) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // a spare that has just been given its name
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, info)
	}
	return files
}

// With a steady stream that is trimmed the folder keeps its size; after a long
// backlog it is small again, and nothing of the clicks is left in it.
func TestJournal_sizeIsBounded(t *testing.T) {
	path := newPath(t)
	now := time.Unix(1_760_000_000, 0)
	j, err := open(path, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	secret := strings.Repeat("Zalo android/12100609 ", 25000) // 550 KB
	const kept = 20
	var largest int64
	for i := range uint64(200) { // 110 MB
		mustAppend(t, j, secret, 1)
		if i > kept && i%10 == 0 {
			mustTrim(t, j, i-kept)
		}
		if i > 100 {
			largest = max(largest, diskSize(t, path))
		}
		now = now.Add(20 * time.Millisecond)
	}
	if limit := int64(kept*len(secret) + 4*segmentSize); largest > limit {
		t.Errorf("%d bytes for a stream of which %d are kept, want at most %d", largest, kept*len(secret), limit)
	}
	mustTrim(t, j, 200)
	small := mustAppend(t, j, "Zalo android/12100609 small", 1)
	now = now.Add(2 * rotateAfter)
	mustTrim(t, j, small)
	mustTrim(t, j, small)
	j.making.Wait()
	if size := diskSize(t, path); size > (1+maxSpares)*segmentSize+100 {
		t.Errorf("%d bytes after all was trimmed", size)
	}
	checkForgotten(t, path, "Zalo")
	checkLast(t, j, small)
}

// checkForgotten looks for a text in all files of a folder.
func checkForgotten(t *testing.T, path, text string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a spare that was not wanted
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("%s still holds %q", e.Name(), text)
		}
	}
}

// What a rush of clicks left in a file leaves the disk when it is over, though
// the file was used again meanwhile, whether or not single clicks keep coming.
func TestJournal_rushIsForgotten(t *testing.T) {
	for name, follow := range map[string]func(t *testing.T, j *Journal, later func()){
		"nothing comes": func(t *testing.T, j *Journal, later func()) { mustTrim(t, j, mustAppend(t, j, "x", 1)) },
		"single clicks": func(t *testing.T, j *Journal, later func()) {
			for range 3 {
				before := mustAppend(t, j, "x", 1)
				later()
				mustTrim(t, j, before-1)
			}
		},
		"a restart": func(t *testing.T, j *Journal, later func()) {
			later()
			mustTrim(t, j, j.current().base)
			mustAppend(t, j, "x", 1)
			j.Close()
			j = mustOpen(t, j.dir)
			mustTrim(t, j, mustAppend(t, j, "x", 1))
			j.making.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			now := time.Unix(1_760_000_000, 0)
			j, err := open(path, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			later := func() { now = now.Add(2 * rotateAfter) }
			rush := mustAppend(t, j, strings.Repeat("Zalo android/12100609 ", 2*wipeStep/22), 1000)
			later()
			mustTrim(t, j, 0)
			mustAppend(t, j, "x", 1)
			mustTrim(t, j, rush)
			j.making.Wait()
			if len(j.spares) == 0 {
				t.Fatal("the file is not used again")
			}
			follow(t, j, later)
			j.making.Wait()
			checkForgotten(t, path, "Zalo")
		})
	}
}

// A steady stream uses the same files again and again, wherever in a segment the
// trimming comes: to make files and to delete them would hold commits up.
func TestJournal_filesAreUsedAgain(t *testing.T) {
	batch := strings.Repeat("x", segmentSize/4-headerSize)
	for kept := range uint64(5) {
		path := newPath(t)
		j := mustOpen(t, path)
		var files []os.FileInfo
		for i := uint64(1); i <= 28; i++ {
			mustAppend(t, j, batch, 1)
			mustTrim(t, j, i-min(i, 4+kept))
			j.making.Wait()
			if i < 14 {
				continue
			}
			now := journalFiles(t, path)
			for _, f := range now {
				if i > 14 && !slices.ContainsFunc(files, func(known os.FileInfo) bool { return os.SameFile(f, known) }) {
					t.Fatalf("%d kept: %s is new after %d batches", 4+kept, f.Name(), i)
				}
			}
			if i == 14 {
				files = now
			}
		}
	}
}

// A spare that is too small for a frame is not left behind.
func TestJournal_spareTooSmall(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	spare, err := createZeros(path, smallestSegment)
	if err != nil {
		t.Fatal(err)
	}
	j.spares = append(j.spares, spare)
	j.current().end = j.current().size // full
	mustAppend(t, j, strings.Repeat("x", 2*smallestSegment), 1)
	if _, err := os.Stat(spare.name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the spare: %v", err)
	}
}

// A segment keeps its frames until its new name is durable: after the power
// failed it may have the old one.
func TestJournal_wipesUnderADurableName(t *testing.T) {
	j := mustOpen(t, newPath(t))
	mustAppend(t, j, "counted", 3)
	s := j.current()
	file, err := os.Open(s.name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	j.segments, j.wiping, j.dir = nil, 1, filepath.Join(t.TempDir(), "gone") // which cannot be made durable
	j.wipeSpare(s)
	if _, _, err := readFrame(file, s.size, 0, 0, 0); err != nil {
		t.Error(err)
	}
	if len(j.spares) > 0 {
		t.Error("the segment is used again")
	}
}
