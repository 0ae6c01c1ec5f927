package stats

import (
	"cmp"
	"context"
	"slices"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// Where devices are crossed with placements, a number below smallest is not
// given, the sum of what is withheld is at least enough for each of two rows to
// be anything from 1 to 4, and what is given is a multiple of step.
const (
	smallest  = 5
	hiddenSum = 2 * smallest
	step      = 5
)

// tooFew returns what says of a row, or of the total, of out that it must be
// withheld: it has few clicks, or, where devices are filtered, few are left
// without it. The answer without a filter is no secret, and less the filtered one
// it would give away how often everything else came.
func (a *answer) tooFew(ctx context.Context, out *Report) (func(*Row) bool, error) {
	f := &a.Filter
	fields := []*string{&f.Device, &f.OS, &f.Browser, &f.App}
	var wholes []map[rowName]Row
	for _, without := range append([][]*string{fields}, []*string{fields[0]}, []*string{fields[1]}, []*string{fields[2]}, []*string{fields[3]}) {
		q := a.Query
		kept := q.Filter
		for _, field := range without {
			*field = ""
		}
		q.Filter = *f
		*f = kept
		if q.Filter == kept {
			continue
		}
		b, err := a.ask(ctx, q)
		if err != nil {
			return nil, err
		}
		whole, err := b.sums(ctx)
		if err != nil {
			return nil, err
		}
		rows := map[rowName]Row{{total: true}: whole.Total}
		for _, row := range whole.Rows {
			rows[rowName{row.Key, row.ValidFrom, false}] = row
		}
		wholes = append(wholes, rows)
	}
	return func(r *Row) bool {
		name := rowName{r.Key, r.ValidFrom, false}
		if r == &out.Total {
			name = rowName{total: true}
		}
		for _, rows := range wholes {
			rest := rows[name]
			rest.add(Cell{Counts: rollup.Counts{People: -r.People, Repeat: -r.Repeat, Bot: -r.Bot, Preview: -r.Preview}})
			if rest.small() {
				return true
			}
		}
		return r.small()
	}, nil
}

// rowName tells the rows of a report, and its total, apart.
type rowName struct {
	key       string
	validFrom referral.Day
	total     bool
}

// hideSmall withholds the rows with few clicks, which small tells. As the total
// is known, it goes on with the next smallest rows until at least two are
// withheld and their sum gives nothing away. If it runs out of rows, none is
// listed and the total is withheld too.
func hideSmall(r *Report, small func(*Row) bool) {
	if small(&r.Total) {
		r.Total.hide()
		r.Rows = nil
		return
	}
	filled := make([]*Row, 0, len(r.Rows))
	for i := range r.Rows {
		if r.Rows[i].Recorded() > 0 {
			filled = append(filled, &r.Rows[i])
		}
	}
	slices.SortFunc(filled, func(x, y *Row) int {
		return cmp.Or(cmp.Compare(rank(small(x)), rank(small(y))), cmp.Compare(x.Recorded(), y.Recorded()), cmp.Compare(x.Key, y.Key))
	})
	hidden, sum := 0, int64(0)
	for _, row := range filled {
		if !small(row) && (hidden == 0 || hidden >= 2 && sum >= hiddenSum) {
			return
		}
		hidden++
		sum += row.Recorded()
		row.hide()
	}
	if hidden == 1 || hidden > 0 && sum < hiddenSum {
		r.Total.hide()
		r.Rows = nil
	}
}

// rank puts small rows first.
func rank(small bool) int {
	if small {
		return 0
	}
	return 1
}

// small says whether a row has a few clicks, or a few by persons.
func (r *Row) small() bool {
	few := func(n int64) bool { return n > 0 && n < smallest }
	return few(r.Recorded()) || few(r.People+r.Repeat)
}

func (r *Row) hide() {
	*r = Row{Key: r.Key, Label: r.Label, ValidFrom: r.ValidFrom, Hidden: true, Visitors: r.Visitors}
}

// blur rounds every counter to the nearest multiple of step, each by itself, so
// that two answers (a portal and one of its placements, two months and one of
// them) do not give away by their difference what a third one withholds: where
// they differ by 5, from 1 to 9 came. Without a filter on devices the total is
// that of all devices, which is no secret.
func (a *answer) blur(r *Report) {
	if a.Filter.onAgents() {
		r.Total.blur()
	}
	for i := range r.Rows {
		r.Rows[i].blur()
	}
}

func (r *Row) blur() {
	for _, n := range []*int64{&r.People, &r.Repeat, &r.Bot, &r.Preview, &r.Arrivals, &r.Through} {
		*n = (*n + step/2) / step * step
	}
}
