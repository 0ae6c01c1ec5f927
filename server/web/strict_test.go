package web

import (
	"bufio"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

func TestStrict(t *testing.T) {
	for _, row := range []struct {
		sent string
		want bool
	}{
		{"GET / HTTP/1.1|Host: a||", true},
		{"GET / HTTP/1.0|Host: a||", true},
		{"GET / HTTP/1.0||", true},
		{"GET / HTTP/2.0|Host: a||", false},
		{"GET / HTTP/1.2|Host: a||", false},
		{"GET http://A/x HTTP/1.1|Host: a||", true},
		{"GET http://a:80 HTTP/1.1|Host: a:80||", true},
		{"GET http://a:80/ HTTP/1.1|Host: a||", true},
		{"GET http://a/ HTTP/1.1|Host: a:80||", true},
		{"GET https://a/ HTTP/1.1|Host: a:443||", true},
		{"GET http://a/ HTTP/1.1|Host: a:443||", false},
		{"GET http://a:8080/ HTTP/1.1|Host: a||", false},
		{"GET http://b/?a HTTP/1.1|Host: a||", false},
		{"GET http://a@b/ HTTP/1.1|Host: b||", false},
		{"OPTIONS * HTTP/1.1|Host: a||", false},
		{"GET / HTTP/1.1|Host: a|X: x\ny: z||", false},
		{"GET / HTTP/1.1|Host: a|X: x| y||", false},
		{"GET / HTTP/1.1|Host: a|X:|\ty||", false},
		{"POST / HTTP/1.1|Host: a|Content-Length: 1||x", true},
		{"POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0||", true},
		{"POST / HTTP/1.1|Host: a|transfer-encoding: chunked|content-length: 0||0||", false},
		{"GET / HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked||0||", false},
		{"POST / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: identity||x", false},
	} {
		var ctx fasthttp.RequestCtx
		if err := ctx.Request.Read(bufio.NewReader(strings.NewReader(strings.ReplaceAll(row.sent, "|", "\r\n")))); err != nil {
			t.Errorf("%s: %v", row.sent, err)
			continue
		}
		passed, refused := false, false
		Strict(func(*fasthttp.RequestCtx, error) { refused = true }, func(*fasthttp.RequestCtx) { passed = true })(&ctx)
		if passed != row.want || refused == row.want || ctx.Response.ConnectionClose() == row.want {
			t.Errorf("%s: passed %v, refused %v, the end %v", row.sent, passed, refused, ctx.Response.ConnectionClose())
		}
	}
}

// Whatever is sent, what passes has whole lines, one way to tell its length and
// no host but one; nothing panics.
func FuzzStrict(f *testing.F) {
	for _, s := range []string{"GET / HTTP/1.1|Host: a||", "GET http://a:80/x HTTP/1.0|Host: a||", "GET :// HTTP/1.1|Host: a||", "GET ? HTTP/1.1|Host: a||", "POST / HTTP/1.1|Host: a|Content-Length: 1||x",
		"POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0||", "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1|Host: a|X: y| z||", "GET http: HTTP/1.1|Host: a||", "\n\nGET / HTTP/1.1|Host: a||"} {
		f.Add(strings.ReplaceAll(s, "|", "\r\n"))
	}
	f.Fuzz(func(t *testing.T, sent string) {
		var ctx fasthttp.RequestCtx
		if err := ctx.Request.ReadLimitBody(bufio.NewReader(strings.NewReader(sent)), 1<<10); err != nil {
			return
		}
		passed := false
		Strict(func(*fasthttp.RequestCtx, error) {}, func(*fasthttp.RequestCtx) { passed = true })(&ctx)
		raw := "\r\n" + strings.ToLower(string(ctx.Request.Header.RawHeaders()))
		if passed && strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") {
			t.Errorf("%q passed with a line that ends in LF alone", sent)
		}
		if passed && strings.Contains(raw, "\r\ntransfer-encoding:") && strings.Contains(raw, "\r\ncontent-length:") {
			t.Errorf("%q passed with a length and chunks", sent)
		}
	})
}

func BenchmarkStrict(b *testing.B) {
	var ctx fasthttp.RequestCtx
	raw := "GET /go/K7Q2PX HTTP/1.1\r\nHost: lensan.example\r\n" + strings.Repeat("Accept-Something: text/html,application/xhtml+xml,application/xml;q=0.9\r\n", 14) + "\r\n"
	if err := ctx.Request.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
		b.Fatal(err)
	}
	handler := Strict(nil, func(*fasthttp.RequestCtx) {})
	for b.Loop() {
		handler(&ctx)
	}
}
