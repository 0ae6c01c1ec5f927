package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/testkit"
)

// cluster is two servers, one PostgreSQL and three brokers.
type cluster struct {
	t        *testing.T
	brokers  *brokers
	database string
	programs [2]string   // "": this one
	env      [2][]string // of one server alone
	folders  [2]string
	metrics  [2]string // addresses
	clocks   [2]*clock // nil: this machine's
	servers  [2]*process
	codes    []string
}

// newCluster returns one that has not started, to be changed before.
func newCluster(t *testing.T, database string) *cluster {
	return &cluster{t: t, database: database, folders: [2]string{t.TempDir(), t.TempDir()}, metrics: [2]string{testkit.FreeAddress(t), testkit.FreeAddress(t)}}
}

// up starts the servers, on brokers that run, and makes placements.
func (c *cluster) up(placements int) {
	c.t.Helper()
	for i := range c.servers {
		c.start(i)
	}
	c.codes = c.servers[0].placements(placements)
	c.steady()
	eventually(c.t, time.Minute, "the other server knows the placements", func() error {
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
}

// setting is the environment of a server.
func (c *cluster) setting(i int) []string {
	return append([]string{"LENSAN_DATABASE_URL=" + c.database, "LENSAN_JOURNAL_URL=" + c.brokers.url(), "LENSAN_METRICS_LISTEN=" + c.metrics[i], "LENSAN_COMMIT_WAIT=" + commitWait().String()}, c.env[i]...)
}

// commitWait is how long servers of a cluster wait for a commit: their default
// while the table is written. Else all tests run side by side, and what takes
// longer for want of a processor would be answered before it is durable, and
// gone when a server is killed.
func commitWait() time.Duration {
	if *update {
		return 250 * time.Millisecond
	}
	return 3 * time.Second
}

func (c *cluster) start(i int) {
	c.t.Helper()
	c.servers[i] = startProgram(c.t, c.programs[i], c.folders[i], c.setting(i)...)
}

func (c *cluster) stop() {
	c.t.Helper()
	for _, server := range c.servers {
		server.stop()
	}
}

// metric reads a figure of a server.
func (c *cluster) metric(i int, name string) (float64, error) { return metric(c.metrics[i], name) }

// is returns an error unless a flag among the figures of a server is as wanted.
func (c *cluster) is(i int, name string, want bool) error {
	on, err := c.metric(i, name)
	if err == nil && (on == 1) != want {
		err = fmt.Errorf("server %d: %s is %v", i, name, on)
	}
	return err
}

const (
	onFallback = "lensan_journal_fallback"
	applies    = "lensan_stream_applying"
)

// steady waits until both servers write to the stream, one applies it, and all
// brokers have all of it.
func (c *cluster) steady() {
	c.t.Helper()
	c.applying()
	eventually(c.t, 3*time.Minute, "both servers use the shared journal", func() error {
		return errors.Join(c.is(0, onFallback, false), c.is(1, onFallback, false))
	})
	c.brokers.stream()
}

// applying returns the server that applies the stream.
func (c *cluster) applying() (which int) {
	c.t.Helper()
	eventually(c.t, 2*time.Minute, "one server applies", func() error {
		sum := 0.0
		for i := range c.servers {
			on, err := c.metric(i, applies)
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

// turned waits until each server uses its own journal, or the shared one.
func (c *cluster) turned(first, second bool) {
	c.t.Helper()
	eventually(c.t, time.Minute, "the journals that servers use", func() error {
		return errors.Join(c.is(0, onFallback, first), c.is(1, onFallback, second))
	})
}

// takesOver waits for a server to apply instead of the other one.
func (c *cluster) takesOver(i int) {
	c.t.Helper()
	begun := time.Now()
	eventually(c.t, 2*time.Minute, "the other server takes over", func() error { return c.is(i, applies, true) })
	c.t.Logf("the other server applied %s later", time.Since(begun).Round(10*time.Millisecond))
}

// counted returns what each placement has in the statistics.
func (c *cluster) counted() (recorded map[string]int64, total report) {
	c.t.Helper()
	today := referral.DayOf(time.Now())
	question := fmt.Sprintf("/stats?group_by=placement&from=%s&to=%s", today-2, today+2) // clocks may be off
	for i := range c.servers {                                                           // each knows of its own journal and of the stream
		total = report{}
		c.servers[i].call("GET", question+"&wait=applied", nil, http.StatusOK, &total)
	}
	recorded = map[string]int64{}
	for _, row := range total.Rows {
		recorded[row.Key] = row.Recorded
	}
	return recorded, total
}

// check asks lensan check, which compares all sums.
func (c *cluster) check() {
	c.t.Helper()
	eventually(c.t, time.Minute, "check finds nothing", func() error {
		cmd := programOf(c.programs[0], c.folders[0], "check")
		cmd.Env = append(append(cmd.Env, c.setting(0)...), "LENSAN_BASE_URL=https://lensan.example.gov.vn", "LENSAN_METRICS_LISTEN=")
		out, err := cmd.CombinedOutput()
		for _, want := range []string{"✓ Journal", "✓ Shared       3 of 3 brokers have all of it", "✓ Figures"} {
			if !strings.Contains(string(out), want) {
				return fmt.Errorf("check (%v) does not say %q:\n%s", err, want, out)
			}
		}
		return nil
	})
}
