package dashboard

import (
	"strconv"
	"strings"
)

// The plot is drawn in these units and stretched to the space that it gets;
// lines keep their width, and words stand outside it as HTML.
const (
	plotWidth  = 1000.0
	plotHeight = 240.0
)

// chart is a line over days, with the period before as a dashed one.
type chart struct {
	Title, Desc  string // what is shown, and its gist in words
	Line, Area   string // points of the polyline, path of the area under it
	Before       string // points, "" if there was nothing before
	Dots         []dot  // a period of few days shows each
	Grid         []string
	YLabels      []string // from the top down
	XLabels      []string
	Hits         []hit
	Now, Earlier string // legend
	Series       string // the same in JSON, for the script that draws it anew
}

type dot struct{ X, Y string }

// hit is a strip that says its day's numbers when pointed at.
type hit struct{ X, Width, Text string }

// drawChart draws the values of consecutive days and, dashed, those of the
// period before; label writes a day on the axis, say the numbers of one.
func drawChart(now, before []int64, number func(int64) string, label, say func(day int) string) chart {
	top, step := scale(most(now, before))
	c := chart{Line: points(now, len(now), top), Before: points(before, len(now), top)}
	if len(now) > 1 {
		c.Area = "M0," + coordinate(plotHeight) + " L" + c.Line + " L" + coordinate(plotWidth) + "," + coordinate(plotHeight) + "Z"
	}
	for v := top; v >= 0; v -= step {
		c.YLabels = append(c.YLabels, number(v))
		c.Grid = append(c.Grid, coordinate(height(v, top)))
	}
	if len(now) <= 31 {
		for i, v := range now {
			c.Dots = append(c.Dots, dot{coordinate(position(i, len(now))), coordinate(height(v, top))})
		}
	}
	for _, i := range ticks(len(now)) {
		c.XLabels = append(c.XLabels, label(i))
	}
	if len(now) <= 186 {
		c.Hits = strips(len(now), say)
	}
	return c
}

func strips(n int, say func(int) string) []hit {
	out := make([]hit, n)
	for i := range out {
		from, to := 0.0, plotWidth
		if i > 0 {
			from = (position(i-1, n) + position(i, n)) / 2
		}
		if i < n-1 {
			to = (position(i, n) + position(i+1, n)) / 2
		}
		out[i] = hit{coordinate(from), coordinate(to - from), say(i)}
	}
	return out
}

// scale returns the highest tick and the distance of ticks, whole numbers, so
// that three to five of them cover what there is.
func scale(highest int64) (top, step int64) {
	step = 1
	for factor := 0; highest > 4*step; factor++ {
		step = step / []int64{1, 2, 5}[factor%3] * []int64{2, 5, 10}[factor%3]
	}
	top = (highest + step - 1) / step * step
	if top == 0 {
		top = step
	}
	return top, step
}

// ticks picks at most five indexes of n, the first and last among them.
func ticks(n int) []int {
	count := 5
	if n < count {
		count = n
	}
	if count < 2 {
		return []int{0}[:count]
	}
	out := make([]int, count)
	for i := range out {
		out[i] = (i*(n-1) + (count-1)/2) / (count - 1)
	}
	return out
}

func position(i, n int) float64 {
	if n < 2 {
		return plotWidth / 2
	}
	return plotWidth * float64(i) / float64(n-1)
}

func height(v, top int64) float64 { return plotHeight * (1 - float64(v)/float64(top)) }

// points places values on the days of a period of n; those after it are left out.
func points(values []int64, n int, top int64) string {
	var b strings.Builder
	for i, v := range values[:min(len(values), n)] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(coordinate(position(i, n)) + "," + coordinate(height(v, top)))
	}
	return b.String()
}

func coordinate(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 1, 64), "0"), ".")
}

func most(series ...[]int64) (m int64) {
	for _, values := range series {
		for _, v := range values {
			if v > m {
				m = v
			}
		}
	}
	return m
}
