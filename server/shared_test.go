package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"lensan/server/testkit"
)

var update = flag.Bool("update", false, "rewrite the table in docs/faults.md")

// cluster is two servers, one PostgreSQL and three brokers.
type cluster struct {
	t       *testing.T
	brokers *brokers
	env     []string
	folders [2]string
	metrics [2]string // addresses
	servers [2]*process
	codes   []string
}

func startCluster(t *testing.T, database string, placements int) *cluster {
	c := &cluster{t: t, brokers: startBrokers(t), folders: [2]string{t.TempDir(), t.TempDir()}}
	c.env = []string{"LENSAN_DATABASE_URL=" + database, c.brokers.setting()}
	for i := range c.servers {
		c.metrics[i] = freePort(t)
		c.start(i)
	}
	c.codes = c.servers[0].placements(placements)
	c.steady()
	eventually(t, 10*time.Second, "the other server knows the placements", func() error {
		response, err := noRedirect(1).Get(c.servers[1].URL + "/kiem-tra/" + c.codes[placements-1])
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	})
	return c
}

func (c *cluster) start(i int) {
	c.servers[i] = start(c.t, c.folders[i], append(c.env, "LENSAN_METRICS_LISTEN="+c.metrics[i])...)
}

// metric reads a figure of a server.
func (c *cluster) metric(i int, name string) (float64, error) { return metric(c.metrics[i], name) }

// steady waits until both servers write to the stream, one applies it, and all
// brokers have all of it.
func (c *cluster) steady() {
	c.t.Helper()
	c.applying()
	eventually(c.t, 30*time.Second, "both servers use the shared journal", func() error {
		for i := range c.servers {
			if on, err := c.metric(i, "lensan_journal_fallback"); err != nil || on != 0 {
				return fmt.Errorf("server %d: %v, %w", i, on, errors.Join(err, errors.New("its own journal")))
			}
		}
		return nil
	})
	c.brokers.stream()
}

// applying returns the server that applies the stream.
func (c *cluster) applying() (which int) {
	c.t.Helper()
	eventually(c.t, 30*time.Second, "one server applies", func() error {
		sum := 0.0
		for i := range c.servers {
			on, err := c.metric(i, "lensan_stream_applying")
			if err != nil {
				return err
			}
			if sum += on; on == 1 {
				which = i
			}
		}
		if sum != 1 {
			return fmt.Errorf("%v servers apply", sum)
		}
		return nil
	})
	return which
}

// counted returns what each placement has in the statistics.
func (c *cluster) counted() (recorded map[string]int64, total report) {
	c.t.Helper()
	for i := range c.servers { // each knows of its own journal and of the stream
		total = report{}
		c.servers[i].call("GET", "/stats?group_by=placement&wait=applied", nil, http.StatusOK, &total)
	}
	recorded = map[string]int64{}
	for _, row := range total.Rows {
		recorded[row.Key] = row.Recorded
	}
	return recorded, total
}

// fault is a row of the table.
type fault struct {
	name                                              string
	answered, cut, recorded, lost, unconfirmed, twice int64
	pause                                             time.Duration
}

// during lets visitors click while something happens, and compares what was
// answered with what is recorded.
func (c *cluster) during(name string, happens func(v *visitors)) fault {
	c.t.Helper()
	c.steady()
	before, sum := c.counted()
	v := arrive(c.t, c.codes, c.servers)
	time.Sleep(time.Second)
	happens(v)
	c.steady()
	time.Sleep(500 * time.Millisecond)
	v.leave()
	f := fault{name: name, pause: time.Duration(v.longest.Load())}
	var after map[string]int64
	var total report
	eventually(c.t, 30*time.Second, name+": all that was answered is recorded", func() error {
		after, total = c.counted()
		for i, code := range c.codes {
			if got, want := after[code]-before[code], v.answered[i].Load(); got < want {
				return fmt.Errorf("%s: %d answered, %d recorded, lost %d, unconfirmed %d", code, want, got, total.Lost, total.Unconfirmed)
			}
		}
		return nil
	})
	f.lost, f.unconfirmed = total.Lost-sum.Lost, total.Unconfirmed-sum.Unconfirmed
	for i, code := range c.codes {
		answered, cut, got := v.answered[i].Load(), v.cut[i].Load(), after[code]-before[code]
		f.answered, f.cut, f.recorded = f.answered+answered, f.cut+cut, f.recorded+got
		if got > answered+cut {
			c.t.Errorf("%s: %s: %d answered, %d unanswered, %d recorded", name, code, answered, cut, got)
			f.twice += got - answered - cut
		}
	}
	if f.lost+f.unconfirmed != 0 {
		c.t.Errorf("%s: %d lost, %d unconfirmed", name, f.lost, f.unconfirmed)
	}
	if t := total.Total; t.Recorded != t.People+t.Repeat+t.Bot+t.Preview {
		c.t.Errorf("%s: recorded %d is not the sum of its classes %+v", name, t.Recorded, t)
	}
	c.t.Logf("%s: %d answered, %d without an answer, %d recorded, %d lost, %d unconfirmed, %d twice; longest wait %s",
		name, f.answered, f.cut, f.recorded, f.lost, f.unconfirmed, f.twice, f.pause.Round(time.Millisecond))
	return f
}

// TestSharedJournal_faults breaks one part after the other of two servers, three
// brokers and one database under load. What was answered is recorded, once.
func TestSharedJournal_faults(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	c := startCluster(t, database, 16)
	var table []fault
	run := func(name string, happens func(v *visitors)) { table = append(table, c.during(name, happens)) }

	run("none", func(*visitors) { time.Sleep(time.Second) })
	run("the broker that leads the stream is killed", func(*visitors) {
		leader := c.brokers.leader()
		leader.kill()
		time.Sleep(3 * time.Second)
		leader.start()
	})
	run("the broker that leads the stream stands still for 4 s", func(*visitors) {
		leader := c.brokers.leader()
		leader.signal(syscall.SIGSTOP)
		time.Sleep(4 * time.Second)
		leader.signal(syscall.SIGCONT)
	})
	run("all brokers are killed, and start again after 3 s", func(*visitors) {
		for _, n := range c.brokers.list {
			n.kill()
		}
		time.Sleep(3 * time.Second)
		for i := range c.servers {
			if on, err := c.metric(i, "lensan_journal_fallback"); err != nil || on != 1 {
				t.Errorf("server %d without brokers: %v, %v", i, on, err)
			}
		}
		for _, n := range c.brokers.list {
			n.start()
		}
	})
	run("the server that applies is killed, and starts again after 3 s", func(v *visitors) {
		which := c.applying()
		c.servers[which].kill()
		killed := time.Now()
		eventually(t, 10*time.Second, "the other server takes over", func() error {
			if on, err := c.metric(1-which, "lensan_stream_applying"); err != nil || on != 1 {
				return errors.Join(err, errors.New("it does not apply"))
			}
			return nil
		})
		t.Logf("the other server applied %s later", time.Since(killed).Round(10*time.Millisecond))
		time.Sleep(time.Until(killed.Add(3 * time.Second)))
		c.start(which)
		v.servers[which].Store(c.servers[which])
	})
	if testkit.Full() || *update {
		run("the server that applies stands still for 8 s", func(*visitors) {
			which := c.applying()
			if err := c.servers[which].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			eventually(t, 10*time.Second, "the other server takes over", func() error {
				if on, err := c.metric(1-which, "lensan_stream_applying"); err != nil || on != 1 {
					return errors.Join(err, errors.New("it does not apply"))
				}
				return nil
			})
			t.Logf("the other server applied %s later", time.Since(begun).Round(10*time.Millisecond))
			time.Sleep(time.Until(begun.Add(8 * time.Second)))
			if err := c.servers[which].cmd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
		})
	}
	c.check()
	for _, server := range c.servers {
		server.stop()
	}
	if *update {
		writeFaults(t, "docs/faults.md", table)
	}
}

// check asks lensan check, which compares all sums.
func (c *cluster) check() {
	c.t.Helper()
	cmd := program(c.folders[0], "check")
	cmd.Env = append(cmd.Env, append(c.env, "LENSAN_BASE_URL=https://lensan.example.gov.vn")...)
	out, err := cmd.CombinedOutput()
	for _, want := range []string{"✓ Journal", "✓ Shared       3 of 3 brokers have all of it", "✓ Figures"} {
		if !strings.Contains(string(out), want) {
			c.t.Errorf("check (%v) does not say %q:\n%s", err, want, out)
		}
	}
}

// writeFaults replaces the table between the two marks.
func writeFaults(t *testing.T, path string, table []fault) {
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
	var b strings.Builder
	b.WriteString(head + begin + "| fault | answered | without an answer | recorded | lost | unconfirmed | counted twice | longest wait |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, f := range table {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d ms |\n", f.name, f.answered, f.cut, f.recorded, f.lost, f.unconfirmed, f.twice, f.pause.Milliseconds())
	}
	b.WriteString(end + tail)
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
