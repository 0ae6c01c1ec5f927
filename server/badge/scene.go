package badge

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
)

// A scene is a badge laid out: a ground with round corners and everything that
// is drawn on it in ink.
type scene struct {
	width, height int     // px
	radius        float64 // px
	lang, alt     string
	colours       colours
	ink           []outline
}

// mark puts the mark into a square of side px.
func (s *scene) mark(x, y, side float64) error {
	l, err := theLogo()
	if err != nil {
		return err
	}
	width := side * (l.right - l.left) / (l.bottom - l.top)
	s.ink = append(s.ink, l.outline(side).moved(snap(x+(side-width)/2, y)))
	return nil
}

// place sets a line from x on a baseline, which is brought to a whole pixel so
// that the feet of the letters are sharp.
func (s *scene) place(l *fitted, x, baseline float64) error {
	baseline = math.Round(baseline)
	for _, g := range l.glyphs {
		o, err := l.outline(g, l.size)
		if err != nil {
			return err
		}
		if len(o) > 0 { // a space has none
			s.ink = append(s.ink, o.moved(snap(x+g.x*l.size/l.em, baseline)))
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
		s.width, s.height, s.width*grid, s.height*grid, s.lang, alt.Bytes(), alt.Bytes())
	b = fmt.Appendf(b, `<rect width="%d" height="%d" rx="%d" fill="%s"/><path fill="%s" d="`,
		s.width*grid, s.height*grid, int(s.radius*grid), s.colours.ground, s.colours.ink)
	for _, o := range s.ink {
		b = o.appendPath(b)
	}
	return append(b, "\"/></svg>\n"...)
}
