package web

import (
	"testing"
	"time"
)

func TestBodies(t *testing.T) {
	b := newBodies()
	now := time.Now()
	var c [largeBodies + 2]countingConn
	for i := range largeBodies {
		if !b.await(&c[i], now.Add(time.Duration(i))) {
			t.Fatalf("body %d is not awaited", i+1)
		}
	}
	last, other := &c[largeBodies], &c[largeBodies+1]
	if b.await(last, now) {
		t.Error("one more is awaited")
	}
	b.ended(other)
	if b.await(last, now) {
		t.Error("one that was not awaited made room")
	}
	b.ended(&c[3])
	if !b.await(last, now) || b.await(other, now) {
		t.Error("one that came does not make room for one")
	}
	if !b.await(other, now.Add(patience)) {
		t.Error("one that never came is awaited for ever")
	}
	for i := range c {
		b.ended(&c[i])
	}
	if b.some.Load() || !b.await(other, now) {
		t.Error("all have come, and there is no room")
	}
}
