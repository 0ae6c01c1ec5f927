package localjournal

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/clicklog"
)

// The tail answers only where it holds all that was asked for, and never more
// than its bound; the file answers the rest the same way.
func TestTail(t *testing.T) {
	j := mustOpen(t, newPath(t))
	const size = 300 << 10
	data := string(make([]byte, size))
	for range 40 {
		mustAppend(t, j, data, 2)
	}
	if j.tail.bytes > tailBytes || j.tail.bytes != size*len(j.tail.batches) || len(j.tail.batches) < 5 {
		t.Errorf("%d bytes in %d batches", j.tail.bytes, len(j.tail.batches))
	}
	if _, ok := j.tail.after(j.tail.from-1, 10); ok {
		t.Error("it answered for a batch that it does not hold")
	}
	for _, after := range []uint64{j.tail.from, j.tail.from + 1, 76, 79, 80, 99} {
		for _, max := range []int{1, 5} {
			got, ok := j.tail.after(after, max)
			kept := j.tail
			j.tail.reset(1 << 62)
			want := mustRead(t, j, after, max) // from the file
			j.tail = kept
			same := slices.EqualFunc(want, got, func(a, b clicklog.Batch) bool {
				return a.Seq == b.Seq && a.N == b.N && bytes.Equal(a.Data, b.Data)
			})
			if !ok || !same {
				t.Errorf("after %d, up to %d: %v, %d batches, want %d", after, max, ok, len(got), len(want))
			}
		}
	}
	mustTrim(t, j, 78)
	if got, ok := j.tail.after(78, 10); !ok || len(got) != 1 || j.tail.bytes != size {
		t.Errorf("%d batches and %d bytes after trimming", len(got), j.tail.bytes)
	}
	mustTrim(t, j, 80)
	if diff := cmp.Diff(tail{from: 80, batches: []clicklog.Batch{}}, j.tail, cmp.AllowUnexported(tail{})); diff != "" {
		t.Error(diff)
	}
}
