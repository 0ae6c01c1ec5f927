// Package cms knows what the content systems of portals do to pasted HTML: a
// table of systems, a small model of each filter, and which form of a snippet
// to paste where. It draws no page and fetches nothing.
package cms

// Tier is a form of a snippet, named as in the embed page and the API.
type Tier string

const (
	Badge  Tier = "badge"  // link and picture, no JavaScript
	Text   Tier = "text"   // link and words
	Script Tier = "script" // a badge and, once in the template, the enhancer
	Iframe Tier = "iframe" // a frame of fixed size
)

// Fate is what becomes of an element or attribute in a system's ordinary editor.
type Fate string

const (
	Unknown Fate = "unknown" // nobody has measured or read it
	Kept    Fate = "kept"
	Changed Fate = "changed" // it arrives with less, or other, than was pasted
	Refused Fate = "refused"
)

// Basis is how a system's row came to be known.
type Basis string

const (
	Measured Basis = "measured" // the system's own filter was run
	Read     Basis = "read"     // the filter's source or settings were read
	Guessed  Basis = "guessed"  // neither
)

// System is a content system with its ordinary editor. Texts are keys.
type System struct {
	ID     string
	Name   string // the product's own name, the same in each language
	Editor string // which place in it is meant
	Basis  Basis

	Link, Picture, Script, Iframe, Element, Data Fate // <a>, <a><img>, …, custom element, data-*

	Traps []string // what else to know before pasting

	template bool // the place is the page's own template: a script may stand there
	filter   func(string) string
}

// Systems returns all systems, those that Vietnamese state portals use most first.
func Systems() []System { return append([]System(nil), systems...) }

// Find returns the system of an id.
func Find(id string) (System, bool) {
	for _, s := range systems {
		if s.ID == id {
			return s, true
		}
	}
	return System{}, false
}

// Filter returns what is left of a source that was pasted into a system's
// ordinary editor and saved. What is not known of a system is left as it is,
// and so is everything if the system is not known at all.
func Filter(id, source string) string {
	s, known := Find(id)
	if !known || s.filter == nil {
		return source
	}
	return s.filter(source)
}

// Recommend returns the form to paste into a system: the badge without
// JavaScript unless the system is known to refuse its picture, or to be a
// template that takes the script as well.
func Recommend(id string) Tier {
	s, known := Find(id)
	switch {
	case !known:
		return Badge
	case s.template:
		return Script
	case s.Picture == Refused && s.Link != Refused:
		return Text
	}
	return Badge
}

// Fate returns what becomes of a form of the snippet in the system.
func (s System) Fate(t Tier) Fate {
	switch t {
	case Badge:
		return s.Picture
	case Text:
		return s.Link
	case Script:
		return s.Script
	case Iframe:
		return s.Iframe
	}
	return Unknown
}
