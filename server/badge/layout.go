package badge

import (
	"math"

	"lensan/server/referral"
)

// colours of a badge, #rrggbb.
type colours struct{ ground, ink string }

var light = colours{ground: "#0b6b3a", ink: "#ffffff"} // contrast 6.6

// layBadge sets the mark and two lines, flush left. The lines are centred
// between the top of the capitals and the last baseline: the marks above and
// the tails and dots below weigh the same.
func layBadge(s *scene, t Texts) error {
	const (
		edge    = 14.0 // free at the left and right
		mark    = 40.0
		gap     = 12.0
		between = 20.0 // from baseline to baseline
		x       = edge + mark + gap
	)
	s.radius = 10
	width := float64(s.width) - x - edge
	middle := float64(s.height) / 2
	if err := s.mark(edge, middle-mark/2, mark); err != nil {
		return err
	}
	first, err := fit(line{"/line1", t.Line1, semiBold, 17, 13}, width)
	if err != nil {
		return err
	}
	if t.Line2 == "" {
		return s.place(first, x, middle+first.capitals()/2)
	}
	second, err := fit(line{"/line2", t.Line2, regular, 13, 10}, width)
	if err != nil {
		return err
	}
	baseline := math.Round(middle + (first.capitals()-between)/2)
	if err := s.place(first, x, baseline); err != nil {
		return err
	}
	return s.place(second, x, baseline+between)
}

// layButton sets the mark and one line, both together in the middle.
func layButton(s *scene, t Texts) error {
	const (
		edge = 12.0
		mark = 28.0
		gap  = 10.0
	)
	s.radius = 8
	only, err := fit(line{"/line1", t.Line1, semiBold, 16, 12}, float64(s.width)-edge-mark-gap-edge)
	if err != nil {
		return err
	}
	x := (float64(s.width) - mark - gap - only.width()) / 2
	middle := float64(s.height) / 2
	if err := s.mark(x, middle-mark/2, mark); err != nil {
		return err
	}
	return s.place(only, x+mark+gap, middle+only.capitals()/2)
}

func invalid(field, key string, nameValue ...string) error {
	var f referral.Faults
	f.Add(field, key, nameValue...)
	return f.Err()
}
