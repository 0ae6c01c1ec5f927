package badge

import (
	"errors"
	"math"
)

// capHeight of Be Vietnam Pro in em.
const capHeight = 0.74

// A line is one line of text and the sizes in px that it may have.
type line struct {
	field       string // JSON pointer, for faults
	text        string
	weight      weight
	size, least float64
}

// A fitted line has its size in px.
type fitted struct {
	*run
	size float64
}

func (f *fitted) width() float64    { return f.advance / f.em * f.size }
func (f *fitted) capitals() float64 { return capHeight * f.size }

// fit sets a line as large as the width in px allows. A line that would be
// smaller than its least, or has a sign that the font lacks, is an ErrInvalid.
func fit(l line, width float64) (*fitted, error) {
	r, err := set(l.text, l.weight)
	var sign missing
	if errors.As(err, &sign) {
		return nil, invalid(l.field, "error.badge_glyph", "sign", string(rune(sign)))
	}
	if err != nil {
		return nil, err
	}
	f := &fitted{r, l.size}
	if f.width() > width {
		f.size = math.Floor(width/f.width()*l.size*grid) / grid
	}
	if f.size < l.least {
		return nil, invalid(l.field, "error.badge_text_long", "text", l.text)
	}
	return f, nil
}
