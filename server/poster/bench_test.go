package poster

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"testing"
	"time"

	"lensan/server/testkit"
)

// many are sheets of as many codes: each with a symbol to trace.
func many(n int) iter.Seq2[Sheet, error] {
	return func(yield func(Sheet, error) bool) {
		for i := range n {
			s := sample()
			s.ScanURL = fmt.Sprintf("HTTPS://LENSAN.GOV.VN/K%05d", i)
			s.Place = fmt.Sprintf("Nhà văn hoá ấp %d", i)
			s.Serial = fmt.Sprintf("%08d", i)
			if !yield(s, nil) {
				return
			}
		}
	}
}

// A thousand posters, each with a code of its own: what a province orders.
func TestWrite_thousand(t *testing.T) {
	const most, longest = 100 << 20, time.Minute // of a processor
	var peak uint64
	var m runtime.MemStats
	start, pages := testkit.ProcessorTime(t), 0
	err := Write(context.Background(), io.Discard, Options{Language: language(t)}, many(1000), func(done int) {
		if pages = done; done%50 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse+m.StackInuse)
		}
	})
	took := testkit.ProcessorTime(t) - start
	t.Logf("%d posters in %v, at most %d MB of heap", pages, took, peak>>20)
	if err != nil || pages != 1000 || took > longest || peak > most {
		t.Errorf("%d posters in %v with %d bytes: %v", pages, took, peak, err)
	}
}

func BenchmarkWrite(b *testing.B) {
	o := Options{Language: language(b)}
	b.ReportAllocs()
	if err := Write(context.Background(), io.Discard, o, many(b.N), nil); err != nil {
		b.Fatal(err)
	}
}
