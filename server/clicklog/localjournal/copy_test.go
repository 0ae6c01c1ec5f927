package localjournal

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"lensan/server/clicklog"
)

// TestCopy_besideAWriter copies again and again while another goroutine
// appends and trims: no copy may miss a click that was appended before it
// began and not trimmed by its end, and every copy opens.
func TestCopy_besideAWriter(t *testing.T) {
	ctx := context.Background()
	from, to := filepath.Join(t.TempDir(), "journal"), t.TempDir()
	j, err := Open(from)
	if err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			seq, err := j.Append(ctx, make([]byte, 1000), 5)
			if err != nil {
				t.Error(err)
				return
			}
			if n%50 == 49 {
				if err := j.Trim(ctx, seq); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for i := range 20 {
		before, _ := j.Last(ctx)
		folder := filepath.Join(to, strconv.Itoa(i))
		if err := Copy(from, folder); err != nil {
			t.Logf("copy %d gave up: %v", i, err) // trims every few milliseconds are far from a server's
			continue
		}
		j.mu.Lock()
		forgotten := j.segments[0].base
		j.mu.Unlock()
		copied, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		last, _ := copied.Last(ctx)
		if last < before && forgotten < before {
			t.Errorf("copy %d ends at %d, %d were appended before it and %d forgotten", i, last, before, forgotten)
		}
		clicks := 0
		for after := uint64(0); ; {
			list, err := copied.Read(ctx, after, 100)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			clicks, after = clicks+count(list), list[len(list)-1].Seq
		}
		if copied.ID() != j.ID() || clicks != int(last-copied.segments[0].base) {
			t.Errorf("copy %d of %s holds %d clicks, %d expected", i, copied.ID(), clicks, last-copied.segments[0].base)
		}
		if err := copied.Close(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-ended
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

func count(list []clicklog.Batch) (n int) {
	for _, b := range list {
		n += b.N
	}
	return n
}
