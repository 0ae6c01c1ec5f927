package stats

import (
	"slices"

	"lensan/server/referral"
)

type unit uint8

const (
	unitHour unit = iota
	unitDay
	unitMonth
)

type cube struct {
	name Cube
	unit unit
	has  []Dimension
	sums bool // what went through, destination by destination, is a counter of its own
}

// tellsThrough says whether the cube can tell the hub from other destinations.
func (c *cube) tellsThrough() bool { return c.sums || slices.Contains(c.has, ByDestination) }

// cubes lists the cubes of clicks, of one unit the coarser first; viewCubes
// those of views, signupCubes that of reported sign-ups.
var (
	cubes = []cube{
		{CubeHour, unitHour, []Dimension{ByProvince, ByChannel}, false},
		{CubePlacementHour, unitHour, []Dimension{ByPlacement, ByProvince}, false},
		{CubeCountryDay, unitDay, []Dimension{ByDestination, ByChannel}, false},
		{CubeDay, unitDay, []Dimension{ByProvince, ByDestination, ByChannel}, false},
		{CubeCampaignDay, unitDay, []Dimension{ByCampaign, ByDestination, ByChannel}, false},
		{CubeAgentCountryDay, unitDay, []Dimension{ByChannel, ByDevice, ByOS, ByBrowser, ByApp}, false},
		{CubeAgentDay, unitDay, []Dimension{ByProvince, ByChannel, ByDevice, ByOS, ByBrowser, ByApp}, false},
		{CubePlacementDay, unitDay, []Dimension{ByPlacement, ByDestination, ByChannel, ByProvince, ByCampaign}, false},
		{CubeReferrerDay, unitDay, []Dimension{ByPlacement, ByProvince, ByHost}, false},
		{CubeMonth, unitMonth, []Dimension{ByProvince, ByDestination, ByChannel}, false},
		{CubeCampaignMonth, unitMonth, []Dimension{ByCampaign, ByDestination, ByChannel}, false},
		{CubeAgentMonth, unitMonth, []Dimension{ByProvince, ByChannel, ByDevice, ByOS, ByBrowser, ByApp}, false},
		{CubePlacementTotalMonth, unitMonth, []Dimension{ByPlacement, ByProvince}, true},
		{CubePlacementMonth, unitMonth, []Dimension{ByPlacement, ByDestination, ByChannel, ByProvince, ByCampaign}, false},
		{CubePlacementAgentMonth, unitMonth, []Dimension{ByPlacement, ByProvince, ByDevice, ByOS, ByBrowser, ByApp}, false},
	}
	viewCubes = []cube{
		{CubeViewsProvinceDay, unitDay, []Dimension{ByProvince}, false},
		{CubeViewsCampaignDay, unitDay, []Dimension{ByCampaign}, false},
		{CubeViews, unitDay, []Dimension{ByPlacement, ByProvince, ByCampaign, ByHost}, false},
		{CubeViewsProvinceMonth, unitMonth, []Dimension{ByProvince}, false},
		{CubeViewsMonth, unitMonth, []Dimension{ByPlacement, ByProvince, ByCampaign, ByHost}, false},
	}
	signupCubes = []cube{{CubeSignups, unitDay, []Dimension{ByPlacement, ByDestination, ByProvince, ByCampaign}, false}}
)

// route is the cubes that answer a question; a nil one does not.
type route struct{ hour, day, month *cube }

func (r route) found() bool { return r != route{} }

// monthsOnly says that the period must consist of whole months.
func (r route) monthsOnly() bool { return r.hour == nil && r.day == nil && r.month != nil }

// tellsThrough says whether the hub can be told from other destinations.
func (r route) tellsThrough() bool {
	for _, c := range []*cube{r.hour, r.day, r.month} {
		if c != nil && !c.tellsThrough() {
			return false
		}
	}
	return true
}

// routeTo picks, for each unit that a grouping can be made of, the coarsest
// cube that has all dimensions: hours of hours, days and weeks of days, and all
// else of months with days at their ends.
func routeTo(among []cube, by GroupBy, need []Dimension) route {
	find := func(u unit) *cube {
		for i, c := range among {
			if c.unit == u && !slices.ContainsFunc(need, func(d Dimension) bool { return !slices.Contains(c.has, d) }) {
				return &among[i]
			}
		}
		return nil
	}
	switch by {
	case "hour":
		return route{hour: find(unitHour)}
	case "day", "week":
		return route{day: find(unitDay)}
	}
	return route{day: find(unitDay), month: find(unitMonth)}
}

// span is the first and the last day of which anything is known.
type span struct{ first, last referral.Day }

// parts cuts the period into parts that the route's cubes hold. A month that
// the period cuts is still read as a whole if nothing is known of the rest of
// it: that of today, say.
func (r route) parts(from, to referral.Day, known span, by Dimension, where []Condition) (out []Part) {
	add := func(c *cube, from, to int64) {
		if from <= to {
			out = append(out, Part{Cube: c.name, From: from, To: to, By: by, Where: where})
		}
	}
	switch {
	case r.hour != nil:
		add(r.hour, firstHour(from), firstHour(to+1)-1)
	case r.month == nil:
		add(r.day, int64(from), int64(to))
	case r.day == nil:
		add(r.month, monthOf(from), monthOf(to))
	default:
		first, last := monthOf(from), monthOf(to)
		if monthStart(first) < from && known.first < from {
			first++
		}
		if monthStart(last+1) > to+1 && known.last > to {
			last--
		}
		if first > last {
			add(r.day, int64(from), int64(to))
			break
		}
		add(r.day, int64(from), int64(monthStart(first))-1)
		add(r.month, first, last)
		add(r.day, int64(monthStart(last+1)), int64(to))
	}
	return out
}

func unitOf(c Cube) unit {
	for _, list := range [][]cube{cubes, viewCubes, signupCubes} {
		for i := range list {
			if list[i].name == c {
				return list[i].unit
			}
		}
	}
	panic("no cube named " + c)
}
