package poster

import (
	"bytes"
	"fmt"
	"image"

	"lensan/server/pdf"
	"lensan/server/qr"
	"lensan/server/text"
)

// Colours as PDF writes them: black is black alone (DeviceGray), so that no
// press mixes it of four inks.
const (
	black     = "0 g"
	dim       = "0.3 g"
	white     = "1 g"
	accent    = "0.043 0.42 0.227 rg" // #0b6b3a
	cropWidth = 0.1                   // mm
	markRoom  = 10                    // mm around the trimmed page for bleed and crop marks
	bleed     = 3
)

// A geometry is a page's trimmed size in mm, what may run over its edge, and
// the paper around it.
type geometry struct{ width, height, bleed, margin float64 }

func newGeometry(size [2]float64, withBleed bool) geometry {
	g := geometry{width: size[0], height: size[1]}
	if withBleed {
		g.bleed, g.margin = bleed, markRoom
	}
	return g
}

func (g geometry) boxes() pdf.Boxes {
	edge := func(by float64) [4]float64 {
		return [4]float64{g.margin - by, g.margin - by, g.width + g.margin + by, g.height + g.margin + by}
	}
	return pdf.Boxes{Media: edge(g.margin), Bleed: edge(g.bleed), Trim: edge(0)}
}

// A page gathers the drawing of one page. Lengths are in mm from the upper left
// corner of the trimmed page.
type page struct {
	geometry
	bytes.Buffer
	fonts   *fonts
	objects map[string]int // XObjects by name
}

func newPage(g geometry, f *fonts) *page {
	return &page{geometry: g, fonts: f, objects: map[string]int{}}
}

func (p *page) op(format string, args ...any) { fmt.Fprintf(&p.Buffer, format+"\n", args...) }

func (p *page) x(mm float64) float64 { return (p.margin + mm) * pdf.PointsPerMillimetre }
func (p *page) y(mm float64) float64 { return (p.margin + p.height - mm) * pdf.PointsPerMillimetre }

func (p *page) fill(colour string, f frame) {
	p.op("%s %.3f %.3f %.3f %.3f re f", colour, p.x(f.x), p.y(f.y+f.height), f.width*pdf.PointsPerMillimetre, f.height*pdf.PointsPerMillimetre)
}

// place draws an XObject of one unit a side, y down, in a square.
func (p *page) place(name string, object int, x, y, side float64) {
	p.objects[name] = object
	p.op("q %.4f 0 0 %.4f %.4f %.4f cm /%s Do Q", side*pdf.PointsPerMillimetre, -side*pdf.PointsPerMillimetre, p.x(x), p.y(y), name)
}

func (p *page) text(b block, colour string) {
	top := b.frame.y
	if b.style.middle {
		top += (b.frame.height - b.height()) / 2
	}
	size := b.size * millimetresPerPoint
	for i, l := range b.lines {
		x := b.frame.x
		switch b.style.align {
		case centre:
			x += (b.frame.width - l.width) / 2
		case right:
			x += b.frame.width - l.width
		}
		p.op("BT %s 1 0 0 1 %.3f %.3f Tm", colour, p.x(x), p.y(top+size*(b.above+float64(i)*b.style.leading)))
		for _, s := range l.spans {
			p.op("/F%d %.2f Tf %s TJ", s.weight, b.size, p.fonts.Faces[s.weight].Show(s.text))
		}
		p.op("ET")
	}
}

// block draws a text as its style says.
func (p *page) block(b block) {
	colour := black
	switch {
	case b.style.grey:
		colour = dim
	case b.style.accent:
		colour = accent
	}
	p.text(b, colour)
}

// draftBand says in white on black, at the foot of f, that this is a draft.
func (p *page) draftBand(l *text.Language, f frame, height float64) {
	p.fill(black, f)
	inner := frame{f.x + 2, f.y + f.height - height, f.width - 4, height}
	st := style{size: height * 2, least: leastOnStickers, leading: 1, align: centre, middle: true, cut: true}
	if b, ok := p.fonts.fit("draft", []span{{l.T("poster.draft"), pdf.SemiBold}}, st, inner); ok {
		p.text(b, white)
	}
}

// cropMarks draws where to cut, clear of the bleed.
func (p *page) cropMarks() {
	if p.margin > 0 {
		p.marks([]float64{0, p.width}, []float64{0, p.height})
	}
}

// marks draws cuts at each x at the top and the foot, at each y at both sides.
func (p *page) marks(x, y []float64) {
	p.op("0 G %.3f w", cropWidth*pdf.PointsPerMillimetre)
	near, far := p.bleed+1, p.margin-1
	for _, x := range x {
		p.line(x, -far, x, -near)
		p.line(x, p.height+near, x, p.height+far)
	}
	for _, y := range y {
		p.line(-far, y, -near, y)
		p.line(p.width+near, y, p.width+far, y)
	}
}

func (p *page) line(x1, y1, x2, y2 float64) {
	p.op("%.3f %.3f m %.3f %.3f l S", p.x(x1), p.y(y1), p.x(x2), p.y(y2))
}

// symbolObject writes a symbol as one path of one unit a side.
func symbolObject(p *pdf.Writer, s *qr.Shape) int {
	var path bytes.Buffer
	fmt.Fprintf(&path, "%s %.8f 0 0 %.8f 0 0 cm\n", black, 1/float64(s.Size), 1/float64(s.Size))
	for _, ring := range s.Rings {
		for i, corner := range ring {
			operator := "l"
			if i == 0 {
				operator = "m"
			}
			writeCorner(&path, corner, operator)
		}
		path.WriteString("h\n")
	}
	path.WriteString("f")
	number := p.Next()
	p.Stream(number, "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<>>", path.Bytes())
	return number
}

func writeCorner(b *bytes.Buffer, corner image.Point, operator string) {
	fmt.Fprintf(b, "%d %d %s ", corner.X, corner.Y, operator)
}
