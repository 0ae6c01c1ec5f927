package dashboard

import (
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
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

// Whatever is sent by a form, of settings most of all, is kept or refused as the
// sender's fault.
func FuzzForms(f *testing.F) {
	h := newHouse(f, "http://localhost:8080")
	code := string(h.portal("a", "91").Code)
	h.portal("b", "01")
	h.campaign("he")
	h.batch("x", "a")
	boss := h.signedIn(referral.RoleAdmin, 0)
	token := tokenField.FindStringSubmatch(boss.get(mePath).body)[1]
	paths := []string{"/cong", "/cong/a", "/cong/a/sap-nhap", "/vi-tri", "/vi-tri/" + code, "/in-an", "/in-an/x", "/in-an/x/noi-dat", "/in-an/x/da-in", "/in-an/x/thu-hoi",
		"/dich-den/postmart", "/dich-den/postmart/tinh-trang", "/chien-dich", "/chien-dich/he", "/chien-dich/he/hoan-tac", "/widget", "/khoa", "/moi", "/nguoi/1",
		"/van-ban/badge.line1", "/van-ban/badge.line1/mac-dinh", "/bao-cao/dang-ky", "/canh-bao/nhan", "/bao-cao-ma/1", "/tinh-sap-nhap", "/nhap/cong", "/nhap/vi-tri", "/dang-ky-san/gui"}
	for i := range paths {
		for _, s := range []string{"", "name=%00&id=%ff&reason=%E2%80%AE", "name=A&id=a&province=91&province=01&hosts=a.vn%0Ab.vn&pages=/x&contact_email=x&reason=y&into=b", "url=javascript:x&position=99999999999999999999&name/vi=&name/en=&fallback_id=postmart&reason=y&confirmed=1",
			"from=2026-02-30&to=0000-00-00&poster_texts/call=" + strings.Repeat("x", 300) + "&name=y&reason=y", "role=province&province=91&state=&label=x&reason=y&destination=x&stable=x&canary=y&canary_provinces=91,,99", "vi={x}&en=&shown/vi=&lang=all&reason=y&email=a%0D%0AB:c@d.vn&day=31&outcome=x&change=1",
			"form=edit&destination=hub&campaign=he&paper=A4&label=x&state=retired&kind=qr&portal=a&table=label%0Ax&do/a=merge/&into/a=b&confirm=1&quantity=1.000&printer=x&printed_on=2026-11-24", "%zz&;&=&csrf=x"} {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, at uint8, form string) {
		h.t = t
		path := paths[int(at)%len(paths)]
		r := httptest.NewRequest("POST", Root+path, strings.NewReader("csrf="+url.QueryEscape(token)+"&"+form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res := boss.request(r); !slices.Contains([]int{200, 303, 403, 404, 409, 422}, res.StatusCode) {
			t.Errorf("%s %q: %d", path, form, res.StatusCode)
		}
	})
}
