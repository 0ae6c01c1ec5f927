package qr

import (
	"math"
	"strconv"

	qrcode "github.com/skip2/go-qrcode"

	"lensan/server/referral"
)

// The library's names for the levels are its own: its High is level Q of
// ISO/IEC 18004, its Highest level H.
var levels = map[string]qrcode.RecoveryLevel{
	"M": qrcode.Medium,
	"Q": qrcode.High,
	"H": qrcode.Highest,
}

const (
	minModule = 0.4  // mm; below it cheap printers close the gaps
	maxSide   = 7000 // pixels of a PNG's side: 49 MB while it is decoded
	largeSide = 2000
)

// encode returns the symbol of the smallest version that holds text.
func encode(text, level string) (*qrcode.QRCode, error) {
	if level == "" {
		level = defaults.Level
	}
	recovery, ok := levels[level]
	if !ok {
		return nil, invalid("/ec", "error.qr_level")
	}
	if text == "" {
		return nil, invalid("/text", "error.qr_text_empty")
	}
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return nil, invalid("/text", "error.qr_text_ascii")
		}
	}
	code, err := qrcode.New(text, recovery)
	if err != nil {
		return nil, invalid("/text", "error.qr_text_long", "level", level)
	}
	return code, nil
}

// A drawing is a symbol with everything that a format needs to draw it.
type drawing struct {
	Options
	text    string
	modules [][]bool // [row][column], true is black, without the quiet zone
	size    int      // modules of a side without the quiet zone
}

// layOut checks everything that may be asked for before anything is drawn.
func layOut(text string, f Format, o Options) (*drawing, error) {
	o, err := o.sized(text)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	if err := o.check(f); err != nil {
		return nil, err
	}
	code, err := encode(text, o.Level)
	if err != nil {
		return nil, err
	}
	if o.Logo && code.VersionNumber > maxLogoVersion {
		return nil, invalid("/logo", "error.qr_logo_long")
	}
	d := &drawing{Options: o, text: text, size: 17 + 4*code.VersionNumber}
	if o.Millimetres < leastSide(d.size)-1e-9 {
		return nil, d.tooSmall()
	}
	if f == PNG && d.pixels() > maxSide {
		return nil, d.tooLarge()
	}
	code.DisableBorder = true
	d.modules = code.Bitmap()
	return d, nil
}

// leastSide returns the smallest side in mm for a symbol of size modules.
func leastSide(size int) float64 { return minModule * float64(size) }

// canvas returns the modules of a side with the quiet zone.
func (d *drawing) canvas() int { return d.size + 2*d.Quiet }

// module returns the side of a module in mm.
func (d *drawing) module() float64 { return d.Millimetres / float64(d.size) }

// dots returns the pixels of a module's side in a PNG: the nearest
// whole number whose module is not below the least.
func (d *drawing) dots() int {
	perMillimetre := float64(d.DPI) / 25.4
	nearest := math.Round(d.module() * perMillimetre)
	if nearest < minModule*perMillimetre {
		nearest = math.Ceil(minModule * perMillimetre)
	}
	return int(nearest)
}

// pixels returns the pixels of a PNG's side.
func (d *drawing) pixels() int { return d.dots() * d.canvas() }

// black reports whether the module in a row and column of the canvas is black.
func (d *drawing) black(row, column int) bool {
	row, column = row-d.Quiet, column-d.Quiet
	return !d.underLogo(row+d.Quiet, column+d.Quiet) && row >= 0 && row < d.size && column >= 0 && column < d.size && d.modules[row][column]
}

func (d *drawing) tooSmall() error {
	least := int(math.Ceil(leastSide(d.size) - 1e-9))
	if least > maxMillimetres {
		return invalid("/text", "error.qr_text_long", "level", d.Level)
	}
	return invalid("/mm", "error.qr_module_small", "modules", strconv.Itoa(d.size), "least", strconv.Itoa(least))
}

// tooLarge names both ways out: fewer dots per inch at this size, or a smaller
// side at these dots.
func (d *drawing) tooLarge() error {
	whole := maxSide / d.canvas() // pixels per module that fit
	dpi := int(float64(whole) / d.module() * 25.4)
	side := int(float64(whole*d.size) / float64(d.DPI) * 25.4)
	var f referral.Faults
	f.Add("/dpi", "error.qr_pixels", "pixels", strconv.Itoa(d.pixels()), "limit", strconv.Itoa(maxSide),
		"dpi", strconv.Itoa(min(dpi, maxDPI)), "mm", strconv.Itoa(side))
	return f.Err()
}
