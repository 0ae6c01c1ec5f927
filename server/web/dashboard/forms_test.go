package dashboard

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lensan/server/referral"
)

// filled is what a browser would send of a form as it stands on a page.
func (b *browser) filled(page, action string) url.Values {
	b.h.t.Helper()
	root, err := html.Parse(strings.NewReader(b.get(page).body))
	ok(b.h.t, err)
	attribute := func(n *html.Node, name string) (value string, there bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	for form := range root.Descendants() {
		if at, _ := attribute(form, "action"); form.Data != "form" || at != action {
			continue
		}
		out := url.Values{}
		for n := range form.Descendants() {
			name, _ := attribute(n, "name")
			value, _ := attribute(n, "value")
			kind, _ := attribute(n, "type")
			_, checked := attribute(n, "checked")
			switch {
			case n.Data == "input" && (kind != "checkbox" || checked):
				out.Set(name, value)
			case n.Data == "textarea":
				out.Set(name, "")
				if n.FirstChild != nil {
					out.Set(name, n.FirstChild.Data)
				}
			case n.Data == "option":
				of, _ := attribute(n.Parent, "name")
				if _, selected := attribute(n, "selected"); selected || !out.Has(of) {
					out.Set(of, value)
				}
			}
		}
		return out
	}
	b.h.t.Fatalf("no form to %s on %s", action, page)
	return nil
}

// What one person changes is not undone by another who had the page open before
// and changes something else there.
func TestForms_ofTwoPeople(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := string(h.portal("a", "91").Code)
	h.campaign("he")
	h.batch("x", "a")
	b := h.signedIn(referral.RoleAdmin, 0)
	h.join("minh", referral.RoleEditor)
	text := "poster_texts/" + referral.PosterTextNames[0]
	for _, row := range []struct {
		page, fragment string
		first, second  []string
	}{
		{"/cong/a", "#sua", []string{"hosts", "a.vn\nb.vn", "name", "Cổng khác"}, []string{"contact_email", "lan@a.vn", "pages", "/lien-ket"}},
		{"/vi-tri/" + code, "#sua", []string{"destination", "guide", "campaign", "he"}, []string{"label", "Đầu trang", "state", "paused"}},
		{"/in-an/x", "#sua", []string{"name", "Đợt khác", "campaign", "he"}, []string{"paper", "A3", "destination", "guide"}},
		{"/chien-dich/he", "#sua", []string{"name", "Hè khác", text, "Bán hàng"}, []string{"from", "2026-06-01", "to", "2026-08-31"}},
		{"/dich-den/postmart", "", []string{"url", "https://khac.example.vn/", "confirmed", "1", "name/en", "Other"}, []string{"paused", "1", "position", "7", "fallback_id", "guide"}},
		{"/nguoi/2", "", []string{"state", "disabled"}, []string{"role", "viewer"}},
		{"/widget", "", []string{"stable", "aaaaaaaaaa"}, []string{"canary", "bbbbbbbbbb", "canary_provinces", "91"}},
	} {
		page := Root + row.page
		first, second := b.filled(page, page+row.fragment), b.filled(page, page+row.fragment)
		for form, changes := range map[*url.Values][]string{&first: row.first, &second: row.second} {
			form.Set("reason", "Thử")
			for i := 0; i < len(changes); i += 2 {
				form.Set(changes[i], changes[i+1])
			}
		}
		for _, form := range []url.Values{first, second} {
			if res := b.do("POST", page, form); res.StatusCode != 303 {
				t.Errorf("%s: %d", page, res.StatusCode)
			}
		}
		now, want := b.filled(page, page+row.fragment), url.Values{}
		for _, changes := range [][]string{row.first, row.second} {
			for i := 0; i < len(changes); i += 2 {
				want.Set(changes[i], changes[i+1])
			}
		}
		maps.DeleteFunc(now, func(name string, _ []string) bool { return !want.Has(name) })
		if now.Encode() != want.Encode() {
			t.Errorf("%s: %v is left of %v", page, now, want)
		}
	}
}
