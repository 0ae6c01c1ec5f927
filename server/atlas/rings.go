package atlas

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"lensan/server/referral"
)

// readPolygons returns the rings of a geometry as lists of arcs; ^n is arc n
// backwards.
func readPolygons(kind string, raw json.RawMessage) (rings [][]int, err error) {
	switch kind {
	case "Polygon":
		err = json.Unmarshal(raw, &rings)
	case "MultiPolygon":
		var polygons [][][]int
		err = json.Unmarshal(raw, &polygons)
		for _, p := range polygons {
			rings = append(rings, p...)
		}
	default:
		err = fmt.Errorf("a %q: %w", kind, referral.ErrInvalid)
	}
	return rings, err
}

// join puts the arcs of each ring one after the other.
func join(rings [][]int, arcs [][]point) ([][]point, error) {
	out := make([][]point, 0, len(rings))
	for _, ring := range rings {
		var points []point
		for _, n := range ring {
			back := n < 0
			if back {
				n = ^n
			}
			if n >= len(arcs) {
				return nil, fmt.Errorf("no arc %d: %w", n, referral.ErrInvalid)
			}
			for i := range arcs[n] {
				p := arcs[n][i]
				if back {
					p = arcs[n][len(arcs[n])-1-i]
				}
				if i > 0 || len(points) == 0 {
					points = append(points, p)
				}
			}
		}
		out = append(out, points)
	}
	return out, nil
}

// simplify leaves out points that lie within the tolerance of the line without
// them (Douglas and Peucker). The ends stay, so that neighbours still meet.
func simplify(arc []point, tolerance float64) []point {
	if len(arc) < 3 {
		return arc
	}
	first, last := arc[0], arc[len(arc)-1]
	far, at := 0.0, 0
	for i := 1; i < len(arc)-1; i++ {
		if d := distance(arc[i], first, last); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance {
		return []point{first, last}
	}
	left := simplify(arc[:at+1], tolerance)
	return append(left[:len(left)-1:len(left)-1], simplify(arc[at:], tolerance)...)
}

// distance is that of p from the segment from a to b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if square := dx*dx + dy*dy; square > 0 {
		t = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/square, 0), 1)
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

// path writes closed rings in whole units, relative to each other. A ring too
// small for them is a dot, which the line's width makes visible.
func path(rings [][]point) string {
	var b strings.Builder
	for _, ring := range rings {
		atX, atY, steps := 0, 0, 0
		for i, p := range ring {
			x, y := int(math.Round(p.x)), int(math.Round(p.y))
			switch {
			case i == 0:
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y))
			case x == atX && y == atY || i == len(ring)-1:
				continue
			default:
				steps++
				b.WriteByte('l')
				b.WriteString(strconv.Itoa(x - atX))
				if y >= atY {
					b.WriteByte(' ')
				}
				b.WriteString(strconv.Itoa(y - atY))
			}
			atX, atY = x, y
		}
		if steps == 0 {
			b.WriteString("h0")
		}
		b.WriteByte('z')
	}
	return b.String()
}
