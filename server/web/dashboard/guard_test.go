package dashboard

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
)

func TestSafeReturn(t *testing.T) {
	for asked, want := range map[string]string{
		"":                          Root,
		Root:                        Root,
		Root + "/cong":              Root + "/cong",
		Root + "?period=7&lang=en":  Root + "?period=7&lang=en",
		"/thong-kexyz":              Root,
		"/":                         Root,
		"//evil.example":            Root,
		"https://evil.example":      Root,
		Root + "//evil.example":     Root,
		Root + "/../..//evil":       Root,
		Root + "/\\evil.example":    Root,
		Root + "\r\nSet-Cookie: a":  Root,
		Root + "/cong\x00":          Root,
		Root + "/%":                 Root,
		Root + "/%2e%2e/%5cevil":    Root,
		"javascript:alert(1)":       Root,
		Root + ".evil.example":      Root,
		Root + "@evil.example":      Root,
		Root + "/cong?q=%0d%0aa: b": Root,
	} {
		if got := safeReturn(asked); got != want {
			t.Errorf("safeReturn(%q) = %q, want %q", asked, got, want)
		}
	}
}

func FuzzSafeReturn(f *testing.F) {
	for _, seed := range []string{Root, Root + "/cong?q=a", "//evil", Root + "/%", Root + "/\\x", Root + "/%2f%2fevil", Root + "?next=//x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, asked string) {
		got := safeReturn(asked)
		base, _ := url.Parse("https://ours.example" + Root)
		u, err := base.Parse(got)
		if err != nil || u.Host != "ours.example" || u.Scheme != "https" || !strings.HasPrefix(u.Path, Root) {
			t.Errorf("safeReturn(%q) = %q leads to %v", asked, got, u)
		}
	})
}

func TestForms_needTheTokenAndOurOrigin(t *testing.T) {
	h := newHouse(t, "https://lensan.example.gov.vn")
	h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleAdmin, 0)
	token := tokenField.FindStringSubmatch(b.get(Root).body)[1]
	other := tokenField.FindStringSubmatch(h.signedIn(referral.RoleAdmin, 0).get(Root).body)[1]
	posts := []string{"/cong", "/vi-tri", "/vi-tri/K7Q2PX", "/dich-den/postmart", "/khoa", "/khoa/1/thu-hoi", "/moi", "/nguoi/1", "/nguoi/1/dat-lai", "/nguoi/1/ket-thuc", "/toi/mat-khau", "/toi/ma", "/toi/ma/tat", "/toi/phien", "/toi/phien/x", "/dang-nhap/ma", "/dang-xuat", "/dang-nhap", "/loi-moi/x"}
	for _, c := range []struct {
		what, token, site, origin string
	}{
		{"no token", "", "same-origin", ""},
		{"another session's token", other, "same-origin", ""},
		{"cross-site", token, "cross-site", ""},
		{"same-site, another host", token, "same-site", ""},
		{"foreign origin", token, "", "https://evil.example"},
		{"null origin", token, "", "null"},
	} {
		b.headers = map[string]string{"Sec-Fetch-Site": c.site, "Origin": c.origin}
		for _, path := range posts {
			res := b.do("POST", Root+path, url.Values{"csrf": {c.token}, "name": {"x"}, "reason": {"x"}})
			if res.StatusCode != 403 {
				t.Errorf("%s, POST %s: %d", c.what, path, res.StatusCode)
			}
			wantText(t, c.what+" "+path, res.body, "Chưa có gì thay đổi.")
		}
	}
	for what, headers := range map[string]map[string]string{
		"same origin":       {"Sec-Fetch-Site": "same-origin"},
		"old, base URL":     {"Sec-Fetch-Site": "", "Origin": "https://lensan.example.gov.vn"},
		"old, same host":    {"Sec-Fetch-Site": "", "Origin": "http://localhost:8080"},
		"says neither":      {"Sec-Fetch-Site": ""},
		"typed by a person": {"Sec-Fetch-Site": "none"},
	} {
		b.headers = headers
		if res := b.do("POST", Root+"/cong", url.Values{"csrf": {token}}); res.StatusCode != 422 {
			t.Errorf("%s: %d, want the form with its faults", what, res.StatusCode)
		}
	}
}

func TestForms_tokenInJSONOrQueryIsNone(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	token := tokenField.FindStringSubmatch(b.get(Root).body)[1]
	if res := b.do("POST", Root+"/cong?csrf="+token, url.Values{}); res.StatusCode != 403 {
		t.Errorf("token in the query: %d", res.StatusCode)
	}
	b.headers["Content-Type"] = "text/plain"
	if res := b.do("POST", Root+"/cong", url.Values{"csrf": {token}}); res.StatusCode != 403 {
		t.Errorf("text/plain: %d", res.StatusCode)
	}
}

// adminPages is every page that an admin can open.
func adminPages(code referral.Code) []string {
	return []string{Root, Root + "?lang=en", Root + "?period=7&boundaries=recorded", Root + "/dinh-nghia", Root + "/bang?by=placement", Root + "/tim?q=an+giang", Root + "/do-phu", Root + "/cong", Root + "/cong?made=so-an-giang",
		Root + "/cong/so-an-giang", successionPath, successionPath + "?show=all&province=91", Root + "/nhap/cong", Root + "/nhap/vi-tri?n=3", campaignsPath, campaignsPath + "/tet",
		Root + "/vi-tri", Root + "/vi-tri?portal=so-an-giang", Root + "/vi-tri/" + string(code) + "?done=made", Root + "/dich-den", Root + "/dich-den/postmart", monthlyPath, signupsPath, signupsSendPath, alertsPath, messagesPath, messagesPath + "?state=failed", reportsPath, reportsPath + "?state=closed", batchesPath, batchesPath + "/dot-1", Root + "/khoa", Root + "/widget", textsPath, textsPath + "?changed=1", textsPath + "?q=khong+co", textsPath + "/public.verify.range", textsPath + "/badge.figure?done=text_default", Root + "/moi",
		peoplePath, peoplePath + "/1?done=saved", mePath + "?done=password", logPath, logPath + "?who=lan&what=account&from=2026-11-01&to=2026-11-30"}
}

var inline = regexp.MustCompile(`(?i)<script>|<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:|(src|href|action)="(https?:)?//`)

func TestPages_headersAndNothingInline(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	h.batch("dot-1", "so-an-giang")
	h.campaign("tet")
	h.clicks(0, referral.DayOf(testNow), 911, referral.ChannelQR, 3)
	b := h.signedIn(referral.RoleAdmin, 0)
	for _, page := range append(adminPages(p.Code), Root+"/vi-tri/ABCDEF", Root+"/dang-nhap") {
		res := b.get(page)
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", page, name, got)
			}
		}
		body := strings.ReplaceAll(res.body, `href="http://localhost:8080/`, "") // links to try the placement with
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s: %q in the page", page, found)
		}
	}
}
