package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lensan/server/testkit"
)

// watched is a server whose metrics can be read.
type watched struct {
	*process
	metrics string // address
}

func startWatched(t *testing.T, data string, env ...string) *watched {
	t.Helper()
	w := &watched{metrics: testkit.FreeAddress(t)}
	w.process = start(t, data, append(env, "LENSAN_METRICS_LISTEN="+w.metrics)...)
	return w
}

// metric reads a figure at an address of metrics.
func metric(address, name string) (float64, error) {
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// held is what a server holds at a moment; memory is in bytes.
type held struct{ goroutines, files, heap, resident int64 }

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d files, Go heap %s, resident %s", h.goroutines, h.files, megabytes(h.heap), megabytes(h.resident))
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }

// holds reads metrics and /proc.
func (w *watched) holds() (h held) {
	w.t.Helper()
	for name, into := range map[string]*int64{"go_goroutines": &h.goroutines, "go_memstats_heap_inuse_bytes": &h.heap} {
		value, err := metric(w.metrics, name)
		if err != nil {
			w.t.Fatal(err)
		}
		*into = int64(value)
	}
	h.files, h.resident = w.files(), w.memory("VmRSS")
	return h
}

func (w *watched) files() int64 {
	w.t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.cmd.Process.Pid))
	if err != nil {
		w.t.Fatal(err)
	}
	return int64(len(list))
}

// guest is a visitor who clicks every few milliseconds, by turns on a
// connection that stays and on a new one, and notes the worst wait.
type guest struct {
	clicks, worst [2]atomic.Int64 // on the connection that stays, on new ones
	stop, gone    chan struct{}
}

func (w *watched) invite(code string) *guest {
	g := &guest{stop: make(chan struct{}), gone: make(chan struct{})}
	stays, fresh := noRedirect(1), noRedirect(1)
	fresh.Transport.(*http.Transport).DisableKeepAlives = true
	go func() {
		defer close(g.gone)
		defer stays.CloseIdleConnections()
		for i := 0; ; i++ {
			select {
			case <-g.stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
			begun := time.Now()
			response, err := []*http.Client{stays, fresh}[i%2].Get(w.URL + "/go/" + code)
			if err != nil {
				w.t.Error("a visitor: ", err)
				return
			}
			response.Body.Close()
			if response.StatusCode != http.StatusFound {
				w.t.Error("a visitor is answered ", response.Status)
				return
			}
			g.worst[i%2].Store(max(g.worst[i%2].Load(), int64(time.Since(begun))))
			g.clicks[i%2].Add(1)
		}
	}()
	return g
}

// leave ends the visit and says how it was.
func (g *guest) leave(t *testing.T) {
	t.Helper()
	close(g.stop)
	<-g.gone
	t.Logf("meanwhile %d and %d redirects on an old connection and on new ones, the slowest after %s and %s",
		g.clicks[0].Load(), g.clicks[1].Load(), time.Duration(g.worst[0].Load()).Round(10*time.Microsecond), time.Duration(g.worst[1].Load()).Round(10*time.Microsecond))
	for i := range g.worst {
		if worst := time.Duration(g.worst[i].Load()); worst > worstWait() || g.clicks[i].Load() == 0 {
			t.Errorf("a visitor waited %s", worst)
		}
	}
}

// worstWait is how long a redirect may take while others misbehave. With the race
// detector, beside all other tests, it is still far less than a server has
// patience with those.
func worstWait() time.Duration {
	if raceDetector {
		return 20 * time.Second
	}
	return 3 * time.Second
}
