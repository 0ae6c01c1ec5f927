package stats

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"lensan/server/rollup"
)

// TestHideSmall_cannotBeWorkedOut plays a reader who knows the total and the
// rule that each hidden row has at least one click: every hidden row must be
// able to hold at least four different numbers.
func TestHideSmall_cannotBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Report{}
		for i, n := range rapid.SliceOfN(rapid.Int64Range(0, 12), 0, 6).Draw(t, "rows") {
			counts := rollup.Counts{People: n}
			if rapid.Bool().Draw(t, "robots") {
				counts = rollup.Counts{Bot: n}
			}
			r.Rows = append(r.Rows, Row{Key: fmt.Sprint(i), Counts: counts, Arrivals: counts.People, Through: counts.People})
			r.Total.addRow(&r.Rows[i])
		}
		before := append([]Row(nil), r.Rows...)
		total := r.Total
		hideSmall(&r, (*Row).small)
		if r.Rows == nil && total.Recorded() > 0 {
			if !r.Total.Hidden || r.Total.Recorded() != 0 {
				t.Fatalf("no rows and the total %+v", r.Total)
			}
			return
		}
		if r.Total.Hidden || r.Total != total {
			t.Fatalf("total %+v became %+v", total, r.Total)
		}
		hidden, rest := 0, r.Total.Recorded()
		for i, row := range r.Rows {
			rest -= row.Recorded()
			switch was := before[i]; {
			case row.Hidden:
				hidden++
				if row.Recorded()+row.Arrivals+row.Through != 0 {
					t.Fatalf("hidden row tells %+v", row)
				}
				if was.Recorded() == 0 {
					t.Fatal("an empty row is hidden")
				}
			case row != was:
				t.Fatalf("%+v became %+v", was, row)
			case was.small():
				t.Fatalf("small row %+v is shown", was)
			}
		}
		if hidden == 0 {
			return
		}
		if most := rest - int64(hidden-1); hidden == 1 || most < smallest-1 {
			t.Fatalf("%d hidden rows share %d", hidden, rest)
		}
	})
}

func TestHideSmall_cases(t *testing.T) {
	for name, test := range map[string]struct {
		rows, want []int64 // -1: hidden
		total      bool    // given
	}{
		"nothing small":            {[]int64{5, 9}, []int64{5, 9}, true},
		"the next smallest goes":   {[]int64{40, 2, 9, 20}, []int64{40, -1, -1, 20}, true},
		"two that say too much":    {[]int64{1, 1, 30, 50}, []int64{-1, -1, -1, 50}, true},
		"two that say enough":      {[]int64{4, 4, 2, 30}, []int64{-1, -1, -1, 30}, true},
		"empty rows stay":          {[]int64{0, 3, 8, 0, 11}, []int64{0, -1, -1, 0, 11}, true},
		"one row alone":            {[]int64{3}, nil, false},
		"all together too few":     {[]int64{2, 1, 3}, nil, false},
		"all together many enough": {[]int64{4, 4, 4}, []int64{-1, -1, -1}, true},
		"none":                     {nil, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			var r Report
			for i, n := range test.rows {
				r.Rows = append(r.Rows, Row{Key: fmt.Sprint(i), Counts: rollup.Counts{People: n}})
				r.Total.addRow(&r.Rows[i])
			}
			hideSmall(&r, (*Row).small)
			var got []int64
			for _, row := range r.Rows {
				n := row.Recorded()
				if row.Hidden {
					n = -1
				}
				got = append(got, n)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) || r.Total.Hidden == test.total {
				t.Errorf("rows %v, total hidden %t, want %v, %t", got, r.Total.Hidden, test.want, !test.total)
			}
		})
	}
}
