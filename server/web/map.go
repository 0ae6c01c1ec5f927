package web

import (
	"strconv"

	"lensan/server/atlas"
	"lensan/server/text"
)

// MapSteps is how many shades a map has besides the hatch.
const MapSteps = 5

// Map is Viet Nam as the template "map" draws it. Every page that shows one has
// a table beside it that says the same.
type Map struct {
	ID, Title     string
	Caption       string // which boundaries, where there are two maps
	Picture       string // label of what saves it as a picture, where scripts run; "" for nothing
	Width, Height int
	Shapes        []MapShape
	Insets        []MapInset
	Legend        []MapStep
}

// MapShape is shaded by Step, 1 to MapSteps, or hatched for 0. Without Href it
// leads nowhere.
type MapShape struct {
	Path, Title, Href string
	Step              int
}

// MapInset is an archipelago, shaded as the province that it belongs to.
type MapInset struct {
	MapShape
	X, Y, Width, Height  int
	Middle, Line1, Line2 int // where its name stands
	Name, Belongs        string
}

// MapStep is a line of the legend.
type MapStep struct {
	Step int
	Text string
}

// NewMap draws the provinces of m; of tells how the one with a GSO code is
// shaded. The caller names the map and writes its legend.
func NewMap(m *atlas.Map, l *text.Language, of func(code string) MapShape) Map {
	out := Map{Width: atlas.Width, Height: atlas.Height}
	for _, s := range m.Provinces {
		shape := of(s.Code)
		shape.Path = s.Path
		out.Shapes = append(out.Shapes, shape)
	}
	for _, i := range m.Insets {
		shape := of(i.Code)
		shape.Path = i.Path
		out.Insets = append(out.Insets, MapInset{MapShape: shape, X: i.X, Y: i.Y, Width: i.Width, Height: i.Height,
			Middle: i.X + i.Width/2, Line1: i.Y + i.Height - 50, Line2: i.Y + i.Height - 18,
			Name: l.T("overview.map." + i.Slug), Belongs: l.T("overview.map." + i.Slug + "-of")})
	}
	return out
}

// Class is the style of a shape's step.
func (s MapShape) Class() string { return "step" + strconv.Itoa(s.Step) }
