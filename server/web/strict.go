package web

import (
	"bytes"
	"errors"

	"github.com/valyala/fasthttp"
)

// errUnclear is why Strict refuses a request.
var errUnclear = errors.New("request that two servers may read in two ways")

// Strict refuses what another server on the way may have read otherwise, and
// ends its connection: what follows may be part of it. It asks for
//
//   - HTTP/1.1 or HTTP/1.0,
//   - header lines that end in CRLF and do not go on on the next (RFC 9112, 2.2 and 5.2),
//   - a length or chunks, not both (6.3),
//   - an address that begins with a slash, or names the host that Host names (3.2.2).
//
// The HTTP server has refused the rest.
func Strict(refuse func(*fasthttp.RequestCtx, error), next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if h := &ctx.Request.Header; !isClear(h) {
			refuse(ctx, errUnclear)
			ctx.SetConnectionClose()
			return
		}
		next(ctx)
	}
}

func isClear(h *fasthttp.RequestHeader) bool {
	const noBody = -2
	if !wholeLines(h.RawHeaders()) {
		return false
	}
	uri := h.RequestURI()
	return (h.IsHTTP11() || string(h.Protocol()) == "HTTP/1.0") && (uri[0] == '/' || namesHost(uri, h.Host())) &&
		(h.ContentLength() == noBody || !has(h.RawHeaders(), "transfer-encoding") || !has(h.RawHeaders(), "content-length"))
}

// wholeLines reports whether every line ends in CRLF and none begins with a
// space. It looks at all that a phone sends, so it is made to be quick.
func wholeLines(raw []byte) bool {
	for {
		n := bytes.IndexByte(raw, '\n')
		switch {
		case n < 0:
			return true
		case n == 0 || raw[n-1] != '\r':
			return false
		case n+1 < len(raw) && (raw[n+1] == ' ' || raw[n+1] == '\t'):
			return false
		}
		raw = raw[n+1:]
	}
}

// namesHost reports whether an absolute address names a host. The port that its
// scheme has anyway may be left out of either.
func namesHost(uri, host []byte) bool {
	scheme, rest, ok := bytes.Cut(uri, []byte("://"))
	if end := bytes.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	port := []byte(":80")
	if bytes.EqualFold(scheme, []byte("https")) {
		port = []byte(":443")
	}
	return ok && bytes.EqualFold(bytes.TrimSuffix(rest, port), bytes.TrimSuffix(host, port))
}

// has reports whether a header of a name is there.
func has(raw []byte, name string) bool {
	for line := range bytes.Lines(raw) {
		if field, _, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(field, []byte(name)) {
			return true
		}
	}
	return false
}
