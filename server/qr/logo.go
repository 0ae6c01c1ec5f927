package qr

import "math"

// logoShare is how much of the modules a logo may cover: a third of what level
// H restores (30 % of the codewords, ISO/IEC 18004), the rest being for paper.
const logoShare = 0.10

// maxLogoVersion is the last version without an alignment pattern in its middle.
const maxLogoVersion = 6

// logoSide returns the modules of a side that a logo in the middle of a symbol
// of size modules takes, its white margin of half a module included: odd, so
// that it covers whole modules.
func logoSide(size int) int {
	const functional = 9 // modules of a finder pattern with its margin and format
	side := min(int(math.Sqrt(logoShare)*float64(size)), size-2*functional)
	return side - (side+1)%2
}

// point is a corner in modules of the canvas.
type point struct{ x, y float64 }

// mark is assets/images/logo.svg in one colour, in its own units of 64 a side:
// each curve is cubic with two control points.
var (
	markStart = point{32, 9}
	markSteps = [][]point{
		{{46, 25}}, {{37.5, 25}}, {{37.5, 33}}, {{42, 27.5}, {48, 25.5}, {54, 26}}, {{53.5, 36}, {46.5, 42.5}, {37.5, 42.8}}, {{37.5, 55}}, {{26.5, 55}},
		{{26.5, 46.8}}, {{17.5, 46.5}, {10.5, 40}, {10, 30}}, {{16, 29.5}, {22, 31.5}, {26.5, 37}}, {{26.5, 25}}, {{18, 25}},
	}
)

// logo returns the mark in the middle of the canvas as corners of one ring, its
// curves in short lines; nil for a drawing without.
func (d *drawing) logo() []point {
	if !d.Logo {
		return nil
	}
	const left, top, extent = 9, 9, 46 // of the mark in its units
	side := float64(logoSide(d.size)) - 1
	corner := float64(d.canvas())/2 - side/2
	place := func(p point) point {
		round := func(v float64) float64 { return math.Round(100*v) / 100 }
		return point{round(corner + (p.x-left)*side/extent), round(corner + (p.y-top)*side/extent)}
	}
	at := markStart
	ring := []point{place(at)}
	for _, step := range markSteps {
		end := step[len(step)-1]
		if len(step) == 3 {
			const lines = 8
			for i := 1; i < lines; i++ {
				t := float64(i) / lines
				a, b, c, e := (1-t)*(1-t)*(1-t), 3*t*(1-t)*(1-t), 3*t*t*(1-t), t*t*t
				ring = append(ring, place(point{a*at.x + b*step[0].x + c*step[1].x + e*end.x, a*at.y + b*step[0].y + c*step[1].y + e*end.y}))
			}
		}
		at = end
		ring = append(ring, place(at))
	}
	return ring
}

// underLogo reports whether the module in a row and column of the canvas makes
// room for the logo.
func (d *drawing) underLogo(row, column int) bool {
	if !d.Logo {
		return false
	}
	side := logoSide(d.size)
	first := (d.canvas() - side) / 2
	return row >= first && row < first+side && column >= first && column < first+side
}

// spans returns where a horizontal line through a ring is inside it: pairs of
// x in rising order.
func spans(ring []point, y float64) []float64 {
	var xs []float64
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.y <= y) == (b.y <= y) {
			continue
		}
		x := a.x + (y-a.y)/(b.y-a.y)*(b.x-a.x)
		at := len(xs)
		for at > 0 && xs[at-1] > x {
			at--
		}
		xs = append(xs, 0)
		copy(xs[at+1:], xs[at:])
		xs[at] = x
	}
	return xs
}
