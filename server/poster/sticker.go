package poster

import (
	"lensan/server/pdf"
	"lensan/server/qr"
	"lensan/server/text"
)

// The sheet of stickers: 24 labels of 70 × 37 mm on A4, three beside each
// other, as office suppliers sell them.
const (
	stickerColumns = 3
	stickerRows    = 8
	stickerWidth   = 70
	stickerHeight  = 37
	stickerTop     = (297 - stickerRows*stickerHeight) / 2.0
	stickerSide    = 25 // of the symbol: a tenth of 0.25 m
	stickers       = stickerColumns * stickerRows
)

// sticker lays out the label in a place of the sheet, counted along the rows.
func sticker(f *fonts, l *text.Language, s *Sheet, shape *qr.Shape, place int) (layout, error) {
	atX := float64(place % stickerColumns * stickerWidth)
	atY := stickerTop + float64(place/stickerColumns*stickerHeight)
	side := max(stickerSide, shape.LeastSide())
	quiet := side * qr.QuietZone / float64(shape.Size)
	set := setter{fonts: f, scale: 1, least: leastOnStickers}
	set.layout.symbol = frame{atX + 2 + quiet, atY + (stickerHeight-side)/2, side, side}
	if side+2*quiet > stickerHeight-2 {
		set.faults.Add("/scan_url", "error.poster_space")
		return set.layout, set.faults.Err()
	}
	x := atX + side + 2*quiet + 2.5
	width := atX + stickerWidth - 2.5 - x
	const bottom = stickerHeight - 1.6
	y := atY + 1.8
	// add sets a text of at most a height and goes on below it.
	add := func(name string, spans []span, st style, height float64) {
		st.leading, st.least = 1.15, leastOnStickers
		before := len(set.layout.blocks)
		set.addIn(name, spans, st, frame{x, y, width, height})
		if len(set.layout.blocks) > before {
			b := &set.layout.blocks[before]
			b.frame.height = b.height()
			y += b.frame.height + 0.45
		}
	}
	switch {
	case s.Draft:
		add("draft", []span{{l.T("poster.draft"), pdf.SemiBold}}, style{size: 6, align: centre, cut: true}, 3)
	case s.Serial == "":
		add("province", []span{{s.Province, pdf.Regular}}, style{size: 6, grey: true, cut: true}, 3)
	default:
		set.addIn("serial", filled(l.T("poster.serial"), "serial", s.Serial), style{size: 5.5, leading: 1.15, align: right}, frame{x, y, width, 3})
		whole := width
		if n := len(set.layout.blocks); n > 0 {
			width -= set.layout.blocks[n-1].lines[0].width + 1
		}
		add("province", []span{{s.Province, pdf.Regular}}, style{size: 5.5, grey: true, cut: true}, 3)
		width = whole
	}
	add("call", s.words(l, "call", pdf.SemiBold), style{size: 9}, 7.9)
	add("scan", s.words(l, "scan", pdf.Regular), style{size: 6.5}, 5.2)
	add("help", []span{{s.Words, pdf.SemiBold}}, style{size: 6.5}, 4.8)
	add("warning", s.words(l, "warning", pdf.SemiBold), style{size: 5.5}, 4.6)
	add("verify", filled(l.T("poster.verify"), "address", s.VerifyURL), style{size: 5}, atY+bottom-y)
	set.lower((atY + bottom - y) / 2)
	return set.layout, set.faults.Err()
}

func drawSticker(p *page, out layout, name string, symbol int) {
	p.place(name, symbol, out.symbol.x, out.symbol.y, out.symbol.width)
	for _, b := range out.blocks {
		if b.name == "draft" {
			p.fill(black, b.frame)
			p.text(b, white)
			continue
		}
		p.block(b)
	}
}

// stickerMarks draws crop marks at every cut.
func (p *page) stickerMarks() {
	if p.margin == 0 {
		return
	}
	var x, y []float64
	for column := range stickerColumns + 1 {
		x = append(x, float64(column*stickerWidth))
	}
	for row := range stickerRows + 1 {
		y = append(y, stickerTop+float64(row*stickerHeight))
	}
	p.marks(x, y)
}
