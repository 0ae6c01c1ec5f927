package localjournal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lensan/server/referral"
)

// format stands in the file "id" before the journal's name.
const format = "lensan-journal-1"

const idFile = "id"

// Open opens the journal in a folder, or creates it with mode 0700 and files
// of mode 0600. A folder of another format is refused with referral.ErrConflict.
func Open(dir string) (*Journal, error) { return open(dir, time.Now) }

func open(dir string, now func() time.Time) (*Journal, error) {
	j := &Journal{dir: dir, now: now}
	if err := j.openFolder(); err != nil {
		for _, s := range j.segments {
			s.file.Close()
		}
		return nil, fmt.Errorf("open journal %s: %w", dir, err)
	}
	j.tail.reset(j.last)
	return j, nil
}

func (j *Journal) openFolder() (err error) {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	if j.id, err = readID(j.dir); errors.Is(err, fs.ErrNotExist) {
		j.id, err = writeID(j.dir)
	}
	if err != nil {
		return err
	}
	spares, err := files(j.dir, sparePattern)
	if err != nil {
		return err
	}
	for _, name := range spares {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	if err := j.openSegments(os.O_RDWR); err != nil {
		return err
	}
	if len(j.segments) == 0 {
		return j.rotate(smallestSegment)
	}
	return nil
}

// files returns the paths of a folder's files whose names match a pattern, in
// order. Unlike filepath.Glob it reads nothing into the folder's own name, and
// does not take one that cannot be read for an empty one.
func files(dir, pattern string) (paths []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if matches, err := filepath.Match(pattern, e.Name()); err != nil {
			return nil, err
		} else if matches {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}

// openSegments opens all segments and finds out where each ends.
func (j *Journal) openSegments(flag int) error {
	names, err := files(j.dir, segmentPattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		s := &segment{name: name}
		if _, err := fmt.Sscanf(filepath.Base(name), "%016x.clicks", &s.base); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), referral.ErrConflict)
		}
		if s.file, err = os.OpenFile(name, flag, 0); err != nil {
			return err
		}
		j.segments = append(j.segments, s)
	}
	for i, s := range j.segments {
		until := ^uint64(0)
		if i+1 < len(j.segments) {
			until = j.segments[i+1].base
		}
		if err := s.find(until); err != nil {
			return err
		}
		if s.last != until && i+1 < len(j.segments) {
			return fmt.Errorf("%s ends with click %d, %d expected: the file is damaged", segmentName(s.base), s.last, until)
		}
		j.last = s.last
	}
	return nil
}

// find sets where a segment ends: after its last sound frame up to a number.
func (s *segment) find(until uint64) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	s.size, s.filled, s.last, s.readSeq = info.Size(), info.Size(), s.base, s.base
	for s.last < until {
		b, next, err := readFrame(s.file, s.size, s.end, s.base, s.last)
		if errors.Is(err, errEnd) || err == nil && b.Seq > until {
			return nil
		}
		if err != nil {
			return err
		}
		s.grow(b.Seq, int(next-s.end))
	}
	return nil
}

func readID(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, idFile))
	if err != nil {
		return "", err
	}
	if f := strings.Fields(string(raw)); len(f) == 2 && f[0] == format {
		return f[1], nil
	}
	return "", fmt.Errorf("%s is of another format: %w", idFile, referral.ErrConflict)
}

func writeID(dir string) (string, error) {
	file, err := os.CreateTemp(dir, sparePattern)
	if err != nil {
		return "", err
	}
	id := "local-" + rand.Text()
	_, err = fmt.Fprintln(file, format, id)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = errors.Join(os.Rename(file.Name(), filepath.Join(dir, idFile)), syncFolder(dir))
	}
	return id, err
}

// Inspect returns the name and the number of the last click of a journal that
// another process may have open. It changes nothing.
func Inspect(dir string) (id string, last uint64, err error) {
	if id, err = readID(dir); err != nil {
		return "", 0, fmt.Errorf("inspect journal: %w", err)
	}
	j := &Journal{dir: dir}
	err = j.openSegments(os.O_RDONLY)
	for _, s := range j.segments {
		s.file.Close()
	}
	if err != nil {
		return "", 0, fmt.Errorf("inspect journal: %w", err)
	}
	return id, j.last, nil
}
