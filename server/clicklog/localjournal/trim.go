package localjournal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// rotateAfter is how long a segment may take frames before Trim begins another,
// so that forgotten clicks leave the disk soon even where few come.
const rotateAfter = 10 * time.Second

// spareName is what a forgotten segment is called until it is used again, with
// the number before its first click.
const spareName = "spare-%016x"

// Trim forgets batches up to and including the one that ends with seq. Their
// bytes leave the disk with their segment, a moment after all of it is forgotten;
// a segment takes frames for about rotateAfter at the most.
func (j *Journal) Trim(ctx context.Context, seq uint64) error {
	j.reading.Lock()
	defer j.reading.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.tail.trim(min(seq, j.last))
	var errs []error
	if s := j.current(); s != nil && s.frames > 0 && (s.last <= seq || j.now().Sub(j.began) > rotateAfter) {
		errs = append(errs, j.rotate(smallestSegment))
	}
	for len(j.segments) > 1 && j.segments[0].last <= seq {
		s := j.segments[0]
		j.segments = j.segments[1:]
		errs = append(errs, j.forget(s))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("trim journal up to %d: %w", seq, err)
	}
	return ctx.Err()
}

// forget has a segment wiped to be used again, or deletes it if there are
// enough.
func (j *Journal) forget(s *segment) error {
	if len(j.spares)+j.wiping >= maxSpares || s.damaged || s.size < segmentSize {
		return s.remove()
	}
	if err := s.rename(filepath.Join(j.dir, fmt.Sprintf(spareName, s.base))); err != nil {
		return errors.Join(err, s.remove())
	}
	j.wiping++
	j.making.Go(func() { j.wipeSpare(s) })
	return nil
}

// wipeSpare makes the new name durable first: under the old one, after the power
// failed, a wiped segment would be one that lacks its clicks.
func (j *Journal) wipeSpare(s *segment) {
	err := syncFolder(j.dir)
	if err == nil {
		err = s.wipe()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.wiping--
	if err != nil {
		s.remove()
		return
	}
	j.keepSpare(s)
}
