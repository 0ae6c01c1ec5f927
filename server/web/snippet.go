package web

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
	"lensan/server/text"
)

// URLs are the public addresses of a placement.
type URLs struct {
	Go    string `json:"go"`    // what badges and links lead to
	Scan  string `json:"scan"`  // what QR codes hold: capitals, for their alphanumeric mode
	Badge string `json:"badge"` // the picture, SVG
	Embed string `json:"embed"` // the page for the webmaster
	QR    string `json:"qr"`    // the QR code, SVG
}

// NewURLs returns the addresses of a code under a base URL without a slash at
// its end.
func NewURLs(base string, code referral.Code) URLs {
	return URLs{
		Go:    base + "/go/" + string(code),
		Scan:  strings.ToUpper(base) + "/" + string(code),
		Badge: base + "/b/" + string(code) + ".svg",
		Embed: base + "/nhung/" + string(code),
		QR:    base + "/qr/" + string(code) + ".svg",
	}
}

// Snippets are what a webmaster pastes. Each is one line in NFC with double
// quotes and without inline style: old editors destroy anything else.
type Snippets struct {
	Badge  string `json:"badge"`  // link and picture, no JavaScript: the default
	Text   string `json:"text"`   // link and words, for strict img-src and editors without pictures
	Script string `json:"script"` // the enhancer, once in a portal's template
	Iframe string `json:"iframe"` // a frame of fixed size
}

// Look is how a snippet's badge looks. Width and Height are in CSS pixels and
// must be in the ratio of the style's picture; the zero value is the badge of
// 240 × 72. The frame has the picture's size unless it has its own.
type Look struct {
	Style                   string
	Theme                   string // "light" or "dark" where it shall not follow the visitor; else ""
	Width, Height           int
	FrameWidth, FrameHeight int
	FrameSize               string // "l" for a frame with larger text; else ""
}

// NewSnippets returns the snippets of a code in a language.
func NewSnippets(base string, code referral.Code, l *text.Language, look Look) Snippets {
	if look == (Look{}) {
		look = Look{Style: "badge", Width: 240, Height: 72}
	}
	words := escape(norm.NFC.String(l.T("snippet.alt")))
	urls, suffix := NewURLs(base, code), look.query(l.Code)
	open := `<a href="` + escape(urls.Go) + `" target="_blank" rel="noopener">`
	// A lazy picture does not hold up the page's load event while we are slow, a
	// lazy frame only where it is in sight before the page's end has come.
	size := sizeOf(look.Width, look.Height)
	frame, frameSuffix := size, suffix
	if look.FrameWidth > 0 {
		frame = sizeOf(look.FrameWidth, look.FrameHeight)
	}
	if look.FrameSize != "" {
		if frameSuffix += "&size="; suffix == "" {
			frameSuffix = "?size="
		}
		frameSuffix += look.FrameSize
	}
	return Snippets{
		Badge:  open + `<img src="` + escape(urls.Badge+suffix) + `"` + size + ` alt="` + words + `"></a>`,
		Text:   open + words + `</a>`,
		Script: `<script async src="` + escape(base+"/w/v1.js") + `"></script>`,
		Iframe: `<iframe src="` + escape(base+"/f/"+string(code)+frameSuffix) + `"` + frame + ` title="` + words +
			`" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
	}
}

func sizeOf(width, height int) string {
	return ` width="` + strconv.Itoa(width) + `" height="` + strconv.Itoa(height) + `" loading="lazy"`
}

// query returns what differs from the defaults, "" if nothing does.
func (l Look) query(lang string) string {
	q := url.Values{}
	if l.Style != "" && l.Style != "badge" {
		q.Set("style", l.Style)
	}
	if lang != text.Languages[0] {
		q.Set("lang", lang)
	}
	if l.Theme != "" {
		q.Set("theme", l.Theme)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// escape makes a value safe in double quotes. An apostrophe stays as it is:
// Joomla's filter takes the "&#" out of "&#39;" and leaves "39;".
func escape(s string) string { return snippetEscaper.Replace(s) }

var snippetEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
