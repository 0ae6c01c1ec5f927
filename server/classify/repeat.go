package classify

import (
	"time"

	"lensan/server/referral"
)

// RepeatWindow is how long after a counted click the same visitor's next click
// on the same placement and destination is a repeat (a double tap, a reload).
const RepeatWindow = 10 * time.Second

// maxRemembered bounds the memory of repeats (about 10 MB when full). With more
// people than that within RepeatWindow the oldest are forgotten first, so that
// their repeats would be counted as people.
const maxRemembered = 1 << 17

// repeatKey is what two clicks must share to be a repeat.
type repeatKey struct {
	placement, destination int64
	visitor                uint64
}

// counted is a click that was counted as people's.
type counted struct {
	repeatKey
	milli int64
}

// memory remembers the clicks counted within the last RepeatWindow.
type memory struct {
	last  map[repeatKey]int64 // when it was last counted, Unix ms
	queue []counted           // ring in the order in which they were counted
	head  int                 // the oldest
	n     int
	max   int
}

func newMemory(max int) *memory { return &memory{last: map[repeatKey]int64{}, max: max} }

// repeated reports whether a click is a repeat of the last counted one, and
// remembers it as counted if not. The window does not slide: somebody who taps
// every three seconds is counted anew every twelve. Clicks of different
// connections may be recorded a moment out of order, so the distance is taken
// either way; a clock set back by more than the window begins anew.
func (m *memory) repeated(c *referral.Click) bool {
	m.forget(c.Milli - RepeatWindow.Milliseconds())
	key := repeatKey{c.Placement, c.Destination, c.Visitor}
	if last, ok := m.last[key]; ok && max(last-c.Milli, c.Milli-last) <= RepeatWindow.Milliseconds() {
		return true
	}
	if m.n == m.max {
		m.drop()
	}
	m.push(counted{key, c.Milli})
	m.last[key] = c.Milli
	return false
}

// forget drops what was counted before a moment.
func (m *memory) forget(before int64) {
	for m.n > 0 && m.queue[m.head].milli < before {
		m.drop()
	}
}

// drop forgets the oldest, unless its key has been counted again since.
func (m *memory) drop() {
	oldest := m.queue[m.head]
	if m.last[oldest.repeatKey] == oldest.milli {
		delete(m.last, oldest.repeatKey)
	}
	m.head = (m.head + 1) % len(m.queue)
	m.n--
}

func (m *memory) push(c counted) {
	if m.n == len(m.queue) {
		bigger := make([]counted, min(max(64, 2*m.n), m.max))
		for i := range m.n {
			bigger[i] = m.queue[(m.head+i)%len(m.queue)]
		}
		m.queue, m.head = bigger, 0
	}
	m.queue[(m.head+m.n)%len(m.queue)] = c
	m.n++
}
