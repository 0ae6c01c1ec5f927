package badge

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
)

// A scene is a badge laid out: a ground with round corners and what is drawn on
// it, rules in the quiet colour, then ink, and over the ink what is in the
// colour of the ground.
type scene struct {
	width, height           int // px of layout
	shownWidth, shownHeight int // px of the page
	lang, alt               string
	colours                 colours
	quiet, ink, over        []outline
}

// A layer is what has one colour.
type layer struct {
	colour string
	shapes []outline
}

// layers returns what is on the ground, the lowest first.
func (s *scene) layers() []layer {
	return []layer{{s.colours.quiet, s.quiet}, {s.colours.ink, s.ink}, {s.colours.ground, s.over}}
}

// mark puts the mark into a square of about side px, so that its stem is some
// whole pixels wide, at whole pixels, and stands on one: sharp edges.
func (s *scene) mark(x, y, side float64) error {
	l, err := theLogo()
	if err != nil {
		return err
	}
	scale := side / (l.bottom - l.top)
	scale = math.Round((l.footRight-l.footLeft)*scale) / (l.footRight - l.footLeft)
	width, height, foot := (l.right-l.left)*scale, (l.bottom-l.top)*scale, (l.footLeft-l.left)*scale
	left := math.Round(x+(side-width)/2+foot) - foot
	bottom := math.Round(y + (side+height)/2)
	s.ink = append(s.ink, l.outline(height).moved(snap(left, bottom-height)))
	return nil
}

// place adds a line to a layer, from x on a baseline, which is brought to a whole pixel so
// that the feet of the letters are sharp.
func (s *scene) place(into *[]outline, l *fitted, x, baseline float64) error {
	baseline = math.Round(baseline)
	for _, g := range l.glyphs {
		o, err := l.outline(g, l.size)
		if err != nil {
			return err
		}
		if len(o) > 0 { // a space has none
			*into = append(*into, o.moved(snap(x+g.x*l.size/l.em, baseline)))
		}
	}
	return nil
}

// svg writes the scene in whole steps of the grid: no style, id, script, font
// or address that a portal's page or filter could trip over.
func (s *scene) svg() []byte {
	var alt bytes.Buffer
	_ = xml.EscapeText(&alt, []byte(s.alt)) // a Buffer takes everything
	b := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" lang="%s" aria-label="%s"><title>%s</title>`,
		s.shownWidth, s.shownHeight, s.width*grid, s.height*grid, s.lang, alt.Bytes(), alt.Bytes())
	b = fmt.Appendf(b, `<rect width="%d" height="%d" rx="%d" fill="%s"/>`,
		s.width*grid, s.height*grid, int(radius*grid), s.colours.ground)
	for _, l := range s.layers() {
		if len(l.shapes) == 0 {
			continue
		}
		b = fmt.Appendf(b, `<path fill="%s" d="`, l.colour)
		for _, o := range l.shapes {
			b = o.appendPath(b)
		}
		b = append(b, `"/>`...)
	}
	return append(b, "</svg>\n"...)
}
