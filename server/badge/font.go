package badge

import (
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"lensan/assets"
)

// weight is one of the two weights of Be Vietnam Pro.
type weight int

const (
	regular weight = iota
	semiBold
)

var faces = [...]func() (*sfnt.Font, error){
	regular:  parseOnce("fonts/BeVietnamPro-Regular.ttf"),
	semiBold: parseOnce("fonts/BeVietnamPro-SemiBold.ttf"),
}

func parseOnce(path string) func() (*sfnt.Font, error) {
	return sync.OnceValues(func() (*sfnt.Font, error) {
		raw, err := assets.Files.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := sfnt.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return f, nil
	})
}

// A glyph stands at x on the baseline, in units of the font.
type glyph struct {
	index sfnt.GlyphIndex
	x     float64
}

// A run is a line of text set with kerning, in units of the font.
type run struct {
	font    *sfnt.Font
	glyphs  []glyph
	advance float64
	em      float64
}

// missing is a sign that the font has no glyph for.
type missing rune

func (m missing) Error() string { return fmt.Sprintf("no glyph for %q", rune(m)) }

// set places the glyphs of a text. A sign that the font lacks is a missing.
func set(text string, w weight) (*run, error) {
	f, err := faces[w]()
	if err != nil {
		return nil, err
	}
	var buffer sfnt.Buffer
	em := fixed.Int26_6(f.UnitsPerEm()) // so that lengths are in font units
	r := &run{font: f, em: float64(f.UnitsPerEm())}
	var before sfnt.GlyphIndex
	for i, sign := range text {
		index, err := f.GlyphIndex(&buffer, sign)
		if err != nil {
			return nil, err
		}
		if index == 0 {
			return nil, missing(sign)
		}
		if i > 0 {
			if kern, err := f.Kern(&buffer, before, index, em, font.HintingNone); err == nil {
				r.advance += float64(kern)
			}
		}
		advance, err := f.GlyphAdvance(&buffer, index, em, font.HintingNone)
		if err != nil {
			return nil, err
		}
		r.glyphs = append(r.glyphs, glyph{index, r.advance})
		r.advance += float64(advance)
		before = index
	}
	return r, nil
}

// outline returns a glyph's outline at a size in steps of the grid, from the
// glyph's own origin, so that the same glyph is always the same numbers.
func (r *run) outline(g glyph, size float64) (outline, error) {
	var buffer sfnt.Buffer
	segments, err := r.font.LoadGlyph(&buffer, g.index, fixed.Int26_6(r.font.UnitsPerEm()), nil)
	if err != nil {
		return nil, err
	}
	scale := size / r.em
	o := make(outline, 0, len(segments))
	for _, s := range segments {
		e := edge{kind: s.Op}
		for i, p := range s.Args {
			e.points[i] = snap(float64(p.X)*scale, float64(p.Y)*scale)
		}
		o = append(o, e)
	}
	return o.smoothed(), nil
}
