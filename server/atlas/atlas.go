// Package atlas draws Viet Nam as SVG paths: the provinces of a list, and Hoàng
// Sa and Trường Sa in insets of their own, without which no map is made. It
// knows nothing of what is counted.
package atlas

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"lensan/server/referral"
)

// The drawing's units. The mainland stands at the left and the insets at the
// right, each at about its latitude.
const (
	Width  = 880
	Height = 1200

	perDegree = 79.0 // units of a degree of latitude
	north     = 23.5 // latitude of the upper edge
	west      = 102.1
	tolerance = 0.9 // how far a simplified border may lie from the real one
)

// Map is a drawing of Width by Height units. It is immutable.
type Map struct {
	Provinces []Shape // in the order of the file
	Insets    []Inset // Hoàng Sa and Trường Sa
}

// Shape is a province; Path is the value of an SVG path's d.
type Shape struct {
	Code string // GSO code in the map's list
	Path string
}

// Inset is an archipelago in a frame of its own, at a scale of its own.
type Inset struct {
	Slug                string // "hoang-sa" or "truong-sa"
	Code                string // GSO code of the province that it belongs to
	X, Y, Width, Height int    // of the frame
	Path                string
}

// frames says where the insets stand.
var frames = []Inset{
	{Slug: "hoang-sa", X: 600, Y: 480, Width: 272, Height: 250},
	{Slug: "truong-sa", X: 600, Y: 850, Width: 272, Height: 330},
}

// captionHeight is the part of a frame, at its foot, that is left for its name.
const captionHeight = 84

type point struct{ x, y float64 }

type topology struct {
	Arcs      [][][2]int
	Transform struct{ Scale, Translate [2]float64 }
	Objects   struct {
		Provinces struct {
			Geometries []struct {
				Type       string
				Arcs       json.RawMessage
				Properties struct {
					Code  string `json:"gso_code"`
					Slug  string `json:"slug"`
					Apart bool   `json:"archipelago"`
				}
			}
		}
	}
}

// Read makes a map of a TopoJSON file as assets/maps holds them. A file without
// either archipelago is refused with an error.
func Read(raw []byte) (*Map, error) {
	var t topology
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	arcs := t.unfold()
	simple := make([][]point, len(arcs))
	for i, arc := range arcs {
		simple[i] = simplify(each(arc, toMainland), tolerance)
	}
	m := &Map{}
	for _, g := range t.Objects.Provinces.Geometries {
		polygons, err := readPolygons(g.Type, g.Arcs)
		if err != nil {
			return nil, fmt.Errorf("map: %s: %w", g.Properties.Slug, err)
		}
		if !g.Properties.Apart {
			rings, err := join(polygons, simple)
			if err != nil {
				return nil, fmt.Errorf("map: %s: %w", g.Properties.Slug, err)
			}
			m.Provinces = append(m.Provinces, Shape{Code: g.Properties.Code, Path: path(slices.DeleteFunc(rings, outside))})
			continue
		}
		at := slices.IndexFunc(frames, func(f Inset) bool { return f.Slug == g.Properties.Slug })
		if at < 0 {
			return nil, fmt.Errorf("map: no frame for %s: %w", g.Properties.Slug, referral.ErrInvalid)
		}
		rings, err := join(polygons, arcs)
		if err != nil {
			return nil, fmt.Errorf("map: %s: %w", g.Properties.Slug, err)
		}
		inset := frames[at]
		inset.Code, inset.Path = g.Properties.Code, path(inset.fit(rings))
		m.Insets = append(m.Insets, inset)
	}
	for _, f := range frames {
		if !slices.ContainsFunc(m.Insets, func(i Inset) bool { return i.Slug == f.Slug && i.Path != "" }) {
			return nil, fmt.Errorf("map without %s: %w", f.Slug, referral.ErrInvalid)
		}
	}
	return m, nil
}

// unfold returns the arcs in degrees.
func (t *topology) unfold() [][]point {
	out := make([][]point, len(t.Arcs))
	for i, arc := range t.Arcs {
		var x, y int
		for _, step := range arc {
			x, y = x+step[0], y+step[1]
			out[i] = append(out[i], point{float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0], float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1]})
		}
	}
	return out
}

func each(arc []point, to func(point) point) []point {
	out := make([]point, len(arc))
	for i, p := range arc {
		out[i] = to(p)
	}
	return out
}

// squeeze is how much narrower a degree of longitude is drawn than one of
// latitude: the cosine of 16° N, the middle of the country.
var squeeze = math.Cos(16 * math.Pi / 180)

func toMainland(p point) point {
	return point{(p.x-west)*squeeze*perDegree + 4, (north - p.y) * perDegree}
}

// outside says of a ring that it lies in the sea beyond the drawing: two reefs
// south of the mainland, as large as a full stop.
func outside(ring []point) bool {
	return slices.ContainsFunc(ring, func(p point) bool { return p.y > Height || p.x > float64(frames[0].X) })
}

// fit scales an archipelago into its frame, above its name.
func (i Inset) fit(rings [][]point) [][]point {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, ring := range rings {
		for _, p := range ring {
			low = point{min(low.x, p.x*squeeze), min(low.y, -p.y)}
			high = point{max(high.x, p.x*squeeze), max(high.y, -p.y)}
		}
	}
	const margin = 30.0
	width, height := float64(i.Width)-2*margin, float64(i.Height)-2*margin-captionHeight
	scale := min(width/(high.x-low.x), height/(high.y-low.y))
	left := float64(i.X) + margin + (width-(high.x-low.x)*scale)/2
	top := float64(i.Y) + margin + (height-(high.y-low.y)*scale)/2
	out := make([][]point, len(rings))
	for n, ring := range rings {
		out[n] = each(ring, func(p point) point { return point{left + (p.x*squeeze-low.x)*scale, top + (-p.y-low.y)*scale} })
	}
	return out
}
