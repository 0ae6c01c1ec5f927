// Package poster prints codes: posters of A3, A4 and A5 and sheets of stickers,
// as PDF that leaves page by page. What stands on them it is told; it knows
// neither the registry nor where the files go.
package poster

import (
	"context"
	"fmt"
	"io"
	"iter"

	"lensan/server/pdf"
	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/text"
)

// sizes are in mm. A sheet of stickers is A4.
var sizes = map[referral.Paper][2]float64{
	referral.PaperA3: {297, 420}, referral.PaperA4: {210, 297}, referral.PaperA5: {148, 210}, referral.PaperStickers: {210, 297},
}

// Pages returns how many pages so many sheets fill.
func Pages(p referral.Paper, sheets int) int {
	if p == referral.PaperStickers {
		return (sheets + stickers - 1) / stickers
	}
	return sheets
}

// Options of a document.
type Options struct {
	Paper    referral.Paper // default A4
	Bleed    bool           // 3 mm of bleed and crop marks around the page
	Language *text.Language // required
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// A writer makes one document.
type writer struct {
	Options
	geometry geometry
	fonts    *fonts
	pdf      *pdf.Writer

	code    string // of the symbol written last: posters of one code follow each other
	shape   *qr.Shape
	symbol  int
	page    *page // of stickers, while it has room
	onPage  int
	written int
}

// Write writes one document of all sheets to w as they come, each page when it
// is finished; progress, if any, is told how many sheets are done. Every symbol
// is decoded before its page leaves. The first error of sheets, of w or of ctx
// ends it, and what was written then is no whole document. A sheet that cannot
// be set is an ErrInvalid that names its fields. No sheet at all is one too.
func Write(ctx context.Context, w io.Writer, o Options, sheets iter.Seq2[Sheet, error], progress func(done int)) error {
	d, err := begin(w, o)
	if err != nil {
		return err
	}
	for s, err := range sheets {
		if err = firstError(err, ctx.Err()); err != nil {
			return err
		}
		if err := d.add(&s); err != nil {
			return fmt.Errorf("sheet %d (%s): %w", d.written+1, s.Code, err)
		}
		d.written++
		if progress != nil {
			progress(d.written)
		}
	}
	return d.end()
}

var errNone = referral.Errorf(referral.ErrInvalid, "error.poster_none")

// Check returns the error that Write would end with for what the sheets say,
// without drawing: signs that the fonts lack on any sheet, and whether the first
// one fits. Sheets that follow differ from it in names alone, which always fit;
// those of one code that follow each other differ in their number.
func Check(ctx context.Context, o Options, sheets iter.Seq2[Sheet, error]) error {
	d, err := begin(io.Discard, o)
	if err != nil {
		return err
	}
	var before referral.Code
	for s, err := range sheets {
		if err = firstError(err, ctx.Err()); err != nil {
			return err
		}
		switch {
		case d.written == 0:
			err = d.add(&s)
		case s.Code != before:
			err = s.check(d.fonts)
		}
		if err != nil {
			return fmt.Errorf("sheet %d (%s): %w", d.written+1, s.Code, err)
		}
		before = s.Code
		d.written++
	}
	return d.end()
}

func begin(w io.Writer, o Options) (*writer, error) {
	if o.Paper == "" {
		o.Paper = referral.PaperA4
	}
	size, ok := sizes[o.Paper]
	if !ok {
		var f referral.Faults
		f.Add("/paper", "error.paper", "value", string(o.Paper))
		return nil, f.Err()
	}
	f, err := openFonts()
	if err != nil {
		return nil, err
	}
	d := &writer{Options: o, geometry: newGeometry(size, o.Bleed), fonts: f, pdf: pdf.New(w)}
	return d, pdf.WriteMark(d.pdf)
}

func (d *writer) add(s *Sheet) error {
	if err := s.check(d.fonts); err != nil {
		return err
	}
	if err := d.trace(s.ScanURL); err != nil {
		return err
	}
	if d.Paper == referral.PaperStickers {
		return d.addSticker(s)
	}
	out, err := notice(d.fonts, d.Language, s, d.shape, d.geometry.width)
	if err != nil {
		return err
	}
	p := newPage(d.geometry, d.fonts)
	drawNotice(p, d.Language, out, d.symbol, s.Draft)
	d.pdf.Page(p.boxes(), p.Bytes(), p.objects)
	return d.pdf.Err()
}

func (d *writer) addSticker(s *Sheet) error {
	out, err := sticker(d.fonts, d.Language, s, d.shape, d.onPage)
	if err != nil {
		return err
	}
	if d.page == nil {
		d.page = newPage(d.geometry, d.fonts)
	}
	drawSticker(d.page, out, fmt.Sprintf("Q%d", d.symbol), d.symbol)
	if d.onPage++; d.onPage == stickers {
		d.finishStickers()
	}
	return d.pdf.Err()
}

func (d *writer) finishStickers() {
	if d.page == nil {
		return
	}
	d.page.stickerMarks()
	d.pdf.Page(d.page.boxes(), d.page.Bytes(), d.page.objects)
	d.page, d.onPage = nil, 0
}

// trace writes the symbol of an address unless it is the one before.
func (d *writer) trace(address string) error {
	if address == d.code {
		return nil
	}
	shape, err := qr.Trace(address, "Q")
	if err != nil {
		return err
	}
	d.code, d.shape, d.symbol = address, shape, symbolObject(d.pdf, shape)
	return d.pdf.Err()
}

func (d *writer) end() error {
	if d.written == 0 {
		return errNone
	}
	d.finishStickers()
	return d.pdf.Close(d.fonts.Fonts, d.Language.T("poster.document"), d.Language.Code)
}
