package localjournal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"lensan/server/clicklog"
)

// A frame is a header and the batch's data. The header holds, in little endian,
// magic, checksum, count of clicks and length of data, 4 bytes each, and the
// number of the last click, 8 bytes. The checksum (CRC-32C) covers the
// segment's base, the rest of the header and the data, so that neither a torn
// frame nor one of another segment passes for sound.
const (
	headerSize = 24
	magic      = 0x314b534c // "LSK1"
)

// maxData bounds what is believed of a length.
const maxData = 64 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendFrame(dst []byte, base, seq uint64, n int, data []byte) []byte {
	start := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, magic)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(data)))
	dst = binary.LittleEndian.AppendUint64(dst, seq)
	dst = append(dst, data...)
	binary.LittleEndian.PutUint32(dst[start+4:], checksum(base, dst[start:]))
	return dst
}

func checksum(base uint64, frame []byte) uint32 {
	var seed [8]byte
	binary.LittleEndian.PutUint64(seed[:], base)
	return crc32.Update(crc32.Checksum(seed[:], castagnoli), castagnoli, frame[8:])
}

// errEnd says that no sound frame follows.
var errEnd = errors.New("end of frames")

// readFrame reads the frame at a place that follows a number, and returns
// errEnd if there is none or it is not sound.
func readFrame(r io.ReaderAt, size, at int64, base, before uint64) (b clicklog.Batch, next int64, err error) {
	var header [headerSize]byte
	if at+headerSize > size {
		return b, at, errEnd
	}
	if _, err := r.ReadAt(header[:], at); err != nil {
		return b, at, fmt.Errorf("frame at %d: %w", at, err)
	}
	n := binary.LittleEndian.Uint32(header[8:])
	length := int64(binary.LittleEndian.Uint32(header[12:]))
	seq := binary.LittleEndian.Uint64(header[16:])
	if binary.LittleEndian.Uint32(header[:]) != magic || n == 0 || seq != before+uint64(n) || length > maxData || at+headerSize+length > size {
		return b, at, errEnd
	}
	frame := make([]byte, headerSize+length)
	if _, err := r.ReadAt(frame, at); err != nil {
		return b, at, fmt.Errorf("frame at %d: %w", at, err)
	}
	if checksum(base, frame) != binary.LittleEndian.Uint32(header[4:]) {
		return b, at, errEnd
	}
	return clicklog.Batch{After: before, Seq: seq, N: int(n), Data: frame[headerSize:]}, at + int64(len(frame)), nil
}

// scan shows fn the frames from a place that follows a number, up to the frame
// that ends with until, with the place after each, until fn says false. A
// frame that is missing before until is an error.
func (s *segment) scan(at int64, before, until uint64, fn func(b clicklog.Batch, next int64) bool) error {
	for before < until {
		b, next, err := readFrame(s.file, s.size, at, s.base, before)
		if err != nil {
			return fmt.Errorf("%s after click %d, %d expected: %w", segmentName(s.base), before, until, err)
		}
		if !fn(b, next) {
			return nil
		}
		at, before = next, b.Seq
	}
	return nil
}
