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
	"testing"
	"time"

	"lensan/server/referral"
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
	conn.SetDeadline(time.Now().Add(2 * patience))
	conn.Write([]byte(head))
	for {
		if _, err := conn.Write([]byte(again)); err != nil {
			return
		}
	}
}

// impatience is longer than one redirect of "/slow-round" takes, and shorter
// than all of them.
const impatience = 600 * time.Millisecond

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
			time.Sleep(impatience / 3)
			http.Redirect(w, r, "/slow-round", http.StatusFound)
		}
	})
	y.names.set(map[string][][]string{"good.test": {{"127.0.0.1"}}})
	for path, keys := range map[string]string{
		"/endless": "size", "/bomb": "size", "/bombs": "size", "/drip": "time", "/silent": "time", "/head-then-silent": "time", "/long-header": "unreachable", "/endless-header": "unreachable",
		"/endless-100": "unreachable", "/endless-chunk-extension": "unreachable", "/tiny-chunks": "unreachable", "/round": "redirects", "/slow-round": "time",
		"/empty-members": "size or time", // unpacking them is work, which a busy machine may not end
	} {
		t.Run(path, func(t *testing.T) {
			y.read.Store(0)
			y.probe.o.MaxTime = patience
			if keys == "time" {
				y.probe.o.MaxTime = impatience
			}
			began := time.Now()
			_, err := y.probe.Fetch(t.Context(), "http://good.test:"+y.port+path, anyHost)
			took, read := time.Since(began), y.read.Load()
			var told *referral.Error
			if !errors.As(err, &told) || !strings.Contains(keys, strings.TrimPrefix(told.Key, "error.probe_")) {
				t.Errorf("%v, want %s", err, keys)
			}
			if read > MaxWire || took > 2*patience {
				t.Errorf("%d bytes in %v", read, took)
			}
			t.Logf("%d bytes, %v: %v", read, took.Round(time.Millisecond), err)
		})
	}
	y.probe.o.MaxTime = patience
	page, err := y.probe.Ask(t.Context(), http.MethodGet, "http://good.test:"+y.port+"/bomb")
	if err != nil || len(page.Body) != MaxBody {
		t.Errorf("the beginning of a long page: %d bytes, %v", len(page.Body), err)
	}
}

// One request at a time reaches a host, and hosts do not wait for each other.
func TestFetch_oneAtATimePerHost(t *testing.T) {
	var mu sync.Mutex
	within, most, all := map[string]int{}, 0, 0
	together := make(chan struct{})
	meet := sync.OnceFunc(func() { close(together) })
	y := newYard(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		within[r.Host]++
		all++
		most = max(most, within[r.Host])
		if all == 2 {
			meet()
		}
		mu.Unlock()
		select {
		case <-together:
		case <-r.Context().Done(): // nobody came beside it
			meet()
		}
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		within[r.Host]--
		all--
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
	if most != 1 {
		t.Errorf("%d at a time at one host", most)
	}
	remembered := func() int {
		y.probe.hosts.mu.Lock()
		defer y.probe.hosts.mu.Unlock()
		return len(y.probe.hosts.hosts)
	}
	for deadline := time.Now().Add(patience); remembered() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d hosts are remembered", remembered())
		}
	}
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
