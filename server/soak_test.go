package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"lensan/server/bench"
)

// soakVariable sets how long TestSoak lasts; "10m" is its long form.
const soakVariable = "LENSAN_TEST_SOAK"

// What is promised under load that goes on. The wait is of a machine that does
// nothing else, so only the long form holds the server to it.
const (
	soakShare  = 0.8 // of the highest rate
	soakP99    = 20 * time.Millisecond
	soakGrowth = 32 << 20 // bytes, resident and Go heap, from the beginning to the end
)

// TestSoak looks for the highest rate of redirects and then asks for most of it
// for long: memory stays, waits stay short, and all that was answered is counted.
func TestSoak(t *testing.T) {
	if raceDetector {
		t.Log("left out: its memory and time would be the race detector's")
		return
	}
	lasts, text := 7*time.Second, os.Getenv(soakVariable)
	if text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Logf("%s; the long form with %s=10m", lasts, soakVariable)
	}
	server := &watched{metrics: freePort(t)}
	cmd := program(t.TempDir(), "serve")
	cmd.Env = append(cmd.Env, "LENSAN_METRICS_LISTEN="+server.metrics)
	server.process = startBy(t, cmd, func() error { return bench.OnServerCore(cmd.Start) })
	load := bench.Load{Address: strings.TrimPrefix(server.URL, "http://"), Path: "/go/" + server.placements(1)[0], Warm: 500 * time.Millisecond,
		Duration: min(10*time.Second, max(2*time.Second, lasts/10))}
	drive := func() bench.Answers {
		t.Helper()
		a, err := load.Drive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	highest := drive()
	t.Logf("highest rate: %.0f/s, p50 %s, p99 %s", highest.PerSecond, highest.P50, highest.P99)

	load.Rate, load.Duration = soakShare*highest.PerSecond, lasts
	var looks []held
	looked := make(chan struct{})
	begun := time.Now()
	go func() {
		defer close(looked)
		for _, at := range []float64{0.15, 0.5, 0.95} {
			time.Sleep(time.Until(begun.Add(time.Duration(at * float64(lasts)))))
			looks = append(looks, server.holds())
		}
	}()
	paced := drive()
	<-looked
	if len(looks) < 3 {
		return
	}
	t.Logf("%.0f/s for %s: p50 %s, p99 %s from when a request was due", paced.PerSecond, lasts, paced.P50, paced.P99)
	under := func(seconds string) float64 {
		n, err := metric(server.metrics, `lensan_redirect_duration_seconds_bucket{le="`+seconds+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Logf("within the server %.3f %% took less than 10 ms, %.3f %% less than 25 ms", 100*under("0.01")/under("+Inf"), 100*under("0.025")/under("+Inf"))
	for i, when := range []string{"start", "middle", "end"} {
		t.Logf("%-6s %s", when, looks[i])
	}
	first, last := looks[0], looks[2]
	if last.resident-first.resident > soakGrowth || last.heap-first.heap > soakGrowth || last.goroutines > first.goroutines+20 || last.files > first.files+20 {
		t.Errorf("it grew from %s to %s", first, last)
	}
	if text != "" && (paced.P99 > soakP99 || paced.PerSecond < load.Rate*0.98) {
		t.Errorf("p99 %s at %.0f/s, want %s at %.0f/s", paced.P99, paced.PerSecond, soakP99, load.Rate)
	}
	answered := highest.All + paced.All
	eventually(t, 30*time.Second+lasts, "all that was answered is counted", func() error {
		var stats report
		server.call("GET", "/stats", nil, http.StatusOK, &stats)
		switch {
		case stats.Total.Recorded > answered:
			t.Fatalf("%d answered, %d counted", answered, stats.Total.Recorded)
		case stats.Lost > 0 || stats.Unconfirmed > 0:
			t.Fatalf("%d lost, %d unconfirmed", stats.Lost, stats.Unconfirmed)
		case stats.Total.Recorded < answered:
			return errors.New(fmt.Sprint(stats.Total.Recorded, " of ", answered))
		}
		return nil
	})
	t.Logf("%d answered, %d counted", answered, answered)
	server.stop()
}
