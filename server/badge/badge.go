// Package badge draws the badges that portals show: SVG with the text outlined
// as paths, so that it looks the same everywhere, and the same as PNG.
package badge

// Options of a badge. The zero value of each field stands for its default.
type Options struct {
	Style string // "badge" (240 × 72) or "button"; default "badge"
	Lang  string // "vi" or "en"; default "vi"
	Scale int    // of PNG, 1 to 3; default 1
}

// Texts are the words on a badge.
type Texts struct{ Line1, Line2, Alt string }

// SVG returns the badge as SVG, at most 3 KB with brotli.
func SVG(t Texts, o Options) ([]byte, error) { panic("skeleton") }

// PNG returns the badge as PNG.
func PNG(t Texts, o Options) ([]byte, error) { panic("skeleton") }

// Size returns the width and height in CSS pixels.
func Size(o Options) (width, height int) { panic("skeleton") }
