package coverage_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lensan/server/coverage"
	"lensan/server/probe"
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

// stumbling is a Fetcher in which one host's page brings the program to a panic.
type stumbling struct{ coverage.Fetcher }

func (s stumbling) Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (probe.Page, error) {
	if strings.Contains(address, "127.1.0.2:") {
		panic("stumbled over " + address)
	}
	return s.Fetcher.Fetch(ctx, address, mayAsk)
}

// A page at which the program stumbles costs only its own portal's look, and
// that is told.
func TestTick_stumbles(t *testing.T) {
	c := newCountry(t, patience)
	c.read(stumbling{c.fetcher})
	for i, name := range []string{"mot", "hai", "ba"} {
		host := fmt.Sprintf("127.1.0.%d", i+1)
		c.show(host, text(badge(c.portal(name, "91", host).Code)))
	}
	err := c.coverage.Tick(t.Context())
	if err == nil || !strings.Contains(err.Error(), "stumbled over http://127.1.0.2:") {
		t.Error(err)
	}
	records, err := c.store.CoverageRecords(t.Context())
	must(t, err)
	if len(records) != 2 {
		t.Errorf("%d looks are kept, want 2", len(records))
	}
}
