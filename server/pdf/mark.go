package pdf

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"lensan/assets"
)

// Colours of the mark.
const (
	white  = "1 g"
	accent = "0.043 0.42 0.227 rg" // #0b6b3a
)

var operands = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Z': 0}

// WriteMark writes assets/images/logo.svg, a square with round corners and a
// path, as MarkObject of one unit a side.
func WriteMark(p *Writer) error {
	const path = "images/logo.svg"
	raw, err := assets.Files.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		Rect struct {
			Width float64 `xml:"width,attr"`
			Round float64 `xml:"rx,attr"`
		} `xml:"rect"`
		Path struct {
			Data string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	drawn, err := drawPath(file.Path.Data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	content := fmt.Sprintf("%.6f 0 0 %.6f 0 0 cm\n%s %s f\n%s %s f", 1/file.Rect.Width, 1/file.Rect.Width,
		accent, roundSquare(file.Rect.Width, file.Rect.Round), white, drawn)
	p.Stream(MarkObject, "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<>>", []byte(content))
	return p.err
}

// roundSquare is a path whose corners are quarters of a circle.
func roundSquare(side, radius float64) string {
	const arc = 0.5523 // control points of a quarter circle
	var b strings.Builder
	c := radius * (1 - arc)
	fmt.Fprintf(&b, "%g 0 m %g 0 l %g 0 %g %g %g %g c ", radius, side-radius, side-c, side, c, side, radius)
	fmt.Fprintf(&b, "%g %g l %g %g %g %g %g %g c ", side, side-radius, side, side-c, side-c, side, side-radius, side)
	fmt.Fprintf(&b, "%g %g l %g %g 0 %g 0 %g c ", radius, side, c, side, side-c, side-radius)
	fmt.Fprintf(&b, "0 %g l 0 %g %g 0 %g 0 c h", radius, c, c, radius)
	return b.String()
}

// drawPath turns the absolute commands M L H V C Z of SVG into PDF's.
func drawPath(data string) (string, error) {
	var b strings.Builder
	var x, y float64
	for data != "" {
		letter := data[0]
		takes, ok := operands[letter]
		end := strings.IndexAny(data[1:], "MLHVCZ") + 1
		if end == 0 {
			end = len(data)
		}
		var n []float64
		for _, word := range strings.FieldsFunc(data[1:end], func(r rune) bool { return r == ' ' || r == ',' }) {
			number, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return "", err
			}
			n = append(n, number)
		}
		if !ok || (takes == 0) != (len(n) == 0) || takes > 0 && len(n)%takes != 0 {
			return "", fmt.Errorf("path command %q with %d numbers", letter, len(n))
		}
		data = data[end:]
		if takes == 0 {
			b.WriteString("h ")
		}
		for ; len(n) > 0; n = n[takes:] {
			switch letter {
			case 'H':
				x = n[0]
			case 'V':
				y = n[0]
			default:
				x, y = n[takes-2], n[takes-1]
			}
			switch letter {
			case 'M':
				fmt.Fprintf(&b, "%g %g m ", x, y)
				letter = 'L' // what follows a move without a letter
			case 'C':
				fmt.Fprintf(&b, "%g %g %g %g %g %g c ", n[0], n[1], n[2], n[3], x, y)
			default:
				fmt.Fprintf(&b, "%g %g l ", x, y)
			}
		}
	}
	return b.String(), nil
}
