package badge

import (
	"math"

	"lensan/server/referral"
)

// colours of a badge, #rrggbb. Words are in ink on ground or in ground on ink,
// the quiet colour is that of rules.
type colours struct{ ground, ink, quiet string }

// themes are those of the enhancer, so that nothing changes but the letters
// when it puts real text in a badge's place.
var themes = map[string]colours{
	"light": {ground: "#0b6b3a", ink: "#ffffff", quiet: "#5c9d7b"}, // contrast 6.6
	"dark":  {ground: "#7fd6a4", ink: "#0b130f", quiet: "#56956f"}, // contrast 10.8
}

const radius = 8.0 // px

// layBadge sets the mark and two lines beside it.
func layBadge(s *scene, t Texts) error {
	const (
		edge    = 14.0 // free at the left and right
		mark    = 40.0
		gap     = 12.0
		between = 20.0 // from baseline to baseline
		x       = edge + mark + gap
	)
	width := float64(s.width) - x - edge
	middle := float64(s.height) / 2
	if err := s.mark(edge, middle-mark/2, mark); err != nil {
		return err
	}
	return s.stack(x, 0, float64(s.height), width, between,
		line{"/line1", t.Line1, semiBold, 17, 13}, line{"/line2", t.Line2, regular, 13, 10})
}

// stack sets two lines flush left, so that what is between the top of the
// first's capitals and the last baseline is in the middle of top and bottom:
// the marks above and the tails and dots below weigh the same. An empty line
// is left out.
func (s *scene) stack(x, top, bottom, width, between float64, lines ...line) error {
	var set []*fitted
	for _, l := range lines {
		if l.text == "" {
			continue
		}
		f, err := fit(l, width)
		if err != nil {
			return err
		}
		set = append(set, f)
	}
	if len(set) == 0 {
		return nil
	}
	baseline := math.Round((top + bottom + set[0].capitals() - between*float64(len(set)-1)) / 2)
	for i, f := range set {
		if err := s.place(&s.ink, f, x, baseline+float64(i)*between); err != nil {
			return err
		}
	}
	return nil
}

// bar draws a bar of ink with a line of text and an angle that points on, both
// together in its middle.
func (s *scene) bar(l line, x, y, width, height float64) error {
	const (
		inset = 12.0
		gap   = 10.0
		angle = 6.0 // width of the angle, half its height
	)
	only, err := fit(l, width-2*inset-gap-angle)
	if err != nil {
		return err
	}
	s.ink = append(s.ink, roundRect(width, height, radius-2).moved(snap(x, y)))
	middle := y + height/2
	from := x + (width-only.width()-gap-angle)/2
	s.over = append(s.over, angleOutline(angle, 2.5).moved(snap(from+only.width()+gap, middle-angle)))
	return s.place(&s.over, only, from, middle+only.capitals()/2)
}

// layButton sets the mark and one line, both together in the middle.
func layButton(s *scene, t Texts) error {
	const (
		edge = 12.0
		mark = 28.0
		gap  = 10.0
	)
	only, err := fit(line{"/line1", t.Line1, semiBold, 16, 12}, float64(s.width)-edge-mark-gap-edge)
	if err != nil {
		return err
	}
	x := (float64(s.width) - mark - gap - only.width()) / 2
	middle := float64(s.height) / 2
	if err := s.mark(x, middle-mark/2, mark); err != nil {
		return err
	}
	return s.place(&s.ink, only, x+mark+gap, middle+only.capitals()/2)
}

// layCard sets a card's title beside the mark, a rule, a figure with what it
// counts, and at the foot what to do, in a bar that the whole card is a button
// for. What is left out leaves its room to what stays.
func layCard(s *scene, t Texts) error {
	const (
		edge    = 16.0
		mark    = 40.0
		gap     = 12.0
		between = 20.0 // from baseline to baseline of the title
		head    = 72.0 // height of the title, to the rule
		bar     = 48.0
		text    = 17.0 // one size for all but the figure: letters drawn alike compress well
		noteGap = 28.0 // from the figure's baseline to the note's
	)
	width := float64(s.width) - 2*edge
	top, bottom := 0.0, float64(s.height)
	if t.Action != "" {
		if err := s.bar(line{"/action", t.Action, semiBold, text, 13}, edge, bottom-edge-bar, width, bar); err != nil {
			return err
		}
		bottom -= edge + bar
	}
	if t.Figure != "" || t.Note != "" {
		s.quiet = append(s.quiet, roundRect(width, 1, 0).moved(snap(edge, head)))
		if err := s.stack(edge, head+1, bottom, width, noteGap,
			line{"/figure", t.Figure, semiBold, 30, 17}, line{"/note", t.Note, semiBold, text, 13}); err != nil {
			return err
		}
		bottom = head
	}
	if err := s.mark(edge, (top+bottom-mark)/2, mark); err != nil {
		return err
	}
	x := edge + mark + gap
	return s.stack(x, top, bottom, float64(s.width)-x-edge, between,
		line{"/line1", t.Line1, semiBold, text, 13}, line{"/line2", t.Line2, regular, 14, 11})
}

func invalid(field, key string, nameValue ...string) error {
	var f referral.Faults
	f.Add(field, key, nameValue...)
	return f.Err()
}
