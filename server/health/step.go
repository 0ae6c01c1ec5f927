package health

import "time"

// A destination dies after failuresToDie bad checks in a row. It comes back
// after successesToLive good ones, and after twice as many for each further
// death within flapTime: what comes and goes does not take the codes along.
const (
	failuresToDie   = 3
	successesToLive = 2
	maxDoublings    = 3
	flapTime        = 24 * time.Hour
)

// vote is what a check says about a destination.
type vote int

const (
	abstains vote = iota
	speaksFor
	speaksAgainst
)

func (r Reason) vote() vote {
	switch r {
	case Fine, Moved, Expiring, Guarded:
		return speaksFor
	case Private, Offline, "":
		return abstains
	}
	return speaksAgainst
}

// step takes the result of a check in and reports whether State changed.
func (s *Status) step(r Result, now time.Time) (changed bool) {
	s.Result, s.CheckedAt = r, now
	v := r.Reason.vote()
	switch {
	case v == abstains:
		return false
	case v == speaksFor && s.State == Alive, v == speaksAgainst && s.State == Dead:
		s.Streak = 0
		return false
	case v == speaksFor && s.State != Dead:
		s.turn(Alive, now)
		return true
	}
	s.Streak++
	if v == speaksAgainst {
		if s.Streak < failuresToDie {
			return false
		}
		if now.Sub(s.DiedAt) > flapTime {
			s.Deaths = 0
		}
		s.Deaths, s.DiedAt = s.Deaths+1, now
		s.turn(Dead, now)
		return true
	}
	if s.Streak < successesToLive<<min(max(s.Deaths-1, 0), maxDoublings) {
		return false
	}
	s.turn(Alive, now)
	return true
}

func (s *Status) turn(to State, now time.Time) { s.State, s.Streak, s.ChangedAt = to, 0, now }

// next returns after which time to look again: a tenth sooner or later than the
// interval by chance (0 to 1), and after a third of it while the last check
// disagrees with what is believed.
func (s *Status) next(interval time.Duration, chance float64) time.Duration {
	if s.Streak > 0 {
		return time.Duration(float64(interval) * (0.3 + 0.03*chance))
	}
	return time.Duration(float64(interval) * (0.9 + 0.2*chance))
}
