package cms

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

type kind int

const (
	words kind = iota
	opening
	closing
	remark // comment, doctype
)

// piece is a tag or what stands between two tags, as it was written.
type piece struct {
	kind       kind
	raw        string
	name       string // lower case
	afterName  byte   // the byte behind the name; '>' if nothing else follows
	attributes []attribute
}

type attribute struct {
	name   string // lower case
	value  string // as written: entities not resolved
	quote  byte   // 0 without quotes
	bare   bool   // no "=": <script async>
	spaced bool   // a space stands before it, not only a line break
}

// split cuts a source into pieces; the raws joined give the source again.
func split(source string) []piece {
	var out []piece
	z := html.NewTokenizer(strings.NewReader(source))
	for z.Next() != html.ErrorToken {
		p := piece{raw: string(z.Raw())} // before Token, which resolves entities in the same memory
		switch z.Token().Type {
		case html.StartTagToken, html.SelfClosingTagToken:
			p.kind = opening
			p.readTag(1)
		case html.EndTagToken:
			p.kind = closing
			p.readTag(2)
		case html.CommentToken, html.DoctypeToken:
			p.kind = remark
		}
		out = append(out, p)
	}
	return out
}

const blanks = " \t\r\n\f"

func (p *piece) readTag(start int) {
	rest := p.raw[start:]
	end := strings.IndexAny(rest, blanks+"/>")
	if end < 0 {
		p.name = strings.ToLower(rest)
		return
	}
	p.name, p.afterName = strings.ToLower(rest[:end]), rest[end]
	rest = strings.TrimSuffix(rest[end:], ">")
	for {
		gap := len(rest) - len(strings.TrimLeft(rest, blanks+"/"))
		spaced := strings.Contains(rest[:gap], " ")
		if rest = rest[gap:]; rest == "" {
			return
		}
		a, length := readAttribute(rest)
		a.spaced = spaced
		p.attributes = append(p.attributes, a)
		rest = rest[length:]
	}
}

// readAttribute reads what s begins with and returns its length, at least 1.
func readAttribute(s string) (attribute, int) {
	end := strings.IndexAny(s[1:], blanks+"/=") + 1
	if end == 0 {
		return attribute{name: strings.ToLower(s), bare: true}, len(s)
	}
	a := attribute{name: strings.ToLower(s[:end])}
	value := strings.TrimLeft(s[end:], blanks)
	if !strings.HasPrefix(value, "=") {
		a.bare = true
		return a, end
	}
	value = strings.TrimLeft(value[1:], blanks)
	start := len(s) - len(value)
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		a.quote = value[0]
		if close := strings.IndexByte(value[1:], a.quote); close >= 0 {
			a.value = value[1 : close+1]
			return a, start + close + 2
		}
		a.value = value[1:]
		return a, len(s)
	}
	if end := strings.IndexAny(value, blanks); end >= 0 {
		value = value[:end]
	}
	a.value = value
	return a, start + len(value)
}

// write puts a tag together again, with double quotes.
func (p piece) write(b *strings.Builder) {
	b.WriteString("<" + p.name)
	for _, a := range p.attributes {
		b.WriteString(" " + a.name)
		if !a.bare {
			b.WriteString(`="` + strings.ReplaceAll(a.value, `"`, "&quot;") + `"`)
		}
	}
	b.WriteString(">")
}

// Same reports whether two sources say the same to a browser: the order of
// attributes, the spelling of entities and quotes, and closing slashes do not
// count.
func Same(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(source string) string {
	var b strings.Builder
	for _, p := range split(source) {
		switch p.kind {
		case words:
			b.WriteString(html.EscapeString(html.UnescapeString(p.raw)))
		case closing:
			b.WriteString("</" + p.name + ">")
		case opening:
			list := make([]string, 0, len(p.attributes))
			for _, a := range p.attributes {
				list = append(list, a.name+`="`+html.EscapeString(html.UnescapeString(a.value))+`"`)
			}
			slices.Sort(list)
			b.WriteString("<" + strings.Join(append([]string{p.name}, list...), " ") + ">")
		}
	}
	return strings.TrimSpace(b.String())
}
