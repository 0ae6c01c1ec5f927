package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"lensan/server/bench"
	"lensan/server/testkit"
)

// soakVariable sets how long TestSoak lasts; "10m" is its long form.
const soakVariable = "LENSAN_TEST_SOAK"

// What is promised under load that goes on. The wait is of a machine that does
// nothing else, so only the long form holds the server to it.
const (
	soakShare  = 0.8 // of the highest steady rate
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
		soakBare(t)
	} else {
		t.Logf("%s; the long form with %s=10m", lasts, soakVariable)
	}
	server := &watched{metrics: testkit.FreeAddress(t)}
	cmd := program(t.TempDir(), "serve")
	cmd.Env = append(cmd.Env, "LENSAN_METRICS_LISTEN="+server.metrics, "LENSAN_COMMIT_WAIT=250ms")
	server.process = startBy(t, cmd, func() error { return bench.OnServerCore(cmd.Start) })
	load := bench.Load{Address: strings.TrimPrefix(server.URL, "http://"), Path: "/go/" + server.placements(1)[0], Warm: 500 * time.Millisecond}
	highest := drive(t, load, 0, min(30*time.Second, max(2*time.Second, lasts/10)))
	rate := soakShare * highest.Steady
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
	paced := drive(t, load, rate, lasts)
	<-looked
	if len(looks) < 3 {
		return
	}
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
	if text != "" && (paced.P99 > soakP99 || paced.PerSecond < rate*0.98) {
		t.Errorf("p99 %s at %.0f/s, want %s at %.0f/s", paced.P99, paced.PerSecond, soakP99, rate)
	}
	answered := highest.All + paced.All
	eventually(t, time.Minute+lasts, "all that was answered is counted", func() error {
		var stats report
		server.call("GET", "/stats", nil, http.StatusOK, &stats)
		switch {
		case stats.Total.Recorded > answered:
			t.Fatalf("%d answered, %d counted", answered, stats.Total.Recorded)
		case stats.Lost > 0:
			t.Fatalf("%d lost", stats.Lost)
		case stats.Unconfirmed > 0: // until their commit is known of
			return fmt.Errorf("%d unconfirmed", stats.Unconfirmed)
		case stats.Total.Recorded < answered:
			return errors.New(fmt.Sprint(stats.Total.Recorded, " of ", answered))
		}
		return nil
	})
	t.Logf("%d answered, %d counted", answered, answered)
	server.stop()
}

// drive asks for redirects, as many a second as rate says or, if that is 0, as
// are answered, and tells what came of it. Waits count from when a request was due.
func drive(t *testing.T, load bench.Load, rate float64, lasts time.Duration) bench.Answers {
	t.Helper()
	load.Rate, load.Duration = rate, lasts
	a, err := load.Drive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rate == 0 {
		t.Logf("highest rate in %s: %.0f/s, steady %.0f/s", lasts, a.PerSecond, a.Steady)
	} else {
		t.Logf("%.0f/s for %s: p50 %s, p99 %s", a.PerSecond, lasts, a.P50, a.P99)
	}
	return a
}

// soakBare tells how a bare server fares, which writes and counts nothing: where
// it lets people wait, the machine does.
func soakBare(t *testing.T) {
	t.Helper()
	address := testkit.FreeAddress(t)
	cmd := program(t.TempDir(), "bench-bare", "--at", address, "--location", "https://nongthonso.example/dang-ky?utm_content=K7Q2PX")
	if err := bench.OnServerCore(cmd.Start); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	eventually(t, time.Minute, "the bare server listens", func() error {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err
	})
	load := bench.Load{Address: address, Path: "/go/K7Q2PX", Warm: 500 * time.Millisecond}
	t.Log("a bare server, for comparison:")
	highest := drive(t, load, 0, 10*time.Second)
	drive(t, load, soakShare*highest.PerSecond, 30*time.Second)
	drive(t, load, soakShare*highest.Steady, 30*time.Second)
}
