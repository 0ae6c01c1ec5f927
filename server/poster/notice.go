package poster

import (
	"lensan/server/pdf"
	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/text"
)

// a4Width is what the notice's lengths below are of; the other papers of the A
// series are the same drawing at another scale.
const a4Width = 210

// noticeSide is the symbol's side on A4 in mm: a tenth of 1.5 m. On A3 it is
// 212 mm (2.1 m), on A5 106 mm (1.06 m).
const noticeSide = 150

// Type is never set smaller than this, in points.
const (
	leastOnPosters  = 5.5
	leastOnStickers = 4.5
)

// A layout is what stands on one sheet.
type layout struct {
	symbol frame // without the quiet zone
	rule   frame // above the foot; none on stickers
	blocks []block
}

// notice lays out a poster of the A series: the symbol and its quiet zone
// across the page, what it is for above it, what to do below.
func notice(f *fonts, l *text.Language, s *Sheet, shape *qr.Shape, width float64) (layout, error) {
	const (
		side   = noticeSide
		middle = 153.5 // of the symbol, from the top
		edge   = 14
		inner  = a4Width - 2*edge
		top    = 28
		bottom = 292
	)
	quiet := float64(qr.QuietZone*side) / float64(shape.Size)
	above, below := middle-side/2-quiet, middle+side/2+quiet
	set := setter{fonts: f, scale: width / a4Width, least: leastOnPosters}
	set.layout.symbol = set.frame(0, 0, (a4Width-side)/2, middle-side/2, side, side)
	set.layout.rule = set.frame(0, 0, edge, below+23.1, inner, 0.3)

	if s.Portal == "" {
		set.add("province", []span{{s.Province, pdf.SemiBold}}, style{size: 22, leading: 1.1, middle: true, cut: true}, 32, 10, 108, 14)
	} else {
		set.add("province", []span{{s.Province, pdf.SemiBold}}, style{size: 18, leading: 1.1, cut: true}, 32, 9, 108, 8.5)
		set.add("portal", []span{{s.Portal, pdf.Regular}}, style{size: 10.5, leading: 1.1, grey: true, cut: true}, 32, 17.3, 108, 7.7)
	}
	set.add("title", s.words(l, "title", pdf.SemiBold), style{size: 11, leading: 1.1, align: right, accent: true}, 142, 9.6, 54, 15.4)
	set.add("call", s.words(l, "call", pdf.SemiBold), style{size: 34, leading: 1.1, align: centre, middle: true}, edge, top+1.5, inner, above-top-1.5)
	set.add("scan", s.words(l, "scan", pdf.SemiBold), style{size: 20, leading: 1.1, align: centre, middle: true}, edge, below, inner, 9.5)
	set.add("help", filled(s.text(l, "help"), "address", s.Words), style{size: 15, leading: 1.1, align: centre, middle: true}, edge, below+9.2, inner, 7.8)
	set.add("warning", s.words(l, "warning", pdf.SemiBold), style{size: 11.5, leading: 1.1, align: centre, middle: true}, edge, below+16.5, inner, 5.8)
	set.foot(l, s, edge, below+25, inner, bottom-below-25)
	return set.layout, set.faults.Err()
}

// A setter fits texts into a layout.
type setter struct {
	fonts  *fonts
	scale  float64 // of lengths and type, not of the least type
	least  float64 // points
	layout layout
	faults referral.Faults
}

// frame returns a frame of the layout's own lengths at x, y on the page.
func (t *setter) frame(atX, atY, x, y, width, height float64) frame {
	return frame{atX + x*t.scale, atY + y*t.scale, width * t.scale, height * t.scale}
}

// add sets a text, unless it is empty, or notes that it does not fit.
func (t *setter) add(name string, spans []span, st style, x, y, width, height float64) {
	t.addIn(name, spans, st, t.frame(0, 0, x, y, width, height))
}

func (t *setter) addIn(name string, spans []span, st style, fr frame) {
	st.least = t.least
	st.size = max(st.size*t.scale, t.least)
	if len(t.fonts.words(spans)) == 0 {
		return
	}
	b, ok := t.fonts.fit(name, spans, st, fr)
	if !ok {
		t.faults.Add("/"+name, "error.poster_space")
		return
	}
	t.layout.blocks = append(t.layout.blocks, b)
}

// lower moves every text down.
func (t *setter) lower(mm float64) {
	for i := range t.layout.blocks {
		t.layout.blocks[i].frame.y += max(mm, 0)
	}
}

// foot sets the place and the hotline at the left, the number and the address
// to check at the right.
func (t *setter) foot(l *text.Language, s *Sheet, x, y, width, height float64) {
	small := style{size: 9.5, leading: 1.1, cut: true}
	end := style{size: 9.5, leading: 1.1, align: right}
	row, rows := height/2, height
	if s.Hotline != "" {
		rows = row
		t.add("hotline", filled(l.T("poster.hotline"), "number", s.Hotline), small, x, y+row, width*0.46, row)
	}
	if where := s.where(); where != "" {
		t.add("place", filled(l.T("poster.place"), "place", where), small, x, y, width*0.46, rows)
	}
	switch {
	case s.Draft:
		t.add("serial", []span{{l.T("poster.unnumbered"), pdf.SemiBold}}, end, x+width*0.48, y, width*0.52, row)
	case s.Serial != "":
		t.add("serial", filled(l.T("poster.serial"), "serial", s.Serial), end, x+width*0.48, y, width*0.52, row)
	}
	t.add("verify", filled(l.T("poster.verify"), "address", s.VerifyURL), end, x+width*0.48, y+row, width*0.52, row)
}

// drawNotice draws a poster with its symbol, an XObject.
func drawNotice(p *page, l *text.Language, out layout, symbol int, draft bool) {
	k := p.width / a4Width
	p.fill(accent, frame{-p.bleed, -p.bleed, p.width + 2*p.bleed, 5*k + p.bleed})
	if draft {
		p.draftBand(l, frame{-p.bleed, -p.bleed, p.width + 2*p.bleed, 8.6*k + p.bleed}, 8*k)
		p.fill(black, frame{-p.bleed, p.height - 3.5*k, p.width + 2*p.bleed, 3.5*k + p.bleed})
	}
	p.place("M", pdf.MarkObject, 14*k, 10*k, 14*k)
	p.fill(accent, frame{14 * k, 26.8 * k, p.width - 28*k, 0.5 * k})
	p.place("Q", symbol, out.symbol.x, out.symbol.y, out.symbol.width)
	p.fill(dim, out.rule)
	for _, b := range out.blocks {
		p.block(b)
	}
	p.cropMarks()
}
