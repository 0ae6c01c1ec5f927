package localjournal

import (
	"bytes"
	"errors"
	"testing"
)

// Whatever a segment holds, a frame that is read from it is the one that was
// written there, and nothing beyond the file is asked for.
func FuzzReadFrame(f *testing.F) {
	one := appendFrame(nil, 7, 12, 2, []byte("records"))
	f.Add([]byte(nil), uint64(7), uint64(10), int64(0))
	f.Add(one, uint64(7), uint64(10), int64(0))
	f.Add(one, uint64(8), uint64(10), int64(0))
	f.Add(one[:len(one)-1], uint64(7), uint64(10), int64(0))
	f.Add(appendFrame(bytes.Clone(one), 7, 15, 3, nil), uint64(7), uint64(12), int64(len(one)))
	f.Add(append(bytes.Clone(one[:12]), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), uint64(0), uint64(1<<64-1), int64(0))
	f.Fuzz(func(t *testing.T, segment []byte, base, before uint64, at int64) {
		if at < 0 || at > int64(len(segment)) {
			return
		}
		b, next, err := readFrame(bytes.NewReader(segment), int64(len(segment)), at, base, before)
		switch {
		case err != nil && (!errors.Is(err, errEnd) || next != at):
			t.Errorf("%d, %v", next, err)
		case err == nil && !bytes.Equal(segment[at:next], appendFrame(nil, base, b.Seq, b.N, b.Data)):
			t.Errorf("%+v is not what stands there", b)
		case err == nil && (b.After != before || b.Seq != before+uint64(b.N)):
			t.Errorf("%+v after %d", b, before)
		}
	})
}
