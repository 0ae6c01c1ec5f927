package localjournal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lensan/server/clicklog"
)

// Sizes of a segment in bytes. On a nearly full disk a smaller one must do.
const (
	segmentSize     = 16 << 20
	smallestSegment = 256 << 10
)

// sparePattern names files that are being given their room; openFolder removes
// those that a crash has left.
const sparePattern = "spare-*"

// segment is one file of frames.
type segment struct {
	file    *os.File
	name    string
	base    uint64 // number before the first frame's first click
	last    uint64 // number of the last click; base while it is empty
	size    int64
	end     int64 // where the next frame goes
	frames  int
	damaged bool  // a write failed: takes no more frames
	filled  int64 // up to where it may hold frames, forgotten ones included

	readSeq uint64 // frames from readAt on are past this number
	readAt  int64
}

// segmentPattern is what segmentName returns, of whatever base.
const segmentPattern = "*.clicks"

func segmentName(base uint64) string { return fmt.Sprintf("%016x.clicks", base) }

// createSegment makes a file of zeros that are on disk, segmentSize long or, if
// there is less room, shorter, but not than atLeast.
func createSegment(dir string, atLeast int64) (*segment, error) {
	var err error
	for size := max(int64(segmentSize), atLeast); size >= atLeast; size /= 4 {
		var s *segment
		if s, err = createZeros(dir, size); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func createZeros(dir string, size int64) (*segment, error) {
	file, err := os.CreateTemp(dir, sparePattern)
	if err != nil {
		return nil, err
	}
	s := &segment{file: file, name: file.Name(), size: size, filled: size}
	if err = s.wipe(); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// wipeStep is how much is overwritten before it is made durable: a commit waits
// for what the disk has to write before, whoever asked for it.
const wipeStep = 1 << 20

// wipe overwrites whatever it may hold with zeros, durably.
func (s *segment) wipe() error {
	zeros := make([]byte, min(s.filled, wipeStep))
	for at := int64(0); at < s.filled; at += wipeStep {
		if _, err := s.file.WriteAt(zeros[:min(wipeStep, s.filled-at)], at); err != nil {
			return err
		}
		if err := syncData(s.file); err != nil {
			return err
		}
	}
	s.filled = 0
	return nil
}

// begin puts an empty segment in force: its name is durable when begin returns.
func (s *segment) begin(dir string, base uint64) error {
	if err := s.rename(filepath.Join(dir, segmentName(base))); err != nil {
		return err
	}
	s.base, s.last, s.end, s.frames = base, base, 0, 0
	s.readSeq, s.readAt = base, 0
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *segment) rename(name string) error {
	if err := os.Rename(s.name, name); err != nil {
		return err
	}
	s.name = name
	return nil
}

// remove closes and deletes the file.
func (s *segment) remove() error { return errors.Join(s.file.Close(), os.Remove(s.name)) }

// write puts bytes at the end, durably. After a failure it tries to take them
// back; clicklog.ErrUnknown is left where that fails too. Either way the
// segment takes no more frames, because the system may have dropped what it
// could not write.
func (s *segment) write(frame []byte) error {
	_, err := s.file.WriteAt(frame, s.end)
	if err == nil {
		err = syncData(s.file)
	}
	if err == nil {
		return nil
	}
	s.damaged = true
	_, undo := s.file.WriteAt(make([]byte, headerSize), s.end)
	if undo == nil {
		undo = syncData(s.file)
	}
	if undo != nil {
		return errors.Join(clicklog.ErrUnknown, err, undo)
	}
	return err
}

func (s *segment) grow(seq uint64, bytes int) {
	s.last = seq
	s.end += int64(bytes)
	s.filled = max(s.filled, s.end)
	s.frames++
}

// seen remembers where a reader is, so that the next one need not begin at the top.
func (s *segment) seen(seq uint64, next int64) { s.readSeq, s.readAt = seq, next }

// from returns a place from which no frame after a number is missed.
func (s *segment) from(after uint64) (place int64, before uint64) {
	if after >= s.readSeq {
		return s.readAt, s.readSeq
	}
	return 0, s.base
}
