package rollup

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// maxViewKeys bounds the cells of a ViewBuffer (about 10 MB).
const maxViewKeys = 20_000

// ViewBuffer adds views up in memory until they are flushed. A view is not a
// click: it is not durable by itself, and a crash loses those since the last
// Flush, by design. It is safe for use by many goroutines.
type ViewBuffer struct {
	sink ViewSink

	flushing sync.Mutex
	mu       sync.Mutex
	cells    map[ViewKey]Views
	dropped  int64
}

// NewViewBuffer returns an empty buffer in front of a sink.
func NewViewBuffer(s ViewSink) *ViewBuffer {
	return &ViewBuffer{sink: s, cells: map[ViewKey]Views{}}
}

// Add adds to a cell. A new cell in a full buffer is dropped and counted.
func (b *ViewBuffer) Add(key ViewKey, v Views) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(key, v)
}

func (b *ViewBuffer) add(key ViewKey, v Views) {
	sum, known := b.cells[key]
	if !known {
		if len(b.cells) >= maxViewKeys {
			b.dropped += v.Views + v.Loads
			return
		}
		key.Host = strings.Clone(key.Host)
	}
	b.cells[key] = Views{Views: sum.Views + v.Views, Loads: sum.Loads + v.Loads}
}

// Flush hands all to the sink. What the sink refuses is kept for the next
// Flush, up to the buffer's bound.
func (b *ViewBuffer) Flush(ctx context.Context) error {
	b.flushing.Lock()
	defer b.flushing.Unlock()
	b.mu.Lock()
	cells := b.cells
	b.cells = map[ViewKey]Views{}
	b.mu.Unlock()
	if len(cells) == 0 {
		return nil
	}
	err := b.sink.AddViews(ctx, cells)
	if err == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, v := range cells {
		b.add(key, v)
	}
	return fmt.Errorf("flush views: %w", err)
}

// Dropped returns how many views and loads did not fit since the start.
func (b *ViewBuffer) Dropped() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}
