package registry_test

import (
	"testing"
	"time"

	"lensan/server/registry"
)

func TestRetiredAt(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	p := w.placement("a", "link", "guide")
	change := func(state, label string) {
		w.now = w.now.Add(time.Hour)
		if _, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{State: ptr(state), Label: ptr(label)}, "vì thế"); err != nil {
			t.Fatal(err)
		}
	}
	want := func(at time.Time) {
		t.Helper()
		if got, err := w.RetiredAt(w.ctx, p.Code); err != nil || !got.Equal(at) {
			t.Errorf("%v %v, want %v", got, err, at)
		}
	}
	want(time.Time{})
	change("retired", "A")
	first := w.now
	want(first)
	for range 60 { // more than one page of history
		change("retired", w.now.String())
	}
	want(first)
	change("open", "B")
	change("retired", "B")
	want(w.now)
}
