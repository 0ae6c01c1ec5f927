package coverage_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lensan/server/coverage"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
)

// site answers by path; a number is a status.
func site(pages map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch page := pages[r.URL.RequestURI()].(type) {
		case string:
			io.WriteString(w, page)
		case int:
			w.WriteHeader(page)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}
}

// hasty gives up one host soon.
type hasty struct {
	coverage.Fetcher
	host string
}

func (h hasty) Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (probe.Page, error) {
	if strings.Contains(address, h.host) {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, 300*time.Millisecond)
		defer end()
	}
	return h.Fetcher.Fetch(ctx, address, mayAsk)
}

func (c *country) rowOf(id string) coverage.Row {
	c.t.Helper()
	for _, row := range c.coverage.Report().Rows {
		if row.ID() == id {
			return row
		}
	}
	c.t.Fatalf("no row of %s", id)
	return coverage.Row{}
}

// A code counts on whatever page it stands, and the row says on which.
func TestCoverage_namedPages(t *testing.T) {
	c := newCountry(t, patience)
	name := func(id string, pages ...string) {
		_, err := c.registry.UpdatePortal(t.Context(), admin, id, registry.PortalInput{Pages: &pages}, "")
		must(t, err)
	}
	p := c.portal("so", "91", "127.7.4.1")
	old := c.portal("cu", "91", "127.7.4.2")
	name("so", "/chuyen-doi-so?l=vi", "http://127.7.4.1/khong-con")
	name("cu", "/lien-ket")
	_, err := c.registry.MergePortal(t.Context(), admin, "cu", "so", "Hợp nhất")
	must(t, err)
	pages := map[string]any{"/": "<p>Tin tức</p>", "/chuyen-doi-so?l=vi": badge(p.Code)}
	c.show("127.7.4.1", site(pages))
	c.show("127.7.4.2", site(map[string]any{"/": "<p>Trang cũ</p>", "/lien-ket": badge(old.Code)}))
	if got := c.states()["so"]; got != coverage.Unseen {
		t.Errorf("%s", got)
	}
	type check struct {
		host, page, fault string
		code              referral.Code
	}
	want := []check{{"127.7.4.1", "", "", ""}, {"127.7.4.2", "", "", ""}, {"127.7.4.1", "/chuyen-doi-so?l=vi", "", p.Code}, {"127.7.4.1", "/khong-con", "probe_status", ""}, {"127.7.4.2", "/lien-ket", "", old.Code}}
	got := c.rowOf("so").Checks
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, w := range want {
		g := check{got[i].Host, got[i].Page, got[i].Fault, ""}
		if len(got[i].Found) > 0 && got[i].Found[0].Own {
			g.code = got[i].Found[0].Code
		}
		if g != w {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
	if c.most != 1 {
		t.Errorf("%d requests at a time at one host", c.most)
	}
	asked := c.asked.Load()
	c.show("127.7.4.1", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c.pass(27 * time.Hour)
	c.read(hasty{c.fetcher, "127.7.4.1"})
	c.states()
	checks := c.rowOf("so").Checks
	if n := c.asked.Load() - asked; n > 3 || len(checks) != 5 || checks[0].Fault != "probe_time" || checks[2].Fault != "probe_time" || checks[4].Fault != "" {
		t.Errorf("a silent host was asked for its pages too: %d requests, %+v", n, checks)
	}
	c.show("127.7.4.1", site(pages))
	c.read(c.fetcher)

	// Taken down there, while the page of the old portal cannot be read: nobody
	// knows yet. Read again, it is gone.
	pages["/chuyen-doi-so?l=vi"] = "<p>Đã gỡ</p>"
	c.show("127.7.4.2", site(map[string]any{"/": "<p>Trang cũ</p>", "/lien-ket": http.StatusServiceUnavailable}))
	c.pass(27 * time.Hour)
	if got := c.states()["so"]; got != coverage.Unseen {
		t.Errorf("while a page cannot be read: %s", got)
	}
	c.show("127.7.4.2", site(map[string]any{"/": "<p>Trang cũ</p>"}))
	c.pass(27 * time.Hour)
	if got := c.states()["so"]; got != coverage.Lost {
		t.Errorf("taken down: %s", got)
	}
}
