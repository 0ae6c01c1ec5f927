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
	Style string // "badge", "button" or "card"; default "badge"
	Lang  string // "vi" or "en"; default "vi"
	Theme string // "light" or "dark", the page that it is for; default "light"
	Size  string // "s", "m" or "l", see Size; default "m"
	Scale int    // of PNG, 1 to 3 pixels to a CSS pixel; default 1
}

// Texts are the words on a badge. A badge shows Line1 and Line2, in the middle
// if there is one alone; a button shows Line1; a card shows all of them,
// and leaves out what is empty. Alt is what a screen reader says.
type Texts struct {
	Line1, Line2 string
	Figure, Note string // a figure and what it counts
	Action       string // what to do
	Alt          string
}

// A style has a size in CSS pixels for each name of a size, all of the same
// proportion, and places mark and texts within that of "m".
type style struct {
	sizes map[string][2]int
	lay   func(*scene, Texts) error
}

var styles = map[string]style{
	"badge":  {map[string][2]int{"s": {200, 60}, "m": {240, 72}, "l": {360, 108}}, layBadge},
	"button": {map[string][2]int{"s": {220, 44}, "m": {240, 48}, "l": {360, 72}}, layButton},
	"card":   {map[string][2]int{"s": {280, 210}, "m": {320, 240}, "l": {480, 360}}, layCard},
}

const maxScale = 3

// SVG returns the badge as SVG, at most 3 KB with brotli. Options out of range
// ("/style", "/lang", "/theme", "/size", "/scale") and texts that are empty, do
// not fit or have a sign that the font lacks ("/line1", "/line2", "/figure",
// "/note", "/action", "/alt") are a *referral.Error of kind ErrInvalid.
func SVG(t Texts, o Options) ([]byte, error) {
	s, err := compose(t, o.withDefaults())
	if err != nil {
		return nil, err
	}
	return s.svg(), nil
}

// PNG returns the badge as PNG of Scale pixels to a CSS pixel of its Size, its
// corners transparent. Errors are those of SVG.
func PNG(t Texts, o Options) ([]byte, error) {
	o = o.withDefaults()
	s, err := compose(t, o)
	if err != nil {
		return nil, err
	}
	return s.png(o.Scale)
}

// Size returns the width and height in CSS pixels, which an <img> must have:
//
//	         s          m          l
//	badge    200 × 60   240 × 72   360 × 108
//	button   220 × 44   240 × 48   360 × 72
//	card     280 × 210  320 × 240  480 × 360
//
// It is 0 and 0 for a style or size that does not exist.
func Size(o Options) (width, height int) {
	o = o.withDefaults()
	size := styles[o.Style].sizes[o.Size]
	return size[0], size[1]
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
	if o.Theme == "" {
		o.Theme = "light"
	}
	if o.Size == "" {
		o.Size = "m"
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	return o
}

func (o Options) check() error {
	var faults referral.Faults
	style, ok := styles[o.Style]
	if !ok {
		faults.Add("/style", "error.badge_style")
	}
	if _, known := style.sizes[o.Size]; ok && !known {
		faults.Add("/size", "error.badge_size")
	}
	if _, ok := themes[o.Theme]; !ok {
		faults.Add("/theme", "error.badge_theme")
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
	return Texts{clean(t.Line1), clean(t.Line2), clean(t.Figure), clean(t.Note), clean(t.Action), clean(t.Alt)}
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
	s := &scene{lang: o.Lang, alt: t.Alt, colours: themes[o.Theme]}
	s.width, s.height = style.sizes["m"][0], style.sizes["m"][1]
	s.shownWidth, s.shownHeight = Size(o)
	return s, style.lay(s, t)
}
