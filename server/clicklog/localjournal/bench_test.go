package localjournal

import (
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

var sample = referral.Click{Milli: 1_760_000_000_123, Placement: 4711, Portal: 12, Province: 911, Destination: 4,
	Channel: referral.ChannelWidget, Visitor: 0xfeedfacecafebeef,
	UserAgent: "Mozilla/5.0 (Linux; Android 13; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.163 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi",
	Referrer:  "stttt.angiang.gov.vn"}

// BenchmarkRecord is what a redirect pays for durability: 256 goroutines that
// each wait for the fsync of their click.
func BenchmarkRecord(b *testing.B) {
	j, err := Open(filepath.Join(b.TempDir(), "journal"))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	l := clicklog.New(j, clicklog.Options{})
	var unhappy atomic.Int64
	const goroutines = 256
	work := make([]int, goroutines)
	for i := range b.N {
		work[i%goroutines]++
	}
	done := make(chan []time.Duration, goroutines)
	b.ReportAllocs()
	b.ResetTimer()
	for _, n := range work {
		go func() {
			c := sample
			waits := make([]time.Duration, n)
			for i := range n {
				start := time.Now()
				if l.Record(&c) != clicklog.Committed {
					unhappy.Add(1)
				}
				waits[i] = time.Since(start)
			}
			done <- waits
		}()
	}
	var waits []time.Duration
	for range work {
		waits = append(waits, <-done...)
	}
	b.StopTimer()
	if err := l.Close(b.Context()); err != nil || unhappy.Load() > 0 {
		b.Fatalf("%d clicks were not committed (%v, %v)", unhappy.Load(), l.Err(), err)
	}
	slices.Sort(waits)
	at := func(p float64) float64 {
		return float64(waits[int(p*float64(len(waits)-1))].Microseconds()) / 1000
	}
	counts := l.Counts()
	b.ReportMetric(float64(counts.Committed)/b.Elapsed().Seconds(), "clicks/s")
	b.ReportMetric(float64(counts.Committed)/float64(counts.Batches), "clicks/commit")
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}
