package api_test

import (
	"strings"
	"testing"

	"lensan/server/text"
)

func TestTexts(t *testing.T) {
	k := newKit(t)
	const hub = "/texts/vi/public.hub.title"
	all := k.get("editor", "/texts").want(200)
	if n := len(all.at("items").([]any)); n < 300 || all.at("next_cursor") != nil || all.str("items", 0, "key") != "public.hub.title" || all.str("items", 0, "words", "en", "text") != "Put your produce online" {
		t.Errorf("%d texts, first %v", n, all.at("items", 0))
	}
	if got := k.get("editor", "/texts?changed=true").want(200); len(got.at("items").([]any)) != 0 {
		t.Error(got.body)
	}
	put := func(body string) answer { return k.do(request{role: "editor", method: "PUT", path: hub, body: body}) }
	got := put(`{"text":" Đưa nông sản  lên sàn số ","reason":"Theo văn bản số 12"}`).want(200)
	if got.str("words", "vi", "text") != "Đưa nông sản lên sàn số" || got.str("words", "vi", "default") != "Đưa nông sản lên sàn" || got.at("words", "vi", "changed") != true ||
		!strings.HasPrefix(got.str("words", "vi", "changed_by"), "key:") || got.at("words", "en", "changed") != false || got.at("changed") != true {
		t.Error(got.body)
	}
	if said := k.texts.In("vi").T("public.hub.title"); said != "Đưa nông sản lên sàn số" {
		t.Errorf("in force: %q", said)
	}
	if found := k.get("editor", "/texts?changed=true&search=SAN+so&group=hub").want(200); len(found.at("items").([]any)) != 1 {
		t.Error(found.body)
	}
	for body, want := range map[string]string{
		`{"text":"","reason":"x"}`:             "/text required",
		`{"reason":"x"}`:                       "/text required",
		`{"text":"x"}`:                         "/reason reason_missing",
		`{"text":"Đưa {ma} lên","reason":"x"}`: "/text text_no_placeholders",
		`{"text":"` + strings.Repeat("x", 200) + `","reason":"x"}`: "/text too_long",
		`{"text":1,"reason":"x"}`:                                  "/text json_type",
		`{"words":"x","reason":"x"}`:                               "/words json_unknown",
	} {
		if got := put(body).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	long := `{"text":"` + strings.Repeat("Quét mã ", 24) + `","reason":"x"}`
	if got := k.do(request{role: "editor", method: "PUT", path: "/texts/vi/poster.scan", body: long}).want(422).faults(); got != "/text text_sticker" {
		t.Errorf("no room: %s", got)
	}
	for _, path := range []string{"/texts/fr/public.hub.title", "/texts/vi/public.hub.none", "/texts/vi/error.required", "/texts/vi/common.product", "/texts/vi/dashboard.nav.texts"} {
		k.do(request{role: "editor", method: "PUT", path: path, body: `{"text":"x","reason":"x"}`}).want(404)
		k.do(request{role: "editor", method: "DELETE", path: path + "?reason=x"}).want(404)
	}
	for query, want := range map[string]string{"?group=none": "/group one_of", "?changed=1": "/changed one_of", "?lang=vi": "/lang query_unknown"} {
		if got := k.get("editor", "/texts"+query).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	remove := func(query string) answer { return k.do(request{role: "editor", method: "DELETE", path: hub + query}) }
	if got := remove("").want(422).faults(); got != "/reason reason_missing" {
		t.Errorf("without a reason: %s", got)
	}
	remove("?reason=thôi").want(204)
	remove("?reason=thôi").want(204) // it is so already
	if said := k.texts.In("vi").T("public.hub.title"); said != k.texts.In("vi").Default("public.hub.title") {
		t.Errorf("after the default: %q", said)
	}
	log := k.get("admin", "/audit?what=text&key=public.hub.title").want(200)
	if n := len(log.at("items").([]any)); n != 2 || log.str("items", 0, "verb") != "default" || log.str("items", 0, "before", "vi") != "Đưa nông sản lên sàn số" || log.str("items", 1, "reason") != "Theo văn bản số 12" {
		t.Error(log.body)
	}
}

// Faults are told in the language that the caller prefers.
func TestTexts_inEnglish(t *testing.T) {
	k := newKit(t)
	for _, lang := range text.Languages {
		got := k.do(request{role: "editor", method: "PUT", path: "/texts/en/public.hub.code", body: `{"text":"Code","reason":"x"}`, header: []string{"Accept-Language: " + lang}}).want(422)
		if !strings.Contains(got.body, "{code}") || strings.Contains(got.body, "[error") {
			t.Errorf("%s: %s", lang, got.body)
		}
	}
}
