package report

import (
	"bytes"
	"fmt"
	"strconv"

	"lensan/server/pdf"
)

// A4 in mm, with the room around the text.
const (
	width  = 210
	height = 297
	edge   = 16
	inner  = width - 2*edge
)

const millimetresPerPoint = 1 / pdf.PointsPerMillimetre

// Colours. Text is black alone, so that laser printers draw it sharp.
const (
	black  = "0"
	dim    = "0.35"
	faint  = "0.8"
	white  = "1"
	accent = "0.043 0.42 0.227" // #0b6b3a
)

// steps shade the map, from few to many; in grey they go from light to dark.
var steps = [...]string{"0.85 0.93 0.88", "0.64 0.81 0.71", "0.42 0.67 0.52", "0.2 0.52 0.35", "0.02 0.29 0.16"}

// A sheet gathers the drawing of one page; lengths are in mm from its upper left corner.
type sheet struct {
	bytes.Buffer
	fonts *pdf.Fonts
}

func (s *sheet) op(format string, args ...any) { fmt.Fprintf(&s.Buffer, format+"\n", args...) }

func x(mm float64) float64 { return mm * pdf.PointsPerMillimetre }
func y(mm float64) float64 { return (height - mm) * pdf.PointsPerMillimetre }

func fill(colour string) string   { return colour + operator(colour, "g", "rg") }
func stroke(colour string) string { return colour + operator(colour, "G", "RG") }

func operator(colour, grey, rgb string) string {
	if len(colour) > 4 {
		return " " + rgb
	}
	return " " + grey
}

func (s *sheet) box(colour string, left, top, wide, high float64) {
	s.op("%s %.3f %.3f %.3f %.3f re f", fill(colour), x(left), y(top+high), x(wide), x(high))
}

func (s *sheet) frame(colour string, left, top, wide, high float64) {
	s.op("%s 0.4 w %.3f %.3f %.3f %.3f re S", stroke(colour), x(left), y(top+high), x(wide), x(high))
}

func (s *sheet) rule(colour string, left, top, wide float64) {
	s.op("%s 0.4 w %.3f %.3f m %.3f %.3f l S", stroke(colour), x(left), y(top), x(left+wide), y(top))
}

// mark draws the product's mark.
func (s *sheet) mark(left, top, side float64) {
	s.op("q %.4f 0 0 %.4f %.4f %.4f cm /M Do Q", x(side), -x(side), x(left), y(top))
}

// A letter is how a text is set; size is in points.
type letter struct {
	size   float64
	weight pdf.Weight
	colour string
}

func (s *sheet) measure(l letter, text string) float64 {
	return s.fonts.Faces[l.weight].Width(text) * l.size * millimetresPerPoint
}

// text sets one line from its baseline.
func (s *sheet) text(l letter, left, base float64, text string) {
	if text == "" {
		return
	}
	s.op("BT %s /F%d %.2f Tf 1 0 0 1 %.3f %.3f Tm %s TJ ET", fill(l.colour), l.weight, l.size, x(left), y(base), s.fonts.Faces[l.weight].Show(text))
}

func (s *sheet) textRight(l letter, right, base float64, text string) {
	s.text(l, right-s.measure(l, text), base, text)
}

func (s *sheet) textCentre(l letter, middle, base float64, text string) {
	s.text(l, middle-s.measure(l, text)/2, base, text)
}

// within sets a text that ends in "…" where it is wider than there is room.
func (s *sheet) within(l letter, left, base, wide float64, text string) {
	signs := []rune(text)
	for cut := text; ; cut = string(signs) + "…" {
		if s.measure(l, cut) <= wide || len(signs) == 0 {
			s.text(l, left, base, cut)
			return
		}
		signs = signs[:len(signs)-1]
	}
}

// paragraph wraps a text into lines and returns the baseline after the last.
func (s *sheet) paragraph(l letter, left, base, wide, leading float64, text string) float64 {
	line := ""
	for _, word := range bytes.Fields([]byte(text)) {
		tried := line + " " + string(word)
		if line == "" {
			tried = string(word)
		}
		if line != "" && s.measure(l, tried) > wide {
			s.text(l, left, base, line)
			base, tried = base+leading, string(word)
		}
		line = tried
	}
	s.text(l, left, base, line)
	return base + leading
}

// outline draws a path of the atlas, whose commands are M, l, h and z in whole
// units, at a scale in mm a unit.
func (s *sheet) outline(path string, left, top, scale float64, colour string) error {
	s.op("%s %s 0.25 w", fill(colour), stroke(dim))
	var atX, atY int
	for path != "" {
		command := path[0]
		var n []int
		for path = path[1:]; path != ""; {
			path = trimSpace(path)
			end := 0
			for end < len(path) && (path[end] == '-' && end == 0 || path[end] >= '0' && path[end] <= '9') {
				end++
			}
			if end == 0 {
				break
			}
			value, err := strconv.Atoi(path[:end])
			if err != nil {
				return err
			}
			n, path = append(n, value), path[end:]
		}
		switch {
		case command == 'M' && len(n) == 2:
			atX, atY = n[0], n[1]
			s.op("%.3f %.3f m", x(left+float64(atX)*scale), y(top+float64(atY)*scale))
		case command == 'l' && len(n) == 2:
			atX, atY = atX+n[0], atY+n[1]
			s.op("%.3f %.3f l", x(left+float64(atX)*scale), y(top+float64(atY)*scale))
		case command == 'h' && len(n) == 1:
			s.op("%.3f %.3f l", x(left+float64(atX+n[0])*scale), y(top+float64(atY)*scale))
		case command == 'z' && len(n) == 0:
			s.op("h")
		default:
			return fmt.Errorf("path command %q with %d numbers", command, len(n))
		}
	}
	s.op("1 j B")
	return nil
}

func trimSpace(s string) string {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	return s
}
