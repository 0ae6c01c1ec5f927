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

// wipeUpTo is the size of a segment's frames up to which they are overwritten
// when they are forgotten; the room is then used again. A larger one is used
// again as it is while as many clicks keep coming, and deleted when they do not.
const wipeUpTo = 1 << 20

// spareName is what a forgotten segment is called until it is used again.
const spareName = "spare-used"

// Trim forgets batches up to and including the one that ends with seq. Their
// bytes leave the disk with their segment, when all of it is forgotten; a
// segment takes frames for about rotateAfter at the most.
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
		if s.last <= seq {
			errs = append(errs, j.dropUsed())
		}
		errs = append(errs, j.rotate(smallestSegment))
	}
	for len(j.segments) > 1 && j.segments[0].last <= seq {
		s := j.segments[0]
		j.segments = j.segments[1:]
		errs = append(errs, j.forget(s))
	}
	if s := j.current(); s != nil && s.frames == 0 {
		errs = append(errs, j.dropUsed())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("trim journal up to %d: %w", seq, err)
	}
	return ctx.Err()
}

// dropUsed deletes a spare with forgotten frames, once no clicks keep coming.
func (j *Journal) dropUsed() error {
	s := j.spare
	if s == nil || !s.used {
		return nil
	}
	j.spare = nil
	return s.remove()
}

// forget makes a segment the spare, or deletes it if there is one.
func (j *Journal) forget(s *segment) error {
	large := s.end > wipeUpTo
	if j.spare != nil || s.damaged || s.size < segmentSize {
		return s.remove()
	}
	if s.used && !large {
		j.making.Go(j.makeSpare)
		return s.remove()
	}
	if s.used = large; !large {
		if err := s.wipe(); err != nil {
			return errors.Join(err, s.remove())
		}
	}
	if err := s.rename(filepath.Join(j.dir, spareName)); err != nil {
		return errors.Join(err, s.remove())
	}
	j.spare = s
	return nil
}
