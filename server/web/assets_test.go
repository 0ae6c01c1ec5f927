package web

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
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

func TestAssets_packedAsAskedFor(t *testing.T) {
	style := strings.Repeat("p { color: red } ", 500)
	files := fstest.MapFS{"css/a.css": {Data: []byte(style)}, "fonts/x.woff2": {Data: []byte(style)}, "css/b.css": {Data: []byte("p {}")}}
	a, err := NewAssets(files, "css", "fonts")
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New()
	app.Get("/assets/*", a.Handle)
	for _, c := range []struct{ name, accept, want string }{
		{"css/a.css", "gzip, deflate, br, zstd", "br"}, {"css/a.css", "gzip, deflate", "gzip"}, {"css/a.css", "", ""},
		{"fonts/x.woff2", "gzip, br", ""}, {"css/b.css", "gzip, br", ""},
	} {
		address, err := a.URL(c.name)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = res.Body
		switch c.want {
		case "br":
			body = brotli.NewReader(body)
		case "gzip":
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := io.ReadAll(body)
		want := files[c.name].Data
		if err != nil || string(raw) != string(want) || res.Header.Get("Content-Encoding") != c.want {
			t.Errorf("%s with %q: %v, %d bytes, encoding %q", c.name, c.accept, err, len(raw), res.Header.Get("Content-Encoding"))
		}
	}
}
