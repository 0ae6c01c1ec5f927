package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/server/bench"
	"lensan/server/testkit"
)

// scaleVariable sets how long TestScale drives each set-up, such as "10s".
const scaleVariable = "LENSAN_TEST_SCALE"

// TestScale drives one to three servers that share PostgreSQL and three
// brokers, and one with a journal of its own, all on this machine, servers on
// one core and the load on another, and says what a click costs each part: what docs/scale.md calculates with. With -update it
// writes the table there.
func TestScale(t *testing.T) {
	lasts, err := time.ParseDuration(os.Getenv(scaleVariable))
	if err != nil {
		t.Logf("left out: it measures and proves nothing; %s=10s runs it", scaleVariable)
		return
	}
	database := startPostgres(t)
	if database == nil {
		return
	}
	rows := []string{"| servers | journal | redirects/s | p50 | p99 | clicks a commit | server µs/click | brokers µs/click | PostgreSQL µs/click |", "|--:|---|--:|--:|--:|--:|--:|--:|--:|"}
	own := newScaled(t, 1, "LENSAN_DATABASE_URL="+database.fresh())
	rows = append(rows, own.drive("its own", lasts, database, nil))
	own.stop()
	brokers := startBrokers(t, t.TempDir())
	shared := newScaled(t, 3, "LENSAN_DATABASE_URL="+database.fresh(), "LENSAN_JOURNAL_URL="+brokers.url())
	for n := 1; n <= 3; n++ {
		rows = append(rows, shared.only(n).drive("shared", lasts, database, brokers))
	}
	shared.stop()
	text := strings.Join(rows, "\n") + "\n"
	t.Log("\n" + text)
	if *update {
		writeTable(t, "docs/scale.md", text)
	}
}

// scaled are servers with one placement each.
type scaled struct {
	t       *testing.T
	servers []*watched
	codes   []string
}

func newScaled(t *testing.T, n int, env ...string) *scaled {
	s := &scaled{t: t}
	for range n {
		w := &watched{metrics: testkit.FreeAddress(t)}
		cmd := program(t.TempDir(), "serve")
		cmd.Env = slices.Concat(cmd.Env, env, []string{"LENSAN_METRICS_LISTEN=" + w.metrics})
		w.process = startBy(t, cmd, func() error { return bench.OnServerCore(cmd.Start) })
		s.servers = append(s.servers, w)
	}
	s.codes = s.servers[0].placements(n)
	for i, server := range s.servers {
		eventually(t, 30*time.Second, "a server knows its placement and writes where it should", func() error {
			response, err := noRedirect(1).Get(server.URL + "/go/" + s.codes[i])
			if err != nil {
				return err
			}
			defer response.Body.Close()
			if response.StatusCode != 302 {
				return fmt.Errorf("answered %s", response.Status)
			}
			if on, err := metric(server.metrics, onFallback); err == nil && on != 0 {
				return fmt.Errorf("%s is %v", onFallback, on)
			}
			return nil
		})
	}
	return s
}

// only returns the first n.
func (s *scaled) only(n int) *scaled { return &scaled{s.t, s.servers[:n], s.codes[:n]} }

func (s *scaled) stop() {
	for _, server := range s.servers {
		server.stop()
	}
}

// drive returns a row of the table: 256 connections, divided among the servers.
func (s *scaled) drive(journal string, lasts time.Duration, database *postgres, b *brokers) string {
	s.t.Helper()
	var brokerIDs, serverIDs []int
	if b != nil {
		for _, n := range b.list {
			brokerIDs = append(brokerIDs, n.cmd.Process.Pid)
		}
	}
	for _, server := range s.servers {
		serverIDs = append(serverIDs, server.cmd.Process.Pid)
	}
	commits := func() (sum float64) {
		for _, server := range s.servers {
			n, err := metric(server.metrics, "lensan_commits_total")
			if err != nil {
				s.t.Fatal(err)
			}
			sum += n
		}
		return sum
	}
	type spent struct{ servers, brokers, database time.Duration }
	look := func() spent { return spent{used(serverIDs), used(brokerIDs), used(database.family())} }
	before, commitsBefore := look(), commits()
	var all sync.WaitGroup
	answers := make([]bench.Answers, len(s.servers))
	for i, server := range s.servers {
		all.Go(func() {
			var err error
			load := bench.Load{Address: strings.TrimPrefix(server.URL, "http://"), Path: "/go/" + s.codes[i], Connections: 256 / len(s.servers), Duration: lasts}
			if answers[i], err = load.Drive(s.t.Context()); err != nil {
				s.t.Error(err)
			}
		})
	}
	all.Wait()
	after, made := look(), commits()-commitsBefore
	var sum bench.Answers
	for _, a := range answers {
		sum = bench.Answers{All: sum.All + a.All, PerSecond: sum.PerSecond + a.PerSecond, P50: max(sum.P50, a.P50), P99: max(sum.P99, a.P99)}
	}
	each := func(before, after time.Duration) string {
		return strconv.FormatFloat(float64((after-before).Microseconds())/float64(sum.All), 'f', 1, 64)
	}
	of := "–"
	if b != nil {
		of = each(before.brokers, after.brokers)
	}
	return fmt.Sprintf("| %d | %s | %.0f | %.1f ms | %.1f ms | %.0f | %s | %s | %s |", len(s.servers), journal, sum.PerSecond, sum.P50.Seconds()*1000, sum.P99.Seconds()*1000,
		float64(sum.All)/made, each(before.servers, after.servers), of, each(before.database, after.database))
}

// used returns the processor time of some processes.
func used(ids []int) (sum time.Duration) {
	for _, id := range ids {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
		if err != nil {
			continue // gone meanwhile
		}
		_, rest, _ := strings.Cut(string(raw), ") ")
		if f := strings.Fields(rest); len(f) > 12 {
			user, _ := strconv.ParseInt(f[11], 10, 64)
			system, _ := strconv.ParseInt(f[12], 10, 64)
			sum += time.Duration(user+system) * time.Second / 100
		}
	}
	return sum
}
