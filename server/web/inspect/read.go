package inspect

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"lensan/server/referral"
)

// anchor is a link to one of our codes.
type anchor struct {
	target
	window  string // target=
	rel     []string
	words   bool
	picture *picture
}

// picture is an <img>; moved says that its address stands in another attribute.
type picture struct {
	target
	known, moved    bool
	sized, said     bool
	srcset, foreign bool
}

type script struct {
	file, integrity, nonce string
	inert                  bool // it has a type that browsers do not run, or no src
	crossOrigin, async     bool
}

type iframe struct {
	target
	known, moved bool
	empty        bool // our form without an address
}

// reader walks over a page once and keeps what is ours.
type reader struct {
	base *url.URL
	code referral.Code

	open     *anchor
	anchors  []anchor
	pictures []picture // ours, outside of a link
	scripts  []script
	iframes  []iframe
	policies []string
	escaped  bool // the snippet is shown as text
}

type attributes map[string]string

func (a attributes) has(name string) bool { _, ok := a[name]; return ok }

func attributesOf(t html.Token) attributes {
	a := make(attributes, len(t.Attr))
	for _, x := range t.Attr {
		if !a.has(x.Key) { // the first of two counts
			a[x.Key] = x.Val
		}
	}
	return a
}

func (r *reader) read(source string) {
	z := html.NewTokenizer(strings.NewReader(source))
	needle := r.base.Host + r.base.Path + "/go/"
	raw := false // inside of a text that is no page: <textarea>, <script>, …
	for {
		switch z.Next() {
		case html.ErrorToken:
			r.close()
			return
		case html.TextToken:
			words := string(z.Text())
			if r.open != nil && strings.TrimSpace(words) != "" {
				r.open.words = true
			}
			if !raw && strings.Contains(words, needle) && strings.Contains(words, "<a ") {
				r.escaped = true
			}
			raw = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			r.element(t.Data, attributesOf(t))
			raw = slices.Contains([]string{"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"}, t.Data)
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" {
				r.close()
			}
		}
	}
}

func (r *reader) close() {
	if r.open != nil {
		r.anchors = append(r.anchors, *r.open)
		r.open = nil
	}
}

func (r *reader) element(name string, a attributes) {
	switch name {
	case "a":
		r.close()
		if t, ok := r.look(a["href"]); ok && t.kind == "go" {
			r.open = &anchor{target: t, window: strings.ToLower(strings.TrimSpace(a["target"])), rel: strings.Fields(strings.ToLower(a["rel"]))}
		}
	case "img":
		r.image(a)
	case "script":
		r.script(a)
	case "iframe":
		r.iframe(a)
	case "meta":
		if strings.EqualFold(strings.TrimSpace(a["http-equiv"]), "content-security-policy") {
			r.policies = append(r.policies, a["content"])
		}
	}
}

// lazy are the attributes that scripts for late loading move an address to.
var lazy = []string{"data-src", "data-lazy-src", "data-original", "data-lazy", "data-cfsrc"}

func (r *reader) image(a attributes) {
	p := picture{sized: a["width"] != "" && a["height"] != "", said: strings.TrimSpace(a["alt"]) != "", srcset: a["srcset"] != ""}
	if t, ok := r.look(a["src"]); ok && t.kind == "b" {
		p.target, p.known = t, true
	} else {
		for _, name := range lazy {
			if t, ok := r.look(a[name]); ok && t.kind == "b" {
				p.target, p.known, p.moved = t, true, true
				break
			}
		}
	}
	p.foreign = !p.known && a["src"] != ""
	switch {
	case r.open != nil && (r.open.picture == nil || p.known && !r.open.picture.known):
		r.open.picture = &p
	case r.open == nil && p.known:
		r.pictures = append(r.pictures, p)
	}
}

func (r *reader) script(a attributes) {
	address, inert := a["src"], false
	if address == "" {
		for _, name := range lazy {
			if a[name] != "" {
				address, inert = a[name], true
			}
		}
	}
	t, ok := r.look(address)
	if !ok || t.kind != "w" {
		return
	}
	switch strings.ToLower(strings.TrimSpace(a["type"])) {
	case "", "text/javascript", "application/javascript", "module":
	default:
		inert = true
	}
	r.scripts = append(r.scripts, script{file: t.file, integrity: a["integrity"], crossOrigin: a.has("crossorigin"), nonce: a["nonce"],
		inert: inert, async: a.has("async") || a.has("defer")})
}

func (r *reader) iframe(a attributes) {
	if t, ok := r.look(a["src"]); ok && t.kind == "f" {
		r.iframes = append(r.iframes, iframe{target: t, known: true})
		return
	}
	for _, name := range lazy {
		if t, ok := r.look(a[name]); ok && t.kind == "f" {
			r.iframes = append(r.iframes, iframe{target: t, known: true, moved: true})
			return
		}
	}
	src := strings.TrimSpace(a["src"])
	if (src == "" || src == "about:blank") && strings.Contains(a["sandbox"], "allow-popups-to-escape-sandbox") {
		r.iframes = append(r.iframes, iframe{empty: true})
	}
}
