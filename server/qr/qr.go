// Package qr turns a code's address into a QR symbol and that into files, and
// decodes every file before handing it out. It knows nothing of placements.
package qr

// Format is the kind of file.
type Format string

// The formats.
const (
	SVG Format = "svg"
	PNG Format = "png"
)

// Options of a file. The zero value of each field stands for its default.
type Options struct {
	Millimetres float64 // side without the quiet zone, 10 to 500; default 30
	Level       string  // error correction "M", "Q" or "H"; default "Q"
	DPI         int     // of PNG, 72 to 1200; default 300
	Quiet       int     // quiet zone in modules, 4 to 20; default 4
}

// Render returns the file of a symbol that holds text, decoded once to prove
// it. Options out of range are an *referral.Error of kind ErrInvalid naming the
// field ("/mm", "/ec", "/dpi", "/quiet") and the allowed range.
func Render(text string, f Format, o Options) ([]byte, error) { panic("skeleton") }

// Version returns the version (1 to 40) of the symbol for text at a level.
func Version(text, level string) (int, error) { panic("skeleton") }
