package public

import (
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

func TestIsPrefetch(t *testing.T) {
	for _, row := range []struct {
		header, value string
		want          bool
	}{
		{"Sec-Purpose", "prefetch", true}, {"Sec-Purpose", "prefetch;prerender", true}, {"Sec-Purpose", "Prefetch;anonymous-client-ip", true},
		{"Purpose", "prefetch", true}, {"Purpose", "preview", true}, {"X-Purpose", "preview", true}, {"X-Purpose", "instant", true}, {"X-Moz", "prefetch", true},
		{"X-Moz", "", false}, {"Sec-Purpose", "document", false}, {"Sec-Fetch-Purpose", "prefetch", false}, {"Accept", "prefetch", false},
		{"Sec-Purpose", strings.Repeat("x", 5000) + "prefetch", false},
	} {
		var h fasthttp.RequestHeader
		h.Set(row.header, row.value)
		if got := isPrefetch(&h); got != row.want {
			t.Errorf("%s: %.40s: %v", row.header, row.value, got)
		}
	}
}

func TestAppendHost(t *testing.T) {
	for in, want := range map[string]string{
		"https://stttt.angiang.gov.vn/tin?x#y": "stttt.angiang.gov.vn",
		"http://A.B":                           "a.b",
		"HTTPS://a.b:8443":                     "a.b",
		"https://127.0.0.1:8080/":              "127.0.0.1",
		"https://xn--angiang-1ya.vn?":          "xn--angiang-1ya.vn",
		"android-app://com.zing.zalo/":         "",
		"https://user@a.b/":                    "",
		"https://user:pw@a.b/":                 "",
		"https://a.b:pw@evil/":                 "",
		"https://a.b:":                         "",
		"https://a..b/":                        "",
		"https://.a/":                          "",
		"https://a./":                          "",
		"https://-a.b/":                        "",
		"https://a-.b/":                        "",
		"https://a_b.c/":                       "",
		"https://[::1]/":                       "",
		"https://tỉnh.vn/":                     "",
		"https:///x":                           "",
		`https://a\b/`:                         "",
		"//a.b/":                               "",
		"a.b":                                  "",
		"":                                     "",
		"https://":                             "",
		"https://" + strings.Repeat("a", 64) + ".b/":   "",
		"https://" + strings.Repeat("a.", 126) + "a/":  strings.Repeat("a.", 126) + "a",
		"https://" + strings.Repeat("a.", 127) + "a/x": "",
	} {
		if got := string(appendHost([]byte("keep"), []byte(in))); got != "keep"+want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Whatever host is found is the one that net/url sees in the same address.
func FuzzAppendHost(f *testing.F) {
	for _, seed := range []string{"https://a.b/c", "http://A-1.b:80?x", "https://a@b/", "https://a\\b", "https://[::1]:1/", "https://a.b.", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		host := string(appendHost(nil, []byte(raw)))
		if host == "" {
			return
		}
		if len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			t.Errorf("%q: host %q", raw, host)
		}
		before, _, _ := strings.Cut(raw, "?") // net/url refuses bad escapes after the host; we do not look there
		before, _, _ = strings.Cut(before, "#")
		scheme, rest, _ := strings.Cut(before, "://")
		rest, _, _ = strings.Cut(rest, "/")
		if u, err := url.Parse(scheme + "://" + rest); err != nil || u.User != nil || strings.ToLower(u.Hostname()) != host {
			t.Errorf("%q: host %q, net/url says %v, %v", raw, host, u, err)
		}
	})
}

func TestPassedOn(t *testing.T) {
	names := []string{"ref", "xa"}
	for query, want := range map[string]string{
		"":                                      "",
		"ref=1&xa=2&other=3":                    "ref=1&xa=2",
		"xa=2&ref=1&ref=9":                      "ref=1&xa=2",
		"ref=a%26b%3Dc%23d%3Fe":                 "ref=a%26b%3Dc%23d%3Fe",
		"ref=//evil.com&xa=%5C":                 "ref=%2F%2Fevil.com&xa=%5C",
		"ref=%0d%0aLocation:x":                  "",
		"ref=%ff":                               "",
		"ref=" + strings.Repeat("x", 201):       "",
		"ref=" + strings.Repeat("x", 200):       "ref=" + strings.Repeat("x", 200),
		"ref=T%C3%A2n%20H%C6%B0ng":              "ref=T%C3%A2n+H%C6%B0ng",
		"Ref=1":                                 "",
		"ref=%E2%80%AE&xa=%C2%85":               "ref=%E2%80%AE", // U+0085 is a control character
		"ref":                                   "",
		"ref=<script>alert(1)</script>&xa=\"x'": "ref=%3Cscript%3Ealert%281%29%3C%2Fscript%3E&xa=%22x%27",
	} {
		var args fasthttp.Args
		args.Parse(query)
		if got := passedOn(&args, names); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
