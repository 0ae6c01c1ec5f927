package demo

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
)

// Of the portals that show badges, one in so many took them away three weeks
// ago, shows them altered by its CMS, or hides them from whoever reads the page.
const (
	goneEvery    = 23
	goneFor      = 22
	alteredEvery = 19
	hiddenEvery  = 31
)

// shown returns the spots of each portal that shows badges, in the order of portals.
func (m *maker) shown() [][]*spot {
	of := map[int64][]*spot{}
	for _, s := range m.spots {
		if s.Kind == referral.PlacementWidget && s.host != "" {
			of[s.Portal.Num] = append(of[s.Portal.Num], s)
		}
	}
	var out [][]*spot
	for _, num := range slices.Sorted(maps.Keys(of)) {
		out = append(out, of[num])
	}
	return out
}

// takeAway ends all that comes from the portals that took their badges away.
func (m *maker) takeAway() {
	for i, list := range m.shown() {
		if i%goneEvery != 0 {
			continue
		}
		for _, s := range m.spots {
			if s.Portal.Num == list[0].Portal.Num && s.host == list[0].host {
				s.to = min(s.to, m.today-goneFor)
			}
		}
	}
}

// look makes what the server found when it last read the portals' pages.
func (m *maker) look(ctx context.Context) error {
	records := map[int64]coverage.Record{}
	for i, list := range m.shown() {
		at := m.Now.Add(-time.Duration(1+i%20) * time.Hour)
		check := coverage.HostCheck{Host: list[0].host, URL: "https://" + list[0].host + "/", HTTP: 200, Time: at, Found: []coverage.Found{}}
		r := coverage.Record{FirstSeen: referral.NoDay, LastSeen: referral.NoDay, LastFound: referral.DayOf(at), CheckedAt: at}
		found := coverage.Found{Code: list[0].Code, Own: true, Tiers: []string{"badge", "script"}, Bad: []string{}}
		switch {
		case i%goneEvery == 0:
			r.LastFound = m.today - goneFor
		case i%alteredEvery == 1:
			check.Found = append(check.Found, coverage.Found{Code: list[0].Code, Own: true, Tiers: []string{}, Bad: []string{"escaped"}})
		case i%hiddenEvery == 2:
			r.LastFound = referral.NoDay
		default:
			check.Found = append(check.Found, found)
		}
		r.Checks = []coverage.HostCheck{check}
		if len(list) > 1 && strings.HasPrefix(list[0].Portal.ID, "snn-") {
			other := check
			other.Page, other.URL, other.Found = extensionPage, "https://"+check.Host+extensionPage, []coverage.Found{}
			if len(check.Found) > 0 && check.Found[0].Works() {
				other.Found = []coverage.Found{{Code: list[1].Code, Own: true, Tiers: []string{"badge"}, Bad: []string{}}}
			}
			r.Checks = append(r.Checks, other)
		}
		records[list[0].Portal.Num] = r
	}
	if err := m.Sink.SaveCoverage(ctx, records); err != nil {
		return err
	}
	return m.weeks(ctx, records)
}

// weeks makes the history: month by month more portals show the link.
func (m *maker) weeks(ctx context.Context, records map[int64]coverage.Record) error {
	nums := slices.SortedFunc(maps.Keys(records), func(a, b int64) int { return cmp.Compare(a*7919%101, b*7919%101) })
	var list []coverage.PortalWeek
	for back := referral.Day(11); back > 0; back-- {
		day := m.today - 7*back
		for i, num := range nums {
			state := coverage.Placed
			if i*12 > len(nums)*int(14-back) {
				state = coverage.Never
			}
			list = append(list, coverage.PortalWeek{Monday: day - (day+3)%7, Portal: num, State: state})
		}
	}
	return m.Sink.SaveCoverageWeek(ctx, list)
}
