package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/server/clicklog"
	"lensan/server/clicklog/jetstream"
	"lensan/server/clicklog/localjournal"
	"lensan/server/referral"
	"lensan/server/testkit"
)

// backlogVariable sets how many clicks wait in TestBacklog_isApplied.
const backlogVariable = "LENSAN_TEST_BACKLOG"

// What is promised without the race detector: memory of a server while it
// applies, whatever waits, and clicks a second on a machine that does nothing
// else, with placements in all provinces.
const (
	backlogMemory     = 200 << 20
	backlogRate       = 100_000
	backlogPlacements = 5000 // with it, 200
)

// TestBacklog_isApplied starts a server on a journal in which days of clicks
// wait, as they do when the database was away for long.
func TestBacklog_isApplied(t *testing.T) {
	clicks := 200_000
	if raceDetector {
		clicks = 20_000
	}
	if text := os.Getenv(backlogVariable); text != "" {
		var err error
		if clicks, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Logf("%d clicks; more with %s=10000000", clicks, backlogVariable)
	}
	t.Run("SQLite", func(t *testing.T) { backlog(t, clicks, nil) })
	t.Run("PostgreSQL", func(t *testing.T) {
		if database := testkit.Database(t); database != "" {
			backlog(t, clicks, nil, "LENSAN_DATABASE_URL="+database)
		}
	})
	t.Run("PostgreSQL and a shared journal", func(t *testing.T) {
		if database := testkit.Database(t); database != "" {
			backlog(t, clicks, startBrokers(t, t.TempDir()), "LENSAN_DATABASE_URL="+database)
		}
	})
}

// backlog lets clicks wait in the server's own journal, or at brokers.
func backlog(t *testing.T, clicks int, b *brokers, env ...string) {
	data := t.TempDir()
	server := start(t, data, env...)
	placements := backlogPlacements
	if raceDetector {
		placements = 200
	}
	codes := importPlacements(t, server, data, placements, env...)
	client := noRedirect(1)
	eventually(t, time.Minute, "the server knows all placements", func() error {
		response, err := client.Get(server.URL + "/kiem-tra/" + codes[len(codes)-1])
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	})
	for _, code := range codes {
		mustRedirect(t, client, server.URL+"/go/"+code)
	}
	server.stop()
	journal := filepath.Join(data, "journal")
	written := fillJournal(t, journal, b, clicks)
	if b != nil {
		env = append(env, "LENSAN_JOURNAL_URL="+b.url())
	}
	begun := time.Now()
	server = start(t, data, env...)
	ready := time.Since(begun)
	want := int64(clicks + placements)
	var stats report
	for stats.Total.Recorded != want {
		time.Sleep(50 * time.Millisecond)
		server.call("GET", "/stats?from=2020-01-01", nil, http.StatusOK, &stats)
		if stats.Total.Recorded > want {
			t.Fatalf("%d clicks recorded, %d in the journal", stats.Total.Recorded, want)
		}
		if time.Since(begun) > 5*time.Minute+time.Duration(clicks/20_000)*time.Second {
			t.Fatalf("%d of %d clicks applied in %s", stats.Total.Recorded, want, time.Since(begun).Round(time.Second))
		}
	}
	took := time.Since(begun)
	peak := server.memory("VmHWM")
	t.Logf("%d clicks: ready after %d ms, applied %.1f s after the start (%.0f clicks/s), at most %d MB; journal %.0f bytes a click", clicks, ready.Milliseconds(), took.Seconds(), float64(clicks)/took.Seconds(), peak>>20, float64(written)/float64(clicks))
	server.stop()
	if info, err := os.Stat(filepath.Join(data, "lensan.db")); err == nil {
		t.Logf("the database has %.1f MB", float64(info.Size())/1e6)
	}
	if raceDetector {
		return
	}
	if peak > backlogMemory {
		t.Errorf("%d MB of memory, at most %d MB are promised", peak>>20, backlogMemory>>20)
	}
	if rate := float64(clicks) / took.Seconds(); rate < backlogRate && os.Getenv(backlogVariable) != "" {
		t.Errorf("%.0f clicks/s, %d are promised", rate, backlogRate)
	}
}

// importPlacements makes 20 placements in each of many portals, which are spread
// over all provinces, and returns their codes.
func importPlacements(t *testing.T, server *process, data string, n int, env ...string) (codes []string) {
	t.Helper()
	var provinces struct {
		Items []struct {
			Code    string
			ValidTo string `json:"valid_to"`
		}
	}
	server.call("GET", "/provinces", nil, http.StatusOK, &provinces)
	var today []string
	for _, p := range provinces.Items {
		if p.ValidTo == "" {
			today = append(today, p.Code)
		}
	}
	if len(today) != 34 {
		t.Fatalf("%d provinces today", len(today))
	}
	var portals, placements strings.Builder
	portals.WriteString("id,name,province\n")
	placements.WriteString("portal,kind,destination,label\n")
	for i := range n {
		portal := i / 20
		if i%20 == 0 {
			fmt.Fprintf(&portals, "p%d,Cổng %d,%s\n", portal, portal, today[portal%34])
		}
		fmt.Fprintf(&placements, "p%d,widget,support_portal,%d\n", portal, i)
	}
	for _, list := range []struct{ what, rows string }{{"portals", portals.String()}, {"placements", placements.String()}} {
		file := filepath.Join(t.TempDir(), list.what+".csv")
		write(t, file, list.rows)
		cmd := program(data, "import", list.what, file)
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("import %s: %v", list.what, err)
		}
		codes = codes[:0]
		for line := range strings.Lines(string(out)) {
			if code, _, ok := strings.Cut(line, "  "); ok {
				codes = append(codes, code)
			}
		}
	}
	if len(codes) != n {
		t.Fatalf("%d codes of %d", len(codes), n)
	}
	return codes
}

// fillJournal adds clicks of three days, from 2,000 kinds of phone, to the journal in a
// folder or to that of brokers. What it takes as samples are the clicks in the
// folder. It returns how many bytes it wrote.
func fillJournal(t *testing.T, folder string, b *brokers, clicks int) (written int64) {
	t.Helper()
	own, err := localjournal.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	samples := clicksIn(t, own)
	j := clicklog.Writer(own)
	if b != nil {
		shared, err := jetstream.Open(jetstream.Options{Brokers: strings.Split(b.url(), ","), Applied: func(context.Context, string) (uint64, error) { return 0, nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer shared.Close()
		eventually(t, time.Minute, "the brokers take clicks", func() error { return shared.Probe(t.Context()) })
		j = shared
	}
	rnd := rand.New(rand.NewPCG(1034, 7))
	const perBatch = 500
	begun := time.Now().Add(-72 * time.Hour).UnixMilli()
	var encoder clicklog.Encoder
	var data []byte
	for i := 0; i < clicks; i += perBatch {
		encoder.Reset()
		data = data[:0]
		n := min(perBatch, clicks-i)
		for k := range n {
			c := samples[rnd.IntN(len(samples))]
			c.Milli = begun + int64(float64(i+k)/float64(clicks)*72*3600*1000)
			c.Visitor = rnd.Uint64()
			c.UserAgent = fmt.Sprintf("Mozilla/5.0 (Linux; Android %d; SM-A%d6P) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/%d.0.6045.163 Mobile Safari/537.36 Zalo android/12100609", 9+rnd.IntN(5), rnd.IntN(40), 110+rnd.IntN(10))
			data = encoder.Append(data, &c)
		}
		if _, err := j.Append(t.Context(), data, n); err != nil {
			t.Fatal(err)
		}
		written += int64(len(data))
	}
	return written
}

func clicksIn(t *testing.T, j *localjournal.Journal) (list []referral.Click) {
	t.Helper()
	last, err := j.Last(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batches, err := j.Read(t.Context(), 0, int(last))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		r := clicklog.NewReader(b.Data, nil)
		for c := (referral.Click{}); r.Next(&c); {
			list = append(list, c)
		}
	}
	return list
}

// memory returns a figure of /proc/PID/status, in bytes.
func (p *process) memory(name string) int64 {
	p.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kB, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return kB << 10
		}
	}
	p.t.Fatalf("no %s", name)
	return 0
}
