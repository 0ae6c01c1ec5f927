package dashboard

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
)

func sources(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		ok(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(path)
			ok(t, err)
			all.Write(raw)
		}
	}
	return all.String()
}

// Every template is sent by some page, and every part is used by a template.
func TestTemplates_areAllRendered(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	h.batch("dot-1", "so-an-giang")
	h.campaign("tet")
	h.message("thu-1")
	h.oldPortal("so-kien-giang", "91")
	b := h.signedIn(referral.RoleAdmin, 0)
	for _, page := range append(adminPages(p.Code), Root+"/thu/1", Root+"/dang-nhap", Root+"/loi-moi/x", Root+"/vi-tri/ABCDEF") {
		res := b.get(page)
		wantNoText(t, page, res.body, "[dashboard.", "[mail.", "[alert.", "[report.", "[error.", "[status.", "%!", "&lt;nil&gt;", "ZgotmplZ")
	}
	b.send(successionPath, successionPath, "do/so-kien-giang", "keep")
	html := sources(t, "html/*.html")
	for _, name := range h.pages.Names() {
		if strings.HasPrefix(name, "dash_") && !h.rendered[name] {
			t.Errorf("%s is never rendered", name)
		}
	}
	for _, found := range regexp.MustCompile(`{{define "([^"]+)"}}`).FindAllStringSubmatch(html, -1) {
		if !regexp.MustCompile(`{{-? ?template "` + found[1] + `"`).MatchString(html) {
			t.Errorf("part %s is never used", found[1])
		}
	}
}

func TestTexts_areAllThereAndUsed(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	used, prefixes := map[string]bool{}, []string{}
	for _, key := range regexp.MustCompile(`"(dashboard|overview|report|mail|alert)\.[a-z_0-9.]*`).FindAllString(sources(t, "*.go", "html/*.html", "../../report/*.go", "../../mailing/*.go", "../../app/alert*.go"), -1) {
		key = key[1:]
		used[key] = true
		if isPrefix(key) {
			prefixes = append(prefixes, key)
		}
	}
	known := map[string]bool{}
	vi := h.pages.Text("vi")
	for key := range used {
		if !isPrefix(key) && !vi.Has(key) {
			t.Errorf("text %s is missing", key)
		}
	}
	for _, key := range vi.Keys() {
		switch part, _, _ := strings.Cut(key, "."); part {
		case "dashboard", "overview", "report", "mail", "alert":
		default:
			continue
		}
		known[key] = true
		for _, prefix := range prefixes {
			used[key] = used[key] || strings.HasPrefix(key, prefix)
		}
		if !used[key] {
			t.Errorf("text %s is not used", key)
		}
	}
	if len(known) < 200 {
		t.Errorf("only %d texts seen", len(known))
	}
}

// isPrefix says of a text in the sources that something is put behind it.
func isPrefix(key string) bool {
	return strings.HasSuffix(key, ".") || strings.HasSuffix(key, "_") || key == "overview.period.p"
}
