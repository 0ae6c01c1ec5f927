package public

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/andybalholm/brotli"

	"lensan/server/web"
)

func TestBadge(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	for _, row := range []struct {
		path, contentType string
		status            int
	}{
		{"/b/" + w + ".svg", "image/svg+xml", 200},
		{"/b/" + strings.ToLower(w) + ".svg", "image/svg+xml", 200},
		{"/b/" + w + ".png", "image/png", 200},
		{"/b/" + w + ".png?scale=2&lang=en&style=button", "image/png", 200},
		{"/b/" + w + ".svg?style=none&lang=xx&scale=99", "image/svg+xml", 200},
		{"/b/" + string(pausedCode) + ".svg", "image/svg+xml", 200},
		{"/b/" + string(ghostCode) + ".svg", "image/svg+xml", 404},
		{"/b/nonsense.svg", "image/svg+xml", 404},
		{"/b/" + w + ".gif", "text/html; charset=utf-8", 404},
		{"/b/" + w, "text/html; charset=utf-8", 404},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := get(t, address, row.path)
			if got.StatusCode != row.status || got.Header.Get("Content-Type") != row.contentType {
				t.Fatalf("%d %s, want %d %s", got.StatusCode, got.Header.Get("Content-Type"), row.status, row.contentType)
			}
			content := body(t, got)
			if row.status == 200 && got.Header.Get("Cache-Control") != evergreen {
				t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
			}
			if row.contentType == "image/png" {
				if _, err := png.Decode(strings.NewReader(content)); err != nil {
					t.Error(err)
				}
			}
			if strings.Contains(content, "<script") {
				t.Error("a script in a picture")
			}
		})
	}
}

// A parameter that is not known never breaks a picture, and each that is known
// changes it.
func TestBadge_looks(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	at := func(query string) string {
		t.Helper()
		got := get(t, address, "/b/"+string(widgetCode)+query)
		if got.StatusCode != 200 {
			t.Fatalf("%s: %d", query, got.StatusCode)
		}
		return body(t, got)
	}
	plain := at(".svg")
	for _, query := range []string{"?style=none", "?style=", "?theme=auto", "?theme=%00", "?size=xl", "?lang=fr", "?scale=-1", "?scale=2", "?style=badge&theme=light&size=m&lang=vi"} {
		if at(".svg"+query) != plain {
			t.Errorf("%s is not the default", query)
		}
	}
	seen := map[string]string{plain: ""}
	for _, query := range []string{"?style=button", "?style=card", "?lang=en", "?theme=dark", "?size=s", "?size=l", "?style=card&theme=dark&size=s&lang=en"} {
		picture := at(".svg" + query)
		if other, ok := seen[picture]; ok {
			t.Errorf("%s and %q are the same", query, other)
		}
		seen[picture] = query
	}
	for query, want := range map[string]image.Point{"": {240, 72}, "?scale=2": {480, 144}, "?scale=4": {240, 72}, "?style=card&size=s&scale=2": {560, 420}, "?style=button&size=l": {360, 72}} {
		picture, err := png.DecodeConfig(strings.NewReader(at(".png" + query)))
		if err != nil || picture.Width != want.X || picture.Height != want.Y {
			t.Errorf("%s: %d × %d, %v, want %v", query, picture.Width, picture.Height, err, want)
		}
	}
}

func TestFile_compressedAndRevalidated(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for _, path := range []string{"/b/" + string(widgetCode) + ".svg", "/w/v1.js", "/qr/" + string(qrCode) + ".svg"} {
		plain := get(t, address, path)
		small := get(t, address, path, "Accept-Encoding: gzip, br")
		if small.Header.Get("Content-Encoding") != "br" || !strings.HasPrefix(small.Header.Get("Vary"), "Accept-Encoding") || plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: Content-Encoding %q, Vary %q", path, small.Header.Get("Content-Encoding"), small.Header.Get("Vary"))
		}
		unpacked, err := io.ReadAll(brotli.NewReader(small.Body))
		if err != nil || string(unpacked) != body(t, plain) {
			t.Errorf("%s: the compressed file is another (%v)", path, err)
		}
		again := get(t, address, path, "If-None-Match: "+plain.Header.Get("ETag"))
		if again.StatusCode != 304 || body(t, again) != "" {
			t.Errorf("%s: %d", path, again.StatusCode)
		}
	}
}

func TestQR(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	c := string(qrCode)
	for _, row := range []struct {
		path, contentType string
		status            int
		fault             string // pointer that the problem names
	}{
		{"/qr/" + c + ".svg", "image/svg+xml", 200, ""},
		{"/qr/" + strings.ToLower(c) + ".png?mm=20&ec=M&dpi=150&quiet=6", "image/png", 200, ""},
		{"/qr/" + c + ".pdf?logo=1&mm=40", "application/pdf", 200, ""},
		{"/qr/" + c + ".eps?distance=1.5", "application/postscript", 200, ""},
		{"/qr/" + c + ".pdf?distance=1.5&mm=150", "", 422, "/distance"},
		{"/qr/" + c + ".pdf?distance=6", "", 422, "/distance"},
		{"/qr/" + c + ".pdf?distance=x", "", 422, "/distance"},
		{"/qr/" + c + ".svg?logo=yes", "", 422, "/logo"},
		{"/qr/" + c + ".svg?mm=9", "", 422, "/mm"},
		{"/qr/" + c + ".svg?mm=x", "", 422, "/mm"},
		{"/qr/" + c + ".svg?mm=NaN", "", 422, "/mm"},
		{"/qr/" + c + ".svg?mm=0", "", 422, "/mm"},
		{"/qr/" + c + ".svg?ec=L", "", 422, "/ec"},
		{"/qr/" + c + ".png?dpi=9999999999999999999", "", 422, "/dpi"},
		{"/qr/" + c + ".svg?quiet=3", "", 422, "/quiet"},
		{"/qr/" + string(ghostCode) + ".svg", "", 404, ""},
		{"/qr/" + c + ".exe", "", 404, ""},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := get(t, address, row.path)
			if got.StatusCode != row.status || row.status == 200 && got.Header.Get("Content-Type") != row.contentType {
				t.Fatalf("%d %s, want %d %s", got.StatusCode, got.Header.Get("Content-Type"), row.status, row.contentType)
			}
			if row.fault == "" {
				return
			}
			var p web.Problem
			if err := json.NewDecoder(got.Body).Decode(&p); err != nil || len(p.Errors) != 1 || p.Errors[0].Pointer != row.fault {
				t.Errorf("%v: %+v, want a fault at %s", err, p, row.fault)
			}
		})
	}
}

func TestScripts(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	s, err := newScripts()
	if err != nil {
		t.Fatal(err)
	}
	current, fixed := get(t, address, "/w/v1.js"), get(t, address, s.pinned)
	if current.StatusCode != 200 || current.Header.Get("Cache-Control") != evergreen {
		t.Errorf("v1.js: %d %q", current.StatusCode, current.Header.Get("Cache-Control"))
	}
	if fixed.StatusCode != 200 || fixed.Header.Get("Cache-Control") != pinned || fixed.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%s: %d %q", s.pinned, fixed.StatusCode, fixed.Header.Get("Cache-Control"))
	}
	content := body(t, fixed)
	if content != body(t, current) || web.Integrity([]byte(content)) != s.integrity {
		t.Error("the pinned script is another than the evergreen one, or has another checksum")
	}
	if got := get(t, address, "/w/v1.0000000000.js"); got.StatusCode != 404 {
		t.Errorf("unknown release: %d", got.StatusCode)
	}
}

func TestRendered_onceForAllAndBounded(t *testing.T) {
	r := newRendered(10_000)
	var calls atomic.Int64
	begin := make(chan struct{})
	var all sync.WaitGroup
	for range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			<-begin
			f, err := r.get("key", func() (file, error) {
				calls.Add(1)
				return newFile(bytes.Repeat([]byte("x"), 1000), "image/png"), nil
			})
			if err != nil || len(f.body) != 1000 {
				t.Errorf("%v", err)
			}
		}()
	}
	close(begin)
	all.Wait()
	if n := calls.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
	for i := range 100 {
		if _, err := r.get(strings.Repeat("k", i), func() (file, error) { return newFile(make([]byte, 900), "image/png"), nil }); err != nil {
			t.Fatal(err)
		}
		if n := r.bytes.Load(); n > r.most {
			t.Fatalf("%d bytes kept", n)
		}
	}
	broken := errors.New("broken")
	if _, err := r.get("bad", func() (file, error) { return file{}, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, kept := r.files.Get("bad"); kept {
		t.Error("a failure is kept")
	}
}
