package coverage

import (
	"context"
	"maps"
	"slices"
	"time"

	"lensan/server/referral"
)

// refresh takes in what was seen, judges every portal, keeps the week and puts
// the report in force. It is called with making held.
func (c *Coverage) refresh(ctx context.Context) error {
	portals, version, err := c.store.PortalsNow(ctx)
	if err != nil {
		return err
	}
	snapshot := referral.Snapshot{Portals: portals}
	records, err := c.store.CoverageRecords(ctx)
	if err != nil {
		return err
	}
	now := c.o.Now()
	today := referral.DayOf(now)
	from := today - seenDays + 1
	if c.fresh.IsZero() {
		from = 0 // the first time since the start, all that was ever seen
	}
	sightings, err := c.store.Sightings(ctx, from)
	if err != nil {
		return err
	}
	list := sites(snapshot)
	rows := c.rows(list, numbersOf(list, snapshot), records, sightings, today)
	if err := c.keep(ctx, rows, records, monday(today)); err != nil {
		return err
	}
	weeks, err := c.weeks(ctx, list, today)
	if err != nil {
		return err
	}
	c.report.Store(&Report{At: now, Rows: rows, Weeks: weeks})
	c.fresh, c.version, c.checked = now, version, time.Time{}
	for _, r := range records {
		if r.CheckedAt.After(c.checked) {
			c.checked = r.CheckedAt
		}
	}
	return nil
}

// rows judges every portal and adds the provinces without one.
func (c *Coverage) rows(list []site, siteOf map[int64]*site, records map[int64]Record, sightings []Sighting, today referral.Day) []Row {
	byNum := make(map[int64]*Row, len(list))
	for i := range list {
		p := list[i].portal
		byNum[p.Num] = &Row{Province: c.provinceOf(p, today), Portal: p, Record: recordOf(records, p.Num)}
	}
	for _, s := range sightings {
		at := siteOf[s.Portal]
		if at == nil || !at.owns(s.Host) {
			continue
		}
		row := byNum[at.portal.Num]
		if row.FirstSeen == referral.NoDay || s.First < row.FirstSeen {
			row.FirstSeen = s.First
		}
		row.LastSeen = max(row.LastSeen, s.Last)
		if s.Last > today-seenDays {
			row.Views, row.Clicks = row.Views+s.Views, row.Clicks+s.Clicks
		}
	}
	out := make([]Row, 0, len(byNum)+34)
	peopled := map[referral.ProvinceID]bool{}
	for _, row := range byNum {
		row.State, row.Since = judge(row.Record, today)
		peopled[row.Province.ID] = true
		out = append(out, *row)
	}
	standing := c.provinces.At(today)
	for i := range standing {
		if p := &standing[i]; !peopled[p.ID] {
			out = append(out, Row{Province: p, State: Never, Since: referral.NoDay, Record: recordOf(nil, 0)})
		}
	}
	sortRows(out)
	return out
}

// keep writes what is new about each portal, and its state in this week.
func (c *Coverage) keep(ctx context.Context, rows []Row, records map[int64]Record, week referral.Day) error {
	changed := map[int64]Record{}
	var states []PortalWeek
	for _, row := range rows {
		if row.Portal == nil {
			continue
		}
		num := row.Portal.Num
		states = append(states, PortalWeek{Monday: week, Portal: num, State: row.State})
		if before := recordOf(records, num); before.FirstSeen != row.FirstSeen || before.LastSeen != row.LastSeen {
			changed[num] = row.Record
		}
	}
	if err := c.store.SaveSeen(ctx, changed); err != nil {
		return err
	}
	return c.store.SaveCoverageWeek(ctx, states)
}

func (c *Coverage) weeks(ctx context.Context, list []site, today referral.Day) ([]Week, error) {
	kept, err := c.store.CoverageWeeks(ctx, monday(today)-7*(weeksShown-1))
	if err != nil {
		return nil, err
	}
	provinceOf := map[int64]referral.ProvinceID{}
	for i := range list {
		provinceOf[list[i].portal.Num] = c.provinceOf(list[i].portal, today).ID
	}
	byMonday, covered := map[referral.Day]*Week{}, map[referral.Day]map[referral.ProvinceID]bool{}
	for _, k := range kept {
		w := byMonday[k.Monday]
		if w == nil {
			w = &Week{Monday: k.Monday, Portals: map[State]int{}}
			byMonday[k.Monday], covered[k.Monday] = w, map[referral.ProvinceID]bool{}
		}
		w.Portals[k.State]++
		if id := provinceOf[k.Portal]; id != 0 && k.State.Covered() && !covered[k.Monday][id] {
			covered[k.Monday][id] = true
			w.Provinces++
		}
	}
	var out []Week
	for _, day := range slices.Sorted(maps.Keys(byMonday)) {
		out = append(out, *byMonday[day])
	}
	return out, nil
}

// Provinces returns the best state of each province of today that a report has.
func (r *Report) Provinces() map[referral.ProvinceID]State {
	out := map[referral.ProvinceID]State{}
	for _, row := range r.Rows {
		if best, known := out[row.Province.ID]; !known {
			out[row.Province.ID] = row.State
		} else {
			out[row.Province.ID] = better(best, row.State)
		}
	}
	return out
}

// Within returns the rows of some provinces; nil stands for all.
func (r *Report) Within(ids []referral.ProvinceID) []Row {
	if ids == nil {
		return r.Rows
	}
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool { return !slices.Contains(ids, row.Province.ID) })
}
