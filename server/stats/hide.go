package stats

import (
	"cmp"
	"slices"
)

// Where devices are crossed with placements, a number below smallest is not
// given, and the sum of what is withheld is at least enough for each of two
// rows to be anything from 1 to 4.
const (
	smallest  = 5
	hiddenSum = 2 * smallest
)

// hideSmall withholds the rows with few clicks. As the total is known, it goes
// on with the next smallest rows until at least two are withheld and their sum
// gives nothing away. If it runs out of rows, none is listed and the total is
// withheld too.
func hideSmall(r *Report) {
	if r.Total.small() {
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
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Recorded(), y.Recorded()), cmp.Compare(x.Key, y.Key))
	})
	hidden, sum := 0, int64(0)
	for _, row := range filled {
		if !row.small() && (hidden == 0 || hidden >= 2 && sum >= hiddenSum) {
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
func rank(r *Row) int {
	if r.small() {
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
