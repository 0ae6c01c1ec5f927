package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// fault is a row of the table.
type fault struct {
	name                                              string
	answered, cut, recorded, lost, unconfirmed, twice int64
	pause                                             time.Duration
}

// table is what writeFaults writes.
type table []fault

// run lets visitors click while something happens. What was answered is
// recorded, once.
func (rows *table) run(c *cluster, name string, happens func(v *visitors)) {
	c.t.Helper()
	f := c.during(name, nothing, happens)
	if f.lost != 0 {
		c.t.Errorf("%s: %d lost", name, f.lost)
	}
	*rows = append(*rows, f)
}

// loss is what of the clicks that were answered need not be recorded.
type loss int

const (
	nothing  loss = iota
	admitted      // what the servers themselves count as lost
	taken         // what brokers had confirmed and lost
)

// during lets visitors click while something happens, and compares what was
// answered with what is recorded.
func (c *cluster) during(name string, mayLose loss, happens func(v *visitors)) fault {
	c.t.Helper()
	c.steady()
	before, sum := c.counted()
	v := arrive(c)
	time.Sleep(500 * time.Millisecond)
	happens(v)
	c.steady()
	time.Sleep(500 * time.Millisecond)
	v.leave()
	left := time.Now()
	f := fault{name: name, pause: time.Duration(v.longest.Load())}
	var after map[string]int64
	var total report
	known, since := int64(-1), left
	eventually(c.t, 3*time.Minute, name+": all that was answered is recorded or counted as lost", func() error {
		after, total = c.counted()
		f.lost, f.unconfirmed = total.Lost-sum.Lost, total.Unconfirmed-sum.Unconfirmed
		missing := int64(0)
		for i, code := range c.codes {
			missing += max(0, v.answered[i].Load()-(after[code]-before[code]))
		}
		if missing != known {
			known, since = missing, time.Now()
		}
		if mayLose == taken && f.lost == 0 && time.Since(since) > 3*time.Second {
			f.lost = missing
		}
		if missing > f.lost || missing > 0 && mayLose == nothing {
			return fmt.Errorf("%d answered and not recorded, lost %d, unconfirmed %d", missing, f.lost, f.unconfirmed)
		}
		return nil
	})
	for i, code := range c.codes {
		answered, cut, got := v.answered[i].Load(), v.cut[i].Load(), after[code]-before[code]
		f.answered, f.cut, f.recorded = f.answered+answered, f.cut+cut, f.recorded+got
		if got > answered+cut {
			c.t.Errorf("%s: %s: %d answered, %d unanswered, %d recorded", name, code, answered, cut, got)
			f.twice += got - answered - cut
		}
	}
	if f.unconfirmed != 0 || f.recorded+f.lost > f.answered+f.cut {
		c.t.Errorf("%s: %+v", name, f)
	}
	if t := total.Total; t.Recorded != t.People+t.Repeat+t.Bot+t.Preview {
		c.t.Errorf("%s: recorded %d is not the sum of its classes %+v", name, t.Recorded, t)
	}
	c.t.Logf("%s: %d answered, %d without an answer, %d recorded, %d lost, %d unconfirmed, %d twice; longest wait %s; all counted %s after the last click",
		name, f.answered, f.cut, f.recorded, f.lost, f.unconfirmed, f.twice, f.pause.Round(time.Millisecond), time.Since(left).Round(10*time.Millisecond))
	return f
}

// write puts the table between the two marks of a file.
func (rows table) write(t *testing.T, path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("| fault | answered | without an answer | recorded | lost | unconfirmed | counted twice | longest wait |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, f := range rows {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d ms |\n", f.name, f.answered, f.cut, f.recorded, f.lost, f.unconfirmed, f.twice, f.pause.Milliseconds())
	}
	writeTable(t, path, b.String())
}

// writeTable replaces what stands between the two marks of a file.
func writeTable(t *testing.T, path, text string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- table -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(string(raw), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no place for a table", path)
	}
	if err := os.WriteFile(path, []byte(head+begin+text+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
