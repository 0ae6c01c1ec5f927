// Package localjournal keeps clicks on their way in files of its own, so that
// they never wait for the statistics' writer. Each commit is one frame at the
// end of a file that was given its room before, and one fdatasync.
package localjournal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"lensan/server/clicklog"
)

// readBytes bounds what one Read returns, unless a single batch is larger.
const readBytes = 4 << 20

// retryAfter is how long a journal that found no room fails at once before it
// looks for room again.
const retryAfter = 50 * time.Millisecond

// maxSpares is how many segments are kept to be used again. Where clicks keep
// coming one is forgotten while another is filled: with a single spare, whether
// there is one in time would depend on which comes first.
const maxSpares = 2

// probeRoom is for how many bytes Probe wants room.
const probeRoom = 64 << 10

// Journal is a clicklog.Journal in one folder. Its methods may be called from
// any goroutine, and one process at a time may have it open.
//
// The folder holds segments, each named by the number before its first click.
// The name of the next segment is the truth about where a segment ends: frames
// past it were never acknowledged.
type Journal struct {
	dir string
	id  string
	now func() time.Time

	reading sync.Mutex // held while frames are read or segments are taken away

	mu       sync.Mutex
	segments []*segment // by base; the last one takes frames, unless it is damaged
	last     uint64
	tail     tail
	began    time.Time  // of the last segment's first frame
	spares   []*segment // files of zeros, up to maxSpares
	wiping   int        // forgotten segments that are being made spares
	asked    uint64     // base of the segment for which a spare was asked
	failure  error      // why there was no room
	retry    time.Time  // when to look for room again
	making   sync.WaitGroup
	frame    []byte
	closed   bool
}

// ID returns the random name that the journal was given when it was created.
func (j *Journal) ID() string { return j.id }

// Append implements clicklog.Journal.
func (j *Journal) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	if n <= 0 {
		return 0, fmt.Errorf("append %d clicks: a batch holds at least one", n)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return 0, fmt.Errorf("append %d clicks: %w", n, os.ErrClosed)
	}
	s, err := j.room(int64(headerSize + len(data)))
	if err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	seq := j.last + uint64(n)
	j.frame = appendFrame(j.frame[:0], s.base, seq, n, data)
	if err := s.write(j.frame); err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	if s.frames == 0 {
		j.began = j.now()
	}
	s.grow(seq, len(j.frame))
	j.last = seq
	j.tail.push(seq, n, data)
	if len(j.spares) == 0 && j.wiping == 0 && s.end > s.size/2 && j.asked != s.base {
		j.asked = s.base
		j.making.Go(j.makeSpare)
	}
	return seq, nil
}

// room returns a segment with room for a frame, a new one if need be.
func (j *Journal) room(size int64) (*segment, error) {
	if s := j.current(); s != nil && !s.damaged && s.end+size <= s.size {
		return s, nil
	}
	if now := j.now(); j.failure != nil && now.Before(j.retry) {
		return nil, j.failure
	} else if err := j.rotate(size); err != nil {
		j.failure, j.retry = err, now.Add(retryAfter)
		return nil, err
	}
	j.failure = nil
	return j.current(), nil
}

func (j *Journal) current() *segment {
	if len(j.segments) == 0 {
		return nil
	}
	return j.segments[len(j.segments)-1]
}

// rotate begins a segment with room for a frame of some size.
func (j *Journal) rotate(size int64) (err error) {
	s := j.takeSpare(size)
	if s == nil {
		if s, err = createSegment(j.dir, max(size, smallestSegment)); err != nil {
			return err
		}
	}
	c := j.current()
	if err := s.begin(j.dir, j.last); err != nil {
		if c != nil {
			c.damaged = true // the name may be on disk: no frame past it would count
		}
		s.remove()
		return err
	}
	if c != nil && c.frames == 0 {
		j.segments = j.segments[:len(j.segments)-1] // its name was taken over
		c.file.Close()
	}
	j.segments = append(j.segments, s)
	return nil
}

// takeSpare returns a spare with room for a frame of some size, or nil.
func (j *Journal) takeSpare(size int64) *segment {
	for len(j.spares) > 0 {
		s := j.spares[0]
		j.spares = j.spares[1:]
		if s.size >= size {
			return s
		}
		s.remove()
	}
	return nil
}

// makeSpare gives the next segment its room while this one is filled.
func (j *Journal) makeSpare() {
	s, err := createSegment(j.dir, smallestSegment)
	if err != nil {
		return // the next rotation says so, if it is still true then
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keepSpare(s)
}

func (j *Journal) keepSpare(s *segment) {
	if len(j.spares) >= maxSpares || j.closed {
		s.remove()
		return
	}
	j.spares = append(j.spares, s)
}

// Read implements clicklog.Journal. It returns at most about 4 MiB of data.
func (j *Journal) Read(ctx context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	j.reading.Lock()
	defer j.reading.Unlock()
	j.mu.Lock()
	list, ok := j.tail.after(after, max)
	segments := slices.Clone(j.segments)
	ends := make([]uint64, len(segments))
	for i, s := range segments {
		ends[i] = s.last
	}
	j.mu.Unlock()
	if ok {
		return list, ctx.Err()
	}
	size := 0
	for i, s := range segments {
		if ends[i] <= after {
			continue
		}
		at, before := s.from(after)
		err := s.scan(at, before, ends[i], func(b clicklog.Batch, next int64) bool {
			s.seen(b.Seq, next)
			if b.Seq <= after {
				return true
			}
			list = append(list, b)
			size += len(b.Data)
			return len(list) < max && size < readBytes
		})
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		if len(list) >= max || size >= readBytes {
			break
		}
	}
	return list, ctx.Err()
}

// Last returns the number of the last click ever written, 0 if none. It never
// goes back, whatever was trimmed.
func (j *Journal) Last(ctx context.Context) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last, ctx.Err()
}

// Probe writes durably without appending: it tells whether the journal takes writes.
func (j *Journal) Probe(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.retry = time.Time{}
	s, err := j.room(probeRoom)
	if err == nil {
		err = s.write(make([]byte, headerSize))
	}
	if err != nil {
		return fmt.Errorf("probe journal: %w", err)
	}
	return ctx.Err()
}

// Close closes the files. What was appended stays.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	j.mu.Unlock()
	j.making.Wait()
	j.reading.Lock()
	defer j.reading.Unlock()
	var errs []error
	for _, s := range j.segments {
		errs = append(errs, s.file.Close())
	}
	for _, s := range j.spares {
		errs = append(errs, s.remove())
	}
	return errors.Join(errs...)
}
