package public

import (
	"encoding/json"
	"errors"
	"html"
	"strings"
	"sync"
	"testing"

	"lensan/server/web"
)

func TestEmbed(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	for _, lang := range []string{"vi", "en"} {
		got := get(t, address, "/nhung/"+strings.ToLower(w)+"?lang="+lang)
		page := body(t, got)
		if got.StatusCode != 200 || got.Header.Get("Content-Security-Policy") != embedCSP {
			t.Fatalf("%d, %q", got.StatusCode, got.Header.Get("Content-Security-Policy"))
		}
		snippets := web.NewSnippets("https://len.example.vn", widgetCode, k.deps.Pages.Text(lang), web.Look{})
		s, err := newScripts()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{snippets.Badge, snippets.Text, snippets.Script, snippets.Iframe, s.integrity,
			"img-src https://len.example.vn", "script-src https://len.example.vn; connect-src https://len.example.vn", "frame-src https://len.example.vn",
			"42/2022", "/qr/" + w + ".png", "/kiem-tra/" + w} {
			if !strings.Contains(html.UnescapeString(page), want) {
				t.Errorf("%s: %s is missing", lang, want)
			}
		}
		if strings.Contains(page, "style=\"") || strings.Contains(page, "<style") {
			t.Errorf("%s: inline style", lang)
		}
	}
	if got := get(t, address, "/nhung/"+string(pausedCode)); !strings.Contains(body(t, got), "đang tạm dừng") {
		t.Error("the page does not say that the placement is paused")
	}
	for _, path := range []string{"/nhung/" + string(ghostCode), "/nhung/x", "/f/" + string(ghostCode)} {
		if got := get(t, address, path); got.StatusCode != 404 {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

func TestIframe_anyoneMayFrameIt(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	for _, row := range []struct {
		query string
		has   []string
		links int
	}{
		{"", []string{`class="auto badge m"`, "Hỗ trợ nông dân"}, 1},
		{"?style=button&lang=en&theme=dark&size=l", []string{`lang="en" class="dark button l"`, "Help farmers sell online"}, 1},
		{"?style=card", []string{`class="auto card m"`, "3,1 triệu hộ", `/go/` + w + `/guide?c=w"`}, 4},
		{"?style=%3Cb%3E&theme=x&size=9&lang=fr", []string{`lang="vi" class="auto badge m"`}, 1},
	} {
		got := get(t, address, "/f/"+w+row.query, "Referer: https://stttt.angiang.gov.vn/")
		page, csp := body(t, got), got.Header.Get("Content-Security-Policy")
		if got.StatusCode != 200 || !strings.Contains(csp, "frame-ancestors *") || got.Header.Get("X-Frame-Options") != "" || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d, %v", row.query, got.StatusCode, got.Header)
		}
		if !strings.Contains(csp, web.CSPHash(iframeStyle)) || !strings.Contains(page, "<style>"+iframeStyle+"</style>") {
			t.Errorf("%q: the policy does not allow the style", row.query)
		}
		if len(page) > 4096 {
			t.Errorf("%q: %d bytes", row.query, len(page))
		}
		if n := strings.Count(page, `target="_blank" rel="noopener"`); n != row.links || strings.Count(page, "<a ") != n {
			t.Errorf("%q: %d links open a window of their own, want %d", row.query, n, row.links)
		}
		for _, want := range append(row.has, `href="/go/`+w+`"`) {
			if !strings.Contains(page, want) {
				t.Errorf("%q: %s is missing in\n%s", row.query, want, page)
			}
		}
		for _, never := range []string{"<script", "<form", "<img", "style=\""} {
			if strings.Contains(page, never) {
				t.Errorf("%q: %s", row.query, never)
			}
		}
	}
	if got := k.views.all()["loads "+w+" 2026-11-24 stttt.angiang.gov.vn"]; got != 4 {
		t.Errorf("%d loads: %v", got, k.views.all())
	}
}

func TestSmallPages(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for path, want := range map[string]string{"/": "Đưa nông sản lên sàn", "/?lang=en": "Put your produce online", "/robots.txt": "Disallow: /go/", "/favicon.ico": "<svg", "/healthz": "ok"} {
		got := get(t, address, path)
		if page := body(t, got); got.StatusCode != 200 || !strings.Contains(page, want) {
			t.Errorf("%s: %d without %q", path, got.StatusCode, want)
		}
	}
}

func TestReady(t *testing.T) {
	k := newKit(t)
	var broken, away error
	k.app = k.another(t, func(d *Deps) {
		d.Ready = []Check{{"journal", func() error { return broken }}}
		d.Degraded = []Check{{"shared_journal", func() error { return away }}}
	})
	address := k.serve(t)
	ready := func() (status int, missing []string) {
		got := get(t, address, "/readyz")
		var answer struct {
			Ready    bool     `json:"ready"`
			NotReady []string `json:"not_ready"`
			Degraded []string `json:"degraded"`
		}
		if err := json.NewDecoder(got.Body).Decode(&answer); err != nil || answer.Ready != (got.StatusCode == 200) {
			t.Errorf("%+v, %v", answer, err)
		}
		if got := strings.Join(answer.Degraded, " "); answer.Degraded == nil || away == nil && got != "" || away != nil && got != "shared_journal" {
			t.Errorf("degraded: %v, while %v", answer.Degraded, away)
		}
		return got.StatusCode, answer.NotReady
	}
	if status, missing := ready(); status != 200 || len(missing) != 0 {
		t.Errorf("%d %v", status, missing)
	}
	away = errors.New("no broker")
	if status, missing := ready(); status != 200 || len(missing) != 0 {
		t.Errorf("%d %v", status, missing)
	}
	broken = errors.New("disk full")
	if status, missing := ready(); status != 503 || strings.Join(missing, " ") != "journal" {
		t.Errorf("%d %v", status, missing)
	}
	k.links.Swap(nil)
	if status, missing := ready(); status != 503 || strings.Join(missing, " ") != "links journal" {
		t.Errorf("%d %v", status, missing)
	}
	for _, path := range []string{"/" + string(widgetCode), "/go/" + string(widgetCode), "/kiem-tra/x", "/nhung/" + string(widgetCode), "/b/x.svg", "/qr/x.svg"} {
		if got := get(t, address, path); got.StatusCode != 503 {
			t.Errorf("%s without links: %d", path, got.StatusCode)
		}
	}
}

// Every page works in both languages and none lacks a text.
func TestTemplates_allAreUsed(t *testing.T) {
	k := newKit(t)
	k.publishing(t, sampleFigures(t))
	used := map[string]bool{}
	var mu sync.Mutex // connections are served beside each other
	k.deps.Pages.OnRender(func(name string) { mu.Lock(); defer mu.Unlock(); used[name] = true })
	address := k.serve(t)
	w := string(widgetCode)
	for _, path := range []string{"/", "/kiem-tra", "/nhung/" + w, "/f/" + w, "/" + string(hubCode), reportPath, thanksPath, figuresPath, "/no-such-page"} {
		for _, lang := range []string{"vi", "en"} {
			if page := body(t, get(t, address, path+"?lang="+lang)); strings.Contains(page, "[public.") || !strings.Contains(page, `lang="`+lang+`"`) {
				t.Errorf("%s in %s:\n%s", path, lang, page)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, name := range k.deps.Pages.Names() {
		if !used[name] && name != "frame.html" && name != "map.html" {
			t.Errorf("%s is never sent", name)
		}
	}
}
