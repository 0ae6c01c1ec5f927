package referral

import (
	"slices"
	"strings"
	"time"
)

// PlacementKind says where a placement's code is shown.
type PlacementKind string

// The kinds of placement.
const (
	PlacementWidget PlacementKind = "widget"
	PlacementQR     PlacementKind = "qr"
	PlacementLink   PlacementKind = "link"
)

// PlacementState says whether a placement sends people on. Paused and retired
// ones lead to the hub page.
type PlacementState string

// The states of a placement. A retired one can be opened again; its code is
// never given to another.
const (
	PlacementOpen    PlacementState = "open"
	PlacementPaused  PlacementState = "paused"
	PlacementRetired PlacementState = "retired"
)

// Placement is one place where a code is shown.
type Placement struct {
	Num         int64 // number in rollups and journal; never reused
	Code        Code
	Portal      string // ID of the portal
	Kind        PlacementKind
	Destination string // ID of a destination, or HubID
	Label       string // "Chân trang"; may be empty
	Campaign    string // ID of a campaign, or ""
	State       PlacementState
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Validate reports every field at fault together. That portal, destination and
// campaign exist is checked by the registry.
func (p *Placement) Validate() error {
	var f Faults
	if p.Portal == "" {
		f.Add("/portal", "error.required")
	}
	switch p.Kind {
	case PlacementWidget, PlacementQR, PlacementLink:
	default:
		f.Add("/kind", "error.placement_kind", "value", string(p.Kind))
	}
	if p.Destination == "" {
		f.Add("/destination", "error.required")
	}
	switch p.State {
	case PlacementOpen, PlacementPaused, PlacementRetired:
	default:
		f.Add("/state", "error.placement_state", "value", string(p.State))
	}
	checkOptionalText(&f, "/label", p.Label, 200)
	return f.Err()
}

// Campaign is a named group of placements with dates.
type Campaign struct {
	Num       int64
	ID        string
	Name      string
	From      Day // NoDay: open
	To        Day // last day; NoDay: open
	Posters   PosterTexts
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Validate reports every field at fault together.
func (c *Campaign) Validate() error {
	var f Faults
	checkID(&f, "/id", c.ID)
	checkText(&f, "/name", c.Name, 200)
	if c.From != NoDay && c.To != NoDay && c.To < c.From {
		f.Add("/to", "error.before_from")
	}
	c.Posters.check(&f, "/poster_texts")
	return f.Err()
}

// PosterTexts replace the texts of a campaign's posters: name of a text →
// text. A name that is not there keeps the usual text.
type PosterTexts map[string]string

// PosterTextNames are the texts of a poster that a campaign may replace.
var PosterTextNames = []string{"title", "call", "scan", "warning", "help"}

const maxPosterText = 120 // characters: what the smallest poster can hold

func (t PosterTexts) check(f *Faults, field string) {
	for name, text := range t {
		if !slices.Contains(PosterTextNames, name) {
			f.Add(field+"/"+name, "error.one_of", "value", name, "allowed", strings.Join(PosterTextNames, ", "))
			continue
		}
		checkText(f, field+"/"+name, text, maxPosterText)
	}
}
