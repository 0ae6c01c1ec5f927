package web

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestAssets_styleSheetNamesHashedFiles(t *testing.T) {
	files := fstest.MapFS{
		"css/a.css":     {Data: []byte(`@font-face { src: url("../fonts/x.woff2") format("woff2"); } p { background: url("data:,x") }`)},
		"fonts/x.woff2": {Data: []byte("font")},
	}
	a, err := NewAssets(files, "css", "fonts")
	if err != nil {
		t.Fatal(err)
	}
	style, err := a.URL("css/a.css")
	if err != nil {
		t.Fatal(err)
	}
	font, err := a.URL("fonts/x.woff2")
	if err != nil {
		t.Fatal(err)
	}
	body := string(a.byPath[style].body)
	if !strings.Contains(body, `url("`+font+`")`) || !strings.Contains(body, `url("data:,x")`) {
		t.Errorf("style sheet is %s, want %s in it", body, font)
	}
	if a.byPath[font].contentType != "font/woff2" {
		t.Errorf("content type %s", a.byPath[font].contentType)
	}
}

func TestAssets_missingFileIsAnError(t *testing.T) {
	_, err := NewAssets(fstest.MapFS{"css/a.css": {Data: []byte(`p { background: url("none.png") }`)}}, "css")
	if err == nil || !strings.Contains(err.Error(), "css/none.png") {
		t.Errorf("error is %v", err)
	}
	a, err := NewAssets(fstest.MapFS{"css/a.css": {}}, "css")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.URL("css/b.css"); err == nil {
		t.Error("a file that does not exist has an address")
	}
}
