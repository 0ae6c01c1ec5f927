package qr

import (
	"fmt"
	"image"
)

// A Shape is a symbol for a page that others draw.
type Shape struct {
	Size    int             // modules of a side, without the quiet zone
	Version int             // 1 to 40
	Level   string          // "M", "Q" or "H"
	Rings   [][]image.Point // closed rings of corners in modules, y down, from the symbol's corner; one path, for either fill rule
}

// QuietZone is what must stay white around a Shape, in modules.
const QuietZone = minQuiet

// LeastSide returns the smallest side in mm at which s may be printed.
func (s *Shape) LeastSide() float64 { return leastSide(s.Size) }

// Trace returns the symbol that Render would draw for text at a level ("" is
// "Q"), proved as one. Errors are those of Render.
func Trace(text, level string) (*Shape, error) {
	d, err := layOut(text, SVG, Options{Level: level, Millimetres: maxMillimetres})
	if err != nil {
		return nil, err
	}
	file, err := writeSVG(d)
	if err != nil {
		return nil, err
	}
	if err := d.prove(SVG, file); err != nil {
		return nil, fmt.Errorf("symbol of %d modules for %q: %w", d.size, text, err)
	}
	rings := d.outline()
	for _, ring := range rings {
		for i := range ring {
			ring[i] = ring[i].Sub(image.Pt(d.Quiet, d.Quiet))
		}
	}
	return &Shape{Size: d.size, Version: (d.size - 17) / 4, Level: d.Level, Rings: rings}, nil
}
