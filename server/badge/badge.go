// Package badge draws the badges that portals show: SVG with the text outlined
// as paths, so that it looks the same everywhere, and the same as PNG. It knows
// nothing of placements; callers keep what it returns.
package badge

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// Options of a badge. The zero value of each field stands for its default.
type Options struct {
	Style string // "badge" (240 × 72) or "button" (240 × 48); default "badge"
	Lang  string // "vi" or "en"; default "vi"
	Scale int    // of PNG, 1 to 3; default 1
}

// Texts are the words on a badge. A button shows Line1 alone; a badge without
// Line2 shows Line1 in the middle. Alt is what a screen reader says.
type Texts struct{ Line1, Line2, Alt string }

// A style has its own size and places mark and texts within it.
type style struct {
	width, height int
	lay           func(*scene, Texts) error
}

var styles = map[string]style{
	"badge":  {240, 72, layBadge},
	"button": {240, 48, layButton},
}

const maxScale = 3

// SVG returns the badge as SVG, at most 3 KB with brotli. Options out of range
// ("/style", "/lang", "/scale") and texts that are empty, do not fit or have a
// sign that the font lacks ("/line1", "/line2", "/alt") are a *referral.Error
// of kind ErrInvalid.
func SVG(t Texts, o Options) ([]byte, error) {
	s, err := compose(t, o.withDefaults())
	if err != nil {
		return nil, err
	}
	return s.svg(), nil
}

// PNG returns the badge as PNG of Scale pixels to a CSS pixel, its corners
// transparent. Errors are those of SVG.
func PNG(t Texts, o Options) ([]byte, error) {
	o = o.withDefaults()
	s, err := compose(t, o)
	if err != nil {
		return nil, err
	}
	return s.png(o.Scale)
}

// Size returns the width and height in CSS pixels, 0 and 0 for a style that
// does not exist.
func Size(o Options) (width, height int) {
	s := styles[o.withDefaults().Style]
	return s.width, s.height
}

// Styles returns the names of all styles, sorted.
func Styles() []string {
	names := make([]string, 0, len(styles))
	for name := range styles {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (o Options) withDefaults() Options {
	if o.Style == "" {
		o.Style = "badge"
	}
	if o.Lang == "" {
		o.Lang = "vi"
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	return o
}

func (o Options) check() error {
	var faults referral.Faults
	if _, ok := styles[o.Style]; !ok {
		faults.Add("/style", "error.badge_style")
	}
	if o.Lang != "vi" && o.Lang != "en" {
		faults.Add("/lang", "error.badge_lang")
	}
	if o.Scale < 1 || o.Scale > maxScale {
		faults.Add("/scale", "error.badge_scale", "min", "1", "max", strconv.Itoa(maxScale))
	}
	return faults.Err()
}

// composed brings the texts to NFC, for which the fonts have single glyphs.
func (t Texts) composed() Texts {
	clean := func(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }
	return Texts{clean(t.Line1), clean(t.Line2), clean(t.Alt)}
}

func compose(t Texts, o Options) (*scene, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t = t.composed()
	var faults referral.Faults
	if t.Line1 == "" {
		faults.Add("/line1", "error.badge_text_empty")
	}
	if t.Alt == "" {
		faults.Add("/alt", "error.badge_text_empty")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	style := styles[o.Style]
	s := &scene{width: style.width, height: style.height, lang: o.Lang, alt: t.Alt, colours: light}
	return s, style.lay(s, t)
}
