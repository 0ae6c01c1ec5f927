package poster

import (
	"context"
	"fmt"
	"io"
	"iter"
	"testing"
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

func BenchmarkWrite(b *testing.B) {
	o := Options{Language: language(b)}
	b.ReportAllocs()
	if err := Write(context.Background(), io.Discard, o, many(b.N), nil); err != nil {
		b.Fatal(err)
	}
}
