package stats

import (
	"cmp"
	"context"
	"slices"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// rowKey tells rows apart before they are named.
type rowKey struct {
	num  int64
	text string
}

// read asks the cubes and folds their cells into rows.
func (a *answer) read(ctx context.Context) error {
	a.rows = map[rowKey]*Row{}
	fold := a.folder()
	for _, r := range []route{a.clicks, a.views, a.signups} {
		if !r.found() || a.matchesNothing() {
			continue
		}
		by := dimensionOf[a.GroupBy]
		if isTime(a.GroupBy) {
			by = ByTime
		}
		err := a.each(ctx, r, by, func(u unit, c Cell) { a.row(fold(u, c)).add(c) })
		if err != nil {
			return err
		}
	}
	if a.GroupBy == "referrer_host" && a.Filter.ReferrerHost == "" {
		if err := a.readHostless(ctx); err != nil {
			return err
		}
	}
	if len(a.rows) > maxRows {
		var f referral.Faults
		f.Add("/group_by", "error.stats_rows")
		return faulty(f.Err())
	}
	return a.readVisitors(ctx)
}

// each reads what a route's cubes hold of the period.
func (a *answer) each(ctx context.Context, r route, by Dimension, cell func(unit, Cell)) error {
	known, err := a.span(ctx, r)
	if err != nil {
		return err
	}
	for _, part := range r.parts(a.From, a.To, known, by, a.where) {
		cells, err := a.source.Cells(ctx, part)
		if err != nil {
			return err
		}
		u := unitOf(part.Cube)
		for _, c := range cells {
			cell(u, c)
		}
	}
	return nil
}

// span asks what is known only where days and months are both read.
func (a *answer) span(ctx context.Context, r route) (known span, err error) {
	if r.day == nil || r.month == nil {
		return known, nil
	}
	all := CubeCountryDay
	if slices.ContainsFunc(viewCubes, func(c cube) bool { return c.name == r.day.name }) {
		all = CubeViewsProvinceDay
	}
	known.first, known.last, err = a.source.Span(ctx, all)
	return known, err
}

// readHostless counts the clicks without a host, which have no cell: all but
// those with one.
func (a *answer) readHostless(ctx context.Context) error {
	if a.matchesNothing() {
		return nil
	}
	rest := a.row(rowKey{})
	with := Row{}
	for _, row := range a.rows {
		with.addRow(row)
	}
	err := a.each(ctx, routeTo(cubes, "", a.need("")), ByNothing, func(_ unit, c Cell) { c.Through = 0; rest.add(c) })
	rest.add(Cell{Counts: rollup.Counts{People: -with.People, Repeat: -with.Repeat, Bot: -with.Bot, Preview: -with.Preview}})
	if err == nil && rest.Recorded() == 0 && rest.Views+rest.Loads == 0 {
		delete(a.rows, rowKey{})
	}
	return err
}

// matchesNothing says whether a condition excludes everything, as that on a
// portal without placements does.
func (a *answer) matchesNothing() bool {
	return slices.ContainsFunc(a.where, func(c Condition) bool { return c.Text == "" && len(c.Nums) == 0 })
}

func (a *answer) row(k rowKey) *Row {
	row := a.rows[k]
	if row == nil {
		row = &Row{ValidFrom: referral.NoDay}
		a.rows[k] = row
	}
	return row
}

func (r *Row) add(c Cell) {
	r.People += c.People
	r.Repeat += c.Repeat
	r.Bot += c.Bot
	r.Preview += c.Preview
	r.Arrivals += c.People
	r.Through += c.Through
	r.Views += c.Views
	r.Loads += c.Loads
	r.Signups += c.Signups
}

// folder returns what says to which row a cell belongs.
func (a *answer) folder() func(unit, Cell) rowKey {
	switch {
	case isTime(a.GroupBy):
		return func(u unit, c Cell) rowKey { return rowKey{num: timeNumber(a.GroupBy, u, c.Num)} }
	case a.GroupBy == "province":
		return func(_ unit, c Cell) rowKey { return rowKey{num: int64(a.provinceAsRead(referral.ProvinceID(c.Num)))} }
	case a.GroupBy == "portal":
		today := a.portalsToday()
		return func(_ unit, c Cell) rowKey { return rowKey{num: today[a.places[c.Num].Portal]} }
	case a.GroupBy == "batch":
		return func(_ unit, c Cell) rowKey { return rowKey{num: a.prints[c.Num]} }
	}
	return func(_ unit, c Cell) rowKey { return rowKey{num: c.Num, text: c.Text} }
}

// provinceAsRead returns a recorded province as the boundaries read it.
func (a *answer) provinceAsRead(id referral.ProvinceID) referral.ProvinceID {
	if a.Boundaries == BoundariesCurrent {
		if p := a.Stats.provinces.Follow(id, a.today); p != nil {
			return p.ID
		}
	}
	return id
}

// report withholds what must not be known, and sorts.
func (a *answer) report(ctx context.Context) (Report, error) {
	out, err := a.sums(ctx)
	if err != nil {
		return out, err
	}
	if a.clicks.month != nil && a.clicks.month.name == CubePlacementAgentMonth {
		small, err := a.tooFew(ctx, &out)
		if err != nil {
			return out, err
		}
		hideSmall(&out, small)
		a.blur(&out)
	}
	a.sort(out.Rows)
	a.markUnknown(&out)
	return out, a.addQuality(ctx, &out)
}

// sums names the rows, fills the gaps in time and adds up.
func (a *answer) sums(ctx context.Context) (Report, error) {
	out := Report{From: a.From, To: a.To, Total: Row{ValidFrom: referral.NoDay}}
	for _, row := range a.rows {
		out.Total.addRow(row)
	}
	out.Total.Visitors = a.visitors.total
	name, err := a.namer(ctx)
	if err != nil {
		return out, err
	}
	if a.GroupBy != "" {
		if isTime(a.GroupBy) {
			for n, last := timeRange(a.GroupBy, a.From, a.To, a.now()); n <= last; n++ {
				a.row(rowKey{num: n})
			}
		}
		out.Rows = make([]Row, 0, len(a.rows))
		for k, row := range a.rows {
			row.Visitors = a.visitors.of(k)
			name(k, row)
			out.Rows = append(out.Rows, *row)
		}
	}
	return out, nil
}

func (r *Row) addRow(o *Row) {
	r.add(Cell{Counts: o.Counts, Through: o.Through, Views: o.Views, Loads: o.Loads, Signups: o.Signups})
}

func (a *answer) sort(rows []Row) {
	slices.SortFunc(rows, func(x, y Row) int {
		if !isTime(a.GroupBy) {
			if c := cmp.Compare(y.Recorded(), x.Recorded()); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.ValidFrom, y.ValidFrom))
	})
}

func (a *answer) markUnknown(r *Report) {
	mark := func(row *Row) {
		if !a.clicks.tellsThrough() {
			row.Through = Unknown
		}
		if !a.views.found() {
			row.Views, row.Loads = Unknown, Unknown
		}
		if !a.signups.found() {
			row.Signups = Unknown
		}
	}
	mark(&r.Total)
	for i := range r.Rows {
		mark(&r.Rows[i])
	}
}

func (a *answer) addQuality(ctx context.Context, r *Report) (err error) {
	status := a.status()
	r.Quality.AppliedAt, r.Quality.StalledSince = status.AppliedAt, status.StalledSince
	r.Quality.Lost, r.Quality.Unconfirmed, err = a.source.Quality(ctx, a.From, a.To)
	return err
}
