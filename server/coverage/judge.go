package coverage

import (
	"net/http"
	"slices"

	"lensan/server/referral"
)

// judge says what a record amounts to on a day.
func judge(r Record, today referral.Day) (state State, since referral.Day) {
	fresh := func(d referral.Day) bool { return d != referral.NoDay && d > today-freshDays }
	found, seen := fresh(r.LastFound), fresh(r.LastSeen)
	if found && r.read() && !r.stands() {
		found = false // the latest look says otherwise
	}
	switch {
	case found && r.broken():
		return Altered, referral.NoDay
	case found && seen:
		return Placed, referral.NoDay
	case found:
		return Unseen, referral.NoDay
	case seen:
		return Unfound, referral.NoDay
	case r.LastFound != referral.NoDay || r.LastSeen != referral.NoDay:
		return Lost, max(r.LastFound, r.LastSeen)
	}
	return Never, referral.NoDay
}

// read reports whether the latest check can tell that a code stands no more: a
// page was read, and so was every page that was named and still exists.
func (r Record) read() bool {
	for _, c := range r.Checks {
		gone := c.HTTP == http.StatusNotFound || c.HTTP == http.StatusGone || c.Fault == "probe_type"
		if c.Page != "" && c.Fault != "" && !gone {
			return false
		}
	}
	return slices.ContainsFunc(r.Checks, func(c HostCheck) bool { return c.Fault == "" })
}

// stands reports whether a code was found at the latest check.
func (r Record) stands() bool {
	return slices.ContainsFunc(r.Checks, func(c HostCheck) bool { return len(c.Found) > 0 })
}

// broken reports whether codes were found and none of them works.
func (r Record) broken() bool {
	return r.stands() && !slices.ContainsFunc(r.Checks, func(c HostCheck) bool { return slices.ContainsFunc(c.Found, Found.Works) })
}

// better returns the better of two states.
func better(a, b State) State {
	if slices.Index(States, a) < slices.Index(States, b) {
		return a
	}
	return b
}

// monday returns the first day of a day's week. 1970-01-01 was a Thursday.
func monday(d referral.Day) referral.Day { return d - (d+3)%7 }
