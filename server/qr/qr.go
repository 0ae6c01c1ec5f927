// Package qr turns a code's address into a QR symbol and that into files, and
// decodes every file before handing it out. It knows nothing of placements.
package qr

import (
	"fmt"
	"sync"

	"lensan/server/referral"
)

// Format is the kind of file.
type Format string

// The formats.
const (
	SVG Format = "svg"
	PNG Format = "png"
	PDF Format = "pdf"
	EPS Format = "eps"
)

// A format writes a drawing, and reads its own file back as a picture from
// nothing but the bytes and the number of modules that the canvas should have.
type format struct {
	write func(*drawing) ([]byte, error)
	read  func(file []byte, modules int) (*picture, error)
}

var formats = map[Format]format{
	SVG: {writeSVG, readSVG},
	PNG: {writePNG, readPNG},
	PDF: {writePDF, readPDF},
	EPS: {writeEPS, readEPS},
}

// Options of a file. The zero value of each field stands for its default.
type Options struct {
	Millimetres float64 // side without the quiet zone, 10 to 500; default 30
	Distance    float64 // metres from which it is scanned, in place of Millimetres: see SideFor
	Level       string  // error correction "M", "Q" or "H"; default "Q"
	DPI         int     // of PNG, 72 to 1200; default 300
	Quiet       int     // quiet zone in modules, 4 to 20; default 4
	Logo        bool    // the mark in the middle; raises Level to "H"
}

// large serialises the renderings that need most of the memory allowed.
var large sync.Mutex

// Render returns the file of a symbol that holds text, decoded once to prove
// it. Text is printable ASCII; in capitals it gives a smaller symbol. Options
// out of range are a *referral.Error of kind ErrInvalid that names each field
// ("/mm", "/distance", "/ec", "/dpi", "/quiet", "/logo", "/format", "/text") and the allowed range;
// so are a side that makes a module smaller than 0.4 mm, and a PNG of more
// than 7,000 pixels a side, with the values that would do.
//
// The side of a PNG is rounded to whole pixels per module, so it differs from
// Millimetres by up to half a pixel per module. Any other error means that the
// file could not be proved and must not be printed.
func Render(text string, f Format, o Options) ([]byte, error) {
	d, err := layOut(text, f, o)
	if err != nil {
		return nil, err
	}
	if f == PNG && d.pixels() > largeSide {
		large.Lock()
		defer large.Unlock()
	}
	file, err := formats[f].write(d)
	if err != nil {
		return nil, fmt.Errorf("draw the symbol as %s: %w", f, err)
	}
	if err := d.prove(f, file); err != nil {
		return nil, fmt.Errorf("%s of %d modules for %q: %w", f, d.size, text, err)
	}
	return file, nil
}

// Version returns the version (1 to 40) of the symbol for text at a level "M",
// "Q" or "H"; "" is "Q". A text that no symbol holds is an ErrInvalid.
func Version(text, level string) (int, error) {
	code, err := encode(text, level)
	if err != nil {
		return 0, err
	}
	return code.VersionNumber, nil
}

func invalid(field, key string, nameValue ...string) error {
	var f referral.Faults
	f.Add(field, key, nameValue...)
	return f.Err()
}
