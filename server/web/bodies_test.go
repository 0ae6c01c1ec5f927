package web

import (
	"testing"
	"time"
)

func TestBodies(t *testing.T) {
	var b bodies
	now := time.Now()
	for i := range largeBodies {
		if !b.await(now.Add(time.Duration(i))) {
			t.Fatalf("body %d is not awaited", i+1)
		}
	}
	if b.await(now) {
		t.Error("one more is awaited")
	}
	b.came(now)
	if !b.await(now) || b.await(now) {
		t.Error("one that came does not make room for one")
	}
	if !b.await(now.Add(patience)) {
		t.Error("one that never came is awaited for ever")
	}
	for range 2 * largeBodies {
		b.came(now)
	}
	if !b.await(now) {
		t.Error("more came than were awaited, and there is no room")
	}
}
