package public

import (
	"bytes"
	"net/url"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"lensan/server/referral"
)

// isPrefetch reports whether the request says that nobody has asked for it yet:
// Sec-Purpose (Fetch standard, "prefetch"), its forerunners Purpose and
// X-Purpose ("prefetch", "preview", "instant") and X-Moz ("prefetch").
func isPrefetch(h *fasthttp.RequestHeader) (ahead bool) {
	h.VisitAll(func(name, value []byte) {
		switch len(name) { // hardly a request has one: most names are told by their length
		case len("X-Moz"), len("Purpose"), len("X-Purpose"), len("Sec-Purpose"):
			switch utils.UnsafeString(name) {
			case "Sec-Purpose", "Purpose", "X-Purpose", "X-Moz":
				ahead = ahead || isAhead(value)
			}
		}
	})
	return ahead
}

func isAhead(value []byte) bool {
	if len(value) == 0 || len(value) > 100 {
		return false
	}
	value = bytes.ToLower(value)
	return bytes.Contains(value, []byte("pre")) || bytes.Contains(value, []byte("instant"))
}

// appendHost appends the host of an http(s) URL to dst, in lower case and
// without port; nothing if there is none that is a plain DNS name or IPv4
// address, or if the URL holds user info.
func appendHost(dst, rawURL []byte) []byte {
	rest, ok := cutScheme(rawURL)
	if !ok {
		return dst
	}
	if i := bytes.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := bytes.IndexByte(rest, ':'); i >= 0 {
		if !isPort(rest[i+1:]) {
			return dst
		}
		rest = rest[:i]
	}
	if len(rest) == 0 || len(rest) > referral.MaxReferrer {
		return dst
	}
	start, label := len(dst), 0
	for i, b := range rest {
		switch {
		case b >= 'A' && b <= 'Z':
			b |= 0x20
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9':
		case b == '-' && label > 0 && i+1 < len(rest) && rest[i+1] != '.':
		case b == '.' && label > 0 && i+1 < len(rest):
			label = -1
		default:
			return dst[:start]
		}
		if label++; label > 63 {
			return dst[:start]
		}
		dst = append(dst, b)
	}
	return dst
}

// hostOf returns the host of our own base URL in the form of appendHost.
func hostOf(base string) string { return string(appendHost(nil, []byte(base))) }

func cutScheme(rawURL []byte) (rest []byte, ok bool) {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(rawURL) > len(scheme) && bytes.EqualFold(rawURL[:len(scheme)], []byte(scheme)) {
			return rawURL[len(scheme):], true
		}
	}
	return nil, false
}

func isPort(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 5
}

// maxPassed is the length in bytes up to which a parameter's value is passed on.
const maxPassed = 200

// passedOn returns the query parameters that a destination lists, encoded
// anew. Values that are long, not UTF-8 or hold control characters are left out.
func passedOn(args *fasthttp.Args, names []string) string {
	var out []byte
	for _, name := range names {
		value := args.Peek(name)
		if len(value) == 0 || len(value) > maxPassed || !utf8.Valid(value) || bytes.ContainsFunc(value, unicode.IsControl) {
			continue
		}
		if len(out) > 0 {
			out = append(out, '&')
		}
		out = append(out, name...)
		out = append(out, '=')
		out = append(out, url.QueryEscape(string(value))...)
	}
	return string(out)
}
