package coverage_test

import (
	"context"
	"net/http"
	"testing"
)

// A round that is broken off is taken up again by the next, not a day later.
func TestTick_brokenOff(t *testing.T) {
	c := newCountry(t, patience)
	placed := c.portal("so", "91", "127.1.0.1")
	ctx, end := context.WithCancel(t.Context())
	c.show("127.1.0.1", func(w http.ResponseWriter, r *http.Request) {
		end()
		text(badge(placed.Code))(w, r)
	})
	_ = c.coverage.Tick(ctx)
	if c.asked.Load() == 0 {
		t.Fatal("not asked")
	}
	c.show("127.1.0.1", text(badge(placed.Code)))
	must(t, c.coverage.Tick(t.Context()))
	records, err := c.store.CoverageRecords(t.Context())
	must(t, err)
	if len(records) != 1 {
		t.Errorf("%d looks are kept after the second round", len(records))
	}
	before := c.asked.Load()
	must(t, c.coverage.Tick(t.Context()))
	if c.asked.Load() != before {
		t.Error("asked again at once")
	}
}
