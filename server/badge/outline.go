package badge

import (
	"image"
	"math"
	"strconv"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// grid is the number of steps in a CSS pixel. All geometry is in whole steps,
// the same in SVG and PNG; at 400 % a step is a fifth of a pixel.
const grid = 20

func snap(x, y float64) image.Point {
	return image.Pt(int(math.Round(x*grid)), int(math.Round(y*grid)))
}

// An edge ends at the last point that its kind has; the others are controls.
type edge struct {
	kind   sfnt.SegmentOp
	points [3]image.Point
}

// An outline is closed before each move and at its end.
type outline []edge

// moved returns the outline shifted by d.
func (o outline) moved(d image.Point) outline {
	out := make(outline, len(o))
	for i, e := range o {
		for j, p := range e.points {
			e.points[j] = p.Add(d)
		}
		out[i] = e
	}
	return out
}

// smoothed brings each curve's control to where the curve before would go on if
// that is at most a step away, as it is in fonts but for rounding: path data
// then leaves it out.
func (o outline) smoothed() outline {
	for i := 1; i < len(o); i++ {
		before, e := o[i-1], &o[i]
		if before.kind != sfnt.SegmentOpQuadTo || e.kind != sfnt.SegmentOpQuadTo {
			continue
		}
		reflected := before.points[1].Mul(2).Sub(before.points[0])
		if off := reflected.Sub(e.points[0]); max(off.X, -off.X, off.Y, -off.Y) <= 1 {
			e.points[0] = reflected
		}
	}
	return o
}

// appendPath writes the outline as path data, relative after each first move.
func (o outline) appendPath(b []byte) []byte {
	var at, start image.Point
	var reflected image.Point // control of the last curve, reflected at its end
	last := byte(0)
	for i, e := range o {
		switch p := e.points; e.kind {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				b = append(b, 'z')
				b = appendCommand(b, 'm', 0, p[0].Sub(start))
			} else {
				b = appendCommand(b, 'M', 0, p[0])
			}
			at, start, last = p[0], p[0], 'm'
		case sfnt.SegmentOpLineTo:
			if p[0] == at || p[0] == start && (i+1 == len(o) || o[i+1].kind == sfnt.SegmentOpMoveTo) {
				continue // nothing, or what closing draws
			}
			d := p[0].Sub(at)
			switch {
			case d.Y == 0:
				b, last = appendNumbers(b, 'h', last, d.X), 'h'
			case d.X == 0:
				b, last = appendNumbers(b, 'v', last, d.Y), 'v'
			default:
				b, last = appendCommand(b, 'l', last, d), 'l'
			}
			at = p[0]
		case sfnt.SegmentOpQuadTo:
			if (last == 'q' || last == 't') && p[0] == reflected {
				b, last = appendCommand(b, 't', last, p[1].Sub(at)), 't'
			} else {
				b, last = appendCommand(b, 'q', last, p[0].Sub(at), p[1].Sub(at)), 'q'
			}
			at, reflected = p[1], p[1].Mul(2).Sub(p[0])
		case sfnt.SegmentOpCubeTo:
			b, last = appendCommand(b, 'c', last, p[0].Sub(at), p[1].Sub(at), p[2].Sub(at)), 'c'
			at = p[2]
		}
	}
	return append(b, 'z')
}

func appendCommand(b []byte, command, last byte, points ...image.Point) []byte {
	numbers := make([]int, 0, 6)
	for _, p := range points {
		numbers = append(numbers, p.X, p.Y)
	}
	return appendNumbers(b, command, last, numbers...)
}

// appendNumbers leaves out a command that repeats and separators that are not
// needed.
func appendNumbers(b []byte, command, last byte, numbers ...int) []byte {
	if command != last {
		b = append(b, command)
	}
	for i, n := range numbers {
		if n >= 0 && (i > 0 || command == last) {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return b
}

// draw adds the outline to a rasteriser of scale pixels to a CSS pixel.
func (o outline) draw(r *vector.Rasterizer, scale float32) {
	at := func(p image.Point) (x, y float32) {
		return float32(p.X) / grid * scale, float32(p.Y) / grid * scale
	}
	for _, e := range o {
		ax, ay := at(e.points[0])
		bx, by := at(e.points[1])
		cx, cy := at(e.points[2])
		switch e.kind {
		case sfnt.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			r.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
}
