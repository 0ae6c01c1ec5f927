package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lensan/server/text"
)

// The ratios that the design aims at and asks for; EnoughShared where brokers
// take their share of the same machine.
const (
	Good         = 0.85
	Enough       = 0.75
	EnoughShared = 0.60
)

// printer writes for people.
type printer struct {
	text     *text.Language
	out      io.Writer
	terminal io.Writer
}

func (p *printer) t(key string, nameValue ...string) string {
	return p.text.T("bench."+key, nameValue...)
}

func (p *printer) line(s string) {
	p.clear()
	fmt.Fprintln(p.out, s)
}

// progress replaces the terminal's last line by what happens now.
func (p *printer) progress(key string, nameValue ...string) {
	if p.terminal != nil {
		fmt.Fprintf(p.terminal, "\r\x1b[K%s", p.t(key, nameValue...))
	}
}

func (p *printer) clear() {
	if p.terminal != nil {
		fmt.Fprint(p.terminal, "\r\x1b[K")
	}
}

func (p *printer) head(r *run) {
	p.line(p.t("head", "connections", fmt.Sprint(r.Connections), "pairs", fmt.Sprint(r.Pairs), "seconds", p.decimal(r.Duration.Seconds(), 1)))
	if r.cores.bound() {
		p.line(p.t("cores", "server", fmt.Sprint(r.cores.server), "client", fmt.Sprint(r.cores.client)))
	} else {
		p.line(p.t("no_cores"))
	}
	if wait, err := syncTime(r.dir); err == nil {
		p.line(p.t("fsync", "dir", r.Dir, "ms", p.decimal(wait.Seconds()*1000, 2)))
	}
	for _, part := range []struct {
		used bool
		key  string
	}{{r.Postgres, "postgres"}, {r.Shared, "shared"}} {
		if part.used {
			p.line(p.t(part.key))
		}
	}
	if inMemory(r.dir) {
		p.line(p.t("in_memory"))
	}
}

// columns are the widths of the table's columns; the first stands left.
var columns = []int{8, 13, 13, 8, 11, 11, 11, 11}

func (p *printer) tableHead() {
	p.line("")
	p.row(p.t("pair"), p.t("bare_rate"), p.t("real_rate"), p.t("ratio"), p.t("bare_p50"), p.t("real_p50"), p.t("bare_p99"), p.t("real_p99"))
}

func (p *printer) pair(name string, pair Pair, ratio float64) {
	p.row(name, p.text.Number(int64(pair.Bare.PerSecond)), p.text.Number(int64(pair.Real.PerSecond)), p.decimal(ratio, 2),
		p.ms(pair.Bare.P50), p.ms(pair.Real.P50), p.ms(pair.Bare.P99), p.ms(pair.Real.P99))
}

func (p *printer) row(cells ...string) {
	var b strings.Builder
	for i, cell := range cells {
		space := strings.Repeat(" ", max(0, columns[i]-utf8.RuneCountInString(cell)))
		if i == 0 {
			b.WriteString(cell + space)
		} else {
			b.WriteString(space + cell)
		}
	}
	p.line(b.String())
}

func (p *printer) end(r Result, enough float64) {
	p.pair(p.t("median"), r.Median, r.Ratio)
	p.line("")
	if bare, real := r.Median.Bare.CPU, r.Median.Real.CPU; bare > 0 && real > 0 {
		p.line(p.t("cpu", "bare", p.microseconds(bare), "real", p.microseconds(real), "ratio", p.decimal(float64(bare)/float64(real), 2)))
	}
	if r.Memory.Highest > 0 {
		p.line(p.t("memory", "mb", p.megabytes(r.Memory.Highest), "peak", p.megabytes(r.Memory.Peak)))
	}
	counts := []string{"answered", p.text.Number(r.Answered), "recorded", p.text.Number(r.Recorded), "lost", p.text.Number(r.Lost)}
	if r.Answered != r.Recorded {
		p.line(p.t("miscounted", counts...))
		return
	}
	p.line(p.t("counted", counts...))
	verdict := "below"
	if r.Ratio >= Good {
		verdict = "good"
	} else if r.Ratio >= enough {
		verdict = "enough"
	}
	p.line(p.t(verdict, "ratio", p.decimal(r.Ratio, 2), "good", p.decimal(Good, 2), "enough", p.decimal(enough, 2)))
}

func (p *printer) ms(d time.Duration) string {
	return p.t("ms", "n", p.decimal(float64(d.Microseconds())/1000, 2))
}

func (p *printer) microseconds(d time.Duration) string {
	return p.decimal(float64(d.Nanoseconds())/1000, 2)
}

func (p *printer) megabytes(n int64) string { return p.decimal(float64(n)/(1<<20), 1) }

// decimal writes a comma in Vietnamese and a point in English.
func (p *printer) decimal(x float64, places int) string {
	s := fmt.Sprintf("%.*f", places, x)
	if p.text.Code != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// syncTime returns the median time of a small write and its fsync in a folder.
func syncTime(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var waits []time.Duration
	for range 21 {
		start := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		waits = append(waits, time.Since(start))
	}
	return median(waits), nil
}

func median[T ~int64 | ~float64](list []T) T {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	if n == 0 {
		return 0
	}
	return (list[(n-1)/2] + list[n/2]) / 2
}

// medians returns the median of each figure, and of the pairs' ratios.
func medians(pairs []Pair) (m Pair, ratio float64) {
	of := func(figure func(Pair) float64) float64 {
		list := make([]float64, len(pairs))
		for i, p := range pairs {
			list[i] = figure(p)
		}
		return median(list)
	}
	turn := func(side func(Pair) Turn) Turn {
		return Turn{
			of(func(p Pair) float64 { return side(p).PerSecond }),
			time.Duration(of(func(p Pair) float64 { return float64(side(p).P50) })),
			time.Duration(of(func(p Pair) float64 { return float64(side(p).P99) })),
			time.Duration(of(func(p Pair) float64 { return float64(side(p).CPU) })),
		}
	}
	return Pair{turn(func(p Pair) Turn { return p.Bare }), turn(func(p Pair) Turn { return p.Real })}, of(Pair.Ratio)
}
