package rollup

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type viewSink struct {
	err error
	sum map[ViewKey]Views
}

func (s *viewSink) AddViews(_ context.Context, views map[ViewKey]Views) error {
	if s.err != nil {
		return s.err
	}
	for key, v := range views {
		s.sum[key] = Views{s.sum[key].Views + v.Views, s.sum[key].Loads + v.Loads}
	}
	return nil
}

func TestViewBuffer_keepsWhatTheSinkRefuses(t *testing.T) {
	sink := &viewSink{sum: map[ViewKey]Views{}}
	b := NewViewBuffer(sink)
	one, two := ViewKey{Day: 1, Placement: 1, Host: "a.vn"}, ViewKey{Day: 1, Placement: 2, Host: "a.vn"}
	b.Add(one, Views{Views: 1})
	sink.err = errors.New("locked")
	if err := b.Flush(t.Context()); !errors.Is(err, sink.err) {
		t.Fatal(err)
	}
	b.Add(one, Views{Views: 1, Loads: 5})
	b.Add(two, Views{Loads: 1})
	sink.err = nil
	for range 2 { // the second has nothing to write
		if err := b.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[ViewKey]Views{one: {2, 5}, two: {0, 1}}, sink.sum); diff != "" || b.Dropped() != 0 {
		t.Error(diff, b.Dropped())
	}
}

func TestViewBuffer_isBounded(t *testing.T) {
	sink := &viewSink{sum: map[ViewKey]Views{}, err: errors.New("locked")}
	b := NewViewBuffer(sink)
	fill := func(from string) {
		for i := range maxViewKeys {
			b.Add(ViewKey{Host: from + strconv.Itoa(i)}, Views{Views: 1, Loads: 1})
		}
	}
	fill("a")
	b.Flush(t.Context())
	fill("b")
	fill("a")
	if b.Dropped() != 2*maxViewKeys {
		t.Errorf("%d dropped", b.Dropped())
	}
	sink.err = nil
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sum Views
	for v := range maps.Values(sink.sum) {
		sum.Views += v.Views
		sum.Loads += v.Loads
	}
	if want := (Views{2 * maxViewKeys, 2 * maxViewKeys}); sum != want || len(sink.sum) != maxViewKeys {
		t.Errorf("%+v in %d cells, want %+v", sum, len(sink.sum), want)
	}
}

func TestViewBuffer_concurrent(t *testing.T) {
	sink := &viewSink{sum: map[ViewKey]Views{}}
	b := NewViewBuffer(sink)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				b.Add(ViewKey{Placement: int64(i % 3)}, Views{Views: 1})
				if i%100 == 0 {
					if err := b.Flush(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	b.Flush(t.Context())
	if n := sink.sum[ViewKey{Placement: 0}].Views + sink.sum[ViewKey{Placement: 1}].Views + sink.sum[ViewKey{Placement: 2}].Views; n != 8000 {
		t.Errorf("%d views", n)
	}
}
