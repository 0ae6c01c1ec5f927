package localjournal

import (
	"bytes"
	"sort"

	"lensan/server/clicklog"
)

// tailBytes bounds a tail, unless its newest batch alone is larger.
const tailBytes = 2 << 20

// tail holds the newest batches in memory, so that who follows closely reads
// nothing from the file.
type tail struct {
	from    uint64 // all batches after this number are held
	batches []clicklog.Batch
	bytes   int
}

func (t *tail) reset(from uint64) { *t = tail{from: from} }

func (t *tail) push(seq uint64, n int, data []byte) {
	t.batches = append(t.batches, clicklog.Batch{After: seq - uint64(n), Seq: seq, N: n, Data: bytes.Clone(data)})
	t.bytes += len(data)
	drop := 0
	for t.bytes > tailBytes && drop < len(t.batches)-1 {
		t.bytes -= len(t.batches[drop].Data)
		drop++
	}
	t.drop(drop)
}

// trim forgets batches up to a number.
func (t *tail) trim(seq uint64) {
	drop := sort.Search(len(t.batches), func(i int) bool { return t.batches[i].Seq > seq })
	for i := range drop {
		t.bytes -= len(t.batches[i].Data)
	}
	t.drop(drop)
}

func (t *tail) drop(n int) {
	if n == 0 {
		return
	}
	t.from = t.batches[n-1].Seq
	rest := copy(t.batches, t.batches[n:])
	clear(t.batches[rest:])
	t.batches = t.batches[:rest]
}

// after returns up to max batches after a number; ok is false if some of them
// are no longer held.
func (t *tail) after(seq uint64, max int) (list []clicklog.Batch, ok bool) {
	if seq < t.from {
		return nil, false
	}
	i := sort.Search(len(t.batches), func(i int) bool { return t.batches[i].Seq > seq })
	rest := t.batches[i:]
	return append(list, rest[:min(max, len(rest))]...), true
}
