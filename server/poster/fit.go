package poster

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"

	"lensan/server/pdf"
)

// Be Vietnam Pro in em: small letters and plain capitals reach ascent, tails
// descent. Capitals with two accents reach higher; see fonts.ascent.
const (
	ascent  = 1.0
	descent = 0.27
)

// millimetresPerPoint turns a type size into mm.
const millimetresPerPoint = 25.4 / 72

// fonts set texts.
type fonts struct{ *pdf.Fonts }

func openFonts() (*fonts, error) {
	f, err := pdf.OpenFonts()
	return &fonts{f}, err
}

// A frame is where something stands on the trimmed page, in mm from its upper
// left corner.
type frame struct{ x, y, width, height float64 }

type align int

const (
	left align = iota
	centre
	right
)

// A style is how a text may be set. Sizes are in points.
type style struct {
	size, least float64
	leading     float64 // from baseline to baseline, in sizes
	align       align
	grey        bool
	accent      bool
	middle      bool // of its frame's height
	cut         bool // may end in "…" where even the least size is too large
}

// A span is a part of a text in one weight.
type span struct {
	text   string
	weight pdf.Weight
}

// A line is a line of text, its spans in order.
type line struct {
	spans []span
	width float64 // mm
}

// A block is a text set in its frame.
type block struct {
	name  string
	frame frame
	style style
	size  float64 // points
	above float64 // what the first line takes above its baseline, in em
	lines []line
}

// height returns what the lines take, in mm.
func (b *block) height() float64 {
	return (b.above + descent + float64(len(b.lines)-1)*b.style.leading) * b.size * millimetresPerPoint
}

// ascent returns how high the highest sign reaches, in em.
func (f *fonts) ascent(spans []span) (em float64) {
	em = ascent
	for _, s := range spans {
		for _, r := range s.text {
			em = max(em, f.Faces[s.weight].Glyph(r).Above)
		}
	}
	return em
}

// fit sets spans as large as the frame allows, in lines of equal length. It
// reports false if they do not fit at the least size and may not be cut.
func (f *fonts) fit(name string, spans []span, s style, fr frame) (block, bool) {
	const step = 0.25
	b := block{name: name, frame: fr, style: s, above: f.ascent(spans)}
	ws := f.words(spans)
	for b.size = s.size; ; b.size = max(b.size-step, s.least) {
		var ok bool
		if b.lines, ok = f.wrap(ws, b.size, fr.width); ok && b.height() <= fr.height {
			b.lines = f.balance(ws, b.lines, b.size, fr.width)
			return b, true
		}
		if b.size <= s.least {
			break
		}
	}
	var ok bool
	b.lines, ok = f.wrap(f.broken(ws, b.size, fr.width), b.size, fr.width)
	if ok && b.height() <= fr.height {
		return b, true
	}
	if !ok || !s.cut {
		return b, false
	}
	for b.height() > fr.height && len(b.lines) > 1 {
		b.lines = b.lines[:len(b.lines)-1]
	}
	f.shorten(&b.lines[len(b.lines)-1], b.size, fr.width)
	return b, b.height() <= fr.height
}

// A word is what stays together; glued ones follow without a space.
type word struct {
	span
	glued bool
	width float64 // em
}

func (f *fonts) words(spans []span) (out []word) {
	space := true
	for _, s := range spans {
		for i, part := range strings.Split(s.text, " ") {
			if i > 0 {
				space = true
			}
			if part != "" {
				out = append(out, f.word(part, s.weight, !space))
				space = false
			}
		}
	}
	return out
}

func (f *fonts) word(text string, w pdf.Weight, glued bool) word {
	return word{span{text, w}, glued, f.Faces[w].Width(text)}
}

// wrap fills lines one after the other; ok is false if a word is too wide.
func (f *fonts) wrap(ws []word, size, width float64) (lines []line, ok bool) {
	em := size * millimetresPerPoint
	start, filled := 0, 0.0
	for i := 0; i < len(ws); {
		end, chunk := i+1, ws[i].width
		for ; end < len(ws) && ws[end].glued; end++ {
			chunk += ws[end].width
		}
		space := 0.0
		if i > start {
			space = f.Faces[ws[i].weight].Glyph(' ').Advance
		}
		switch {
		case (filled+space+chunk)*em <= width:
			filled += space + chunk
			i = end
		case i > start:
			lines = append(lines, f.line(ws[start:i], size))
			start, filled = i, 0
		default:
			return nil, false
		}
	}
	if start < len(ws) {
		lines = append(lines, f.line(ws[start:], size))
	}
	for _, l := range lines {
		if l.width > width { // by what spaces are kerned
			return nil, false
		}
	}
	return lines, true
}

// line joins words, neighbours of one weight in one span.
func (f *fonts) line(ws []word, size float64) (l line) {
	for i, w := range ws {
		text := w.text
		if i > 0 && !w.glued {
			text = " " + text
		}
		if last := len(l.spans) - 1; last >= 0 && l.spans[last].weight == w.weight {
			l.spans[last].text += text
		} else {
			l.spans = append(l.spans, span{text, w.weight})
		}
	}
	l.width = f.measure(l.spans, size)
	return l
}

func (f *fonts) measure(spans []span, size float64) (mm float64) {
	for _, s := range spans {
		mm += f.Faces[s.weight].Width(s.text)
	}
	return mm * size * millimetresPerPoint
}

// balance makes lines as narrow as their number allows, so that none is left
// with one word.
func (f *fonts) balance(ws []word, lines []line, size, width float64) []line {
	if len(lines) < 2 {
		return lines
	}
	narrow, wide := 0.0, width
	for wide-narrow > 0.5 {
		middle := (narrow + wide) / 2
		if tried, ok := f.wrap(ws, size, middle); ok && len(tried) == len(lines) {
			lines, wide = tried, middle
		} else {
			narrow = middle
		}
	}
	return lines
}

// broken splits words that are wider than a line: after a slash, dot or hyphen
// if there is one, else anywhere. What was glued no longer is.
func (f *fonts) broken(ws []word, size, width float64) (out []word) {
	most := width / (size * millimetresPerPoint)
	for _, w := range ws {
		rest := w.text
		for rest != "" {
			end := f.fitting(rest, w.weight, most)
			if at := strings.LastIndexAny(rest[:end], "/.-"); end < len(rest) && at > 0 {
				end = at + 1
			}
			out = append(out, f.word(rest[:end], w.weight, false))
			rest = rest[end:]
		}
	}
	return out
}

// fitting returns how many bytes of a text, at least one sign, are within a
// width in em.
func (f *fonts) fitting(text string, w pdf.Weight, most float64) (end int) {
	var before sfnt.GlyphIndex
	em := 0.0
	for i, r := range text {
		g := f.Faces[w].Glyph(r)
		if em += g.Advance + f.Faces[w].Kern(before, g.Index); i > 0 && em > most {
			return i
		}
		before = g.Index
	}
	return len(text)
}

// shorten ends a line in "…" within the width.
func (f *fonts) shorten(l *line, size, width float64) {
	for {
		last := &l.spans[len(l.spans)-1]
		whole := last.text
		last.text = strings.TrimRight(whole, " .,;") + "…"
		if l.width = f.measure(l.spans, size); l.width <= width || whole == "" {
			return
		}
		_, n := utf8.DecodeLastRuneInString(whole)
		last.text = whole[:len(whole)-n]
	}
}
