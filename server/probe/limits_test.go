package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// forever writes the same again and again until the other side hangs up.
func forever(w http.ResponseWriter, r *http.Request, chunk []byte, pause time.Duration) {
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
		if pause > 0 {
			w.(http.Flusher).Flush()
			time.Sleep(pause)
		}
	}
}

func zipped(raw []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(raw)
	z.Close()
	return b.Bytes()
}

// hijacked answers with bytes that no handler could write.
func hijacked(w http.ResponseWriter, head string, again string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	conn.Write([]byte(head))
	for {
		if _, err := conn.Write([]byte(again)); err != nil {
			return
		}
	}
}

// No answer costs more bytes or time than the limits, whatever it is made of.
func TestAnswers_costNoMoreThanTheLimits(t *testing.T) {
	block := bytes.Repeat([]byte("x"), 64<<10)
	bomb, nothing := zipped(bytes.Repeat([]byte{0}, 10<<20)), bytes.Repeat(zipped(nil), 1000)
	y := newYard(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/endless":
			forever(w, r, block, 0)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		case "/bombs":
			w.Header().Set("Content-Encoding", "gzip")
			forever(w, r, bomb, 0)
		case "/empty-members":
			w.Header().Set("Content-Encoding", "gzip")
			forever(w, r, nothing, 0)
		case "/drip":
			forever(w, r, []byte("x"), 50*time.Millisecond)
		case "/silent":
			<-r.Context().Done()
		case "/head-then-silent":
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/long-header":
			for i := range 200 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
			}
		case "/endless-header":
			hijacked(w, "HTTP/1.1 200 OK\r\n", "X: "+strings.Repeat("x", 1000)+"\r\n")
		case "/endless-100":
			hijacked(w, "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
		case "/endless-chunk-extension":
			hijacked(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("x", 1000))
		case "/tiny-chunks":
			hijacked(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", "1;x="+strings.Repeat("y", 900)+"\r\nx\r\n")
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/slow-round":
			time.Sleep(400 * time.Millisecond)
			http.Redirect(w, r, "/slow-round", http.StatusFound)
		}
	})
	y.names.set(map[string][][]string{"good.test": {{"127.0.0.1"}}})
	for _, path := range []string{"/endless", "/bomb", "/bombs", "/empty-members", "/drip", "/silent", "/head-then-silent", "/long-header", "/endless-header", "/endless-100",
		"/endless-chunk-extension", "/tiny-chunks", "/round", "/slow-round"} {
		t.Run(path, func(t *testing.T) {
			y.read.Store(0)
			began := time.Now()
			_, err := y.probe.Fetch(t.Context(), "http://good.test:"+y.port+path, anyHost)
			took, read := time.Since(began), y.read.Load()
			if err == nil {
				t.Error("fetched")
			}
			if read > MaxWire || took > patience+500*time.Millisecond {
				t.Errorf("%d bytes in %v", read, took)
			}
			t.Logf("%d bytes, %v: %v", read, took.Round(time.Millisecond), err)
		})
	}
	page, err := y.probe.Ask(t.Context(), http.MethodGet, "http://good.test:"+y.port+"/bomb")
	if err != nil || len(page.Body) != MaxBody {
		t.Errorf("the beginning of a long page: %d bytes, %v", len(page.Body), err)
	}
}

// One request at a time reaches a host, and hosts do not wait for each other.
func TestFetch_oneAtATimePerHost(t *testing.T) {
	var mu sync.Mutex
	within, most := map[string]int{}, 0
	var all, mostAll atomic.Int64
	y := newYard(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		within[r.Host]++
		most = max(most, within[r.Host])
		mostAll.Store(max(mostAll.Load(), all.Add(1)))
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		within[r.Host]--
		all.Add(-1)
		mu.Unlock()
	})
	var jobs sync.WaitGroup
	for i := range 40 {
		host := fmt.Sprintf("h%d.test", i%4)
		y.names.mu.Lock()
		y.names.turns[host] = [][]string{{"127.0.0.1"}}
		y.names.mu.Unlock()
		jobs.Go(func() {
			if _, err := y.probe.Ask(t.Context(), http.MethodHead, "http://"+host+":"+y.port+"/"); err != nil {
				t.Error(err)
			}
		})
	}
	jobs.Wait()
	if most != 1 || mostAll.Load() < 2 {
		t.Errorf("%d at a time at one host, %d in all", most, mostAll.Load())
	}
	time.Sleep(20 * time.Millisecond)
	y.probe.hosts.mu.Lock()
	if n := len(y.probe.hosts.hosts); n > 0 {
		t.Errorf("%d hosts are remembered", n)
	}
	y.probe.hosts.mu.Unlock()
}

func TestEnter_endsWithItsContext(t *testing.T) {
	g := gates{pause: time.Millisecond}
	leave, err := g.enter(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.enter(ended, "a"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	leave()
}

// Whatever an address says, it is refused or names a host of the web.
func FuzzCheck(f *testing.F) {
	for _, attack := range attacks {
		f.Add(strings.ReplaceAll(attack, "PORT", "80"))
	}
	p := New(Options{})
	f.Fuzz(func(t *testing.T, address string) {
		at, err := p.check(address, nil)
		if err != nil {
			return
		}
		if at.Scheme != "http" && at.Scheme != "https" || at.Hostname() == "" || at.User != nil || at.Fragment != "" {
			t.Errorf("%q became %q", address, at)
		}
	})
}
