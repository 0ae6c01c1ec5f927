package cms

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rules are what the filters of all systems have in common. A nil function
// lets everything pass.
type rules struct {
	tag     func(p piece) bool                      // false: the tag goes, what it encloses stays
	whole   []string                                // elements that go with what they enclose
	inside  []string                                // raw-text elements whose content stays as words
	keep    func(tag string, a attribute) bool      // false: the attribute goes
	rewrite func(tag string, a *attribute)          // changes a value
	finish  func(p *piece)                          // last look at an opening tag
	replace func(p piece) (instead string, ok bool) // another piece of HTML in its place
}

func (r rules) apply(source string) string {
	var b strings.Builder
	pieces := split(source)
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		switch p.kind {
		case words:
			b.WriteString(p.raw)
		case closing:
			if r.tag == nil || r.tag(p) {
				b.WriteString("</" + p.name + ">")
			}
		case opening:
			if slices.Contains(r.whole, p.name) {
				i = end(pieces, i)
				continue
			}
			if r.tag != nil && !r.tag(p) {
				if content := i + 1; rawText[p.name] && !slices.Contains(r.inside, p.name) && content < len(pieces) && pieces[content].kind == words {
					i = content
				}
				continue
			}
			r.open(&b, p)
		}
	}
	return strings.TrimSpace(b.String())
}

func (r rules) open(b *strings.Builder, p piece) {
	var kept []attribute
	for _, a := range p.attributes {
		if r.keep != nil && !r.keep(p.name, a) {
			continue
		}
		if r.rewrite != nil {
			r.rewrite(p.name, &a)
		}
		kept = append(kept, a)
	}
	p.attributes = kept
	if r.finish != nil {
		r.finish(&p)
	}
	if r.replace != nil {
		if instead, ok := r.replace(p); ok {
			b.WriteString(instead)
			return
		}
	}
	p.write(b)
}

// rawText are elements whose content the tokenizer does not look into.
var rawText = map[string]bool{"script": true, "style": true, "iframe": true, "noframes": true, "noembed": true, "xmp": true}

// end returns the place of the tag that closes the element opened at i, or of
// the last piece.
func end(pieces []piece, i int) int {
	depth := 0
	for j := i; j < len(pieces); j++ {
		if pieces[j].name != pieces[i].name {
			continue
		}
		if pieces[j].kind == closing {
			depth--
		} else if pieces[j].kind == opening {
			depth++
		}
		if depth == 0 {
			return j
		}
	}
	return len(pieces) - 1
}

// list makes a set of words.
func list(s string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(s) {
		set[word] = true
	}
	return set
}

// scripted reports whether a value would run as a script.
func scripted(value string) bool {
	v := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.ToLower(html.UnescapeString(value)))
	return strings.HasPrefix(v, "javascript:") || strings.HasPrefix(v, "vbscript:")
}

func isEvent(name string) bool { return strings.HasPrefix(name, "on") }

func isData(name string) bool { return strings.HasPrefix(name, "data-") }
