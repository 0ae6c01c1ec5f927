package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lensan/server/referral"
)

// yard is one address that may be reached and forbidden ones beside it, on the
// same port, that count who comes.
type yard struct {
	port    string
	probe   *Probe
	touched atomic.Int64
	read    atomic.Int64 // bytes that the probe took from the network
	names   *names
}

// patience is enough for an answer on the busiest machine.
const patience = 30 * time.Second

// newYard serves handle at 127.0.0.1, where all of the public internet shall be.
func newYard(t *testing.T, handle http.HandlerFunc) *yard {
	t.Helper()
	y := &yard{names: &names{turns: map[string][][]string{}}}
	public, forbidden := listenAtAll(t)
	open := httptest.NewUnstartedServer(handle)
	open.Listener.Close()
	open.Listener = public
	open.Start()
	t.Cleanup(open.Close)
	own := netip.MustParseAddrPort(public.Addr().String())
	y.port = fmt.Sprint(own.Port())
	for _, l := range forbidden {
		t.Cleanup(func() { l.Close() })
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			y.touched.Add(1)
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "secret")
		}))
	}
	y.probe = New(Options{Contact: "https://len.example.vn", MaxTime: patience, HostPause: time.Millisecond,
		Resolver: y.names.resolver(t), Allow: func(a netip.AddrPort) bool { return a == own }})
	dial := y.probe.transport.DialContext
	y.probe.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return counted{c, &y.read}, nil
	}
	return y
}

// listenAtAll listens at 127.0.0.1 and at the forbidden addresses, on a port
// that is free at all of them.
func listenAtAll(t *testing.T) (public net.Listener, forbidden []net.Listener) {
	t.Helper()
	for tries := 0; ; tries++ {
		public, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(public.Addr().String())
		for _, address := range []string{"127.0.0.2", "127.0.0.3", "::1"} {
			var l net.Listener
			if l, err = net.Listen("tcp", net.JoinHostPort(address, port)); err != nil {
				break
			}
			forbidden = append(forbidden, l)
		}
		if err == nil {
			return public, forbidden
		}
		public.Close()
		for _, l := range forbidden {
			l.Close()
		}
		if forbidden = nil; tries == 20 || !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatalf("no second loopback address here: %v", err)
		}
	}
}

type counted struct {
	net.Conn
	read *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// attacks are addresses that lead, or are meant to lead, to 127.0.0.2,
// 127.0.0.3 or ::1, or to other places where nobody may look. PORT is the
// forbidden servers' own.
var attacks = []string{
	"http://127.0.0.2:PORT/", "http://127.0.0.3:PORT/", "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::ffff:127.0.0.2]:PORT/", "http://[::ffff:7f00:2]:PORT/",
	"http://[0:0:0:0:0:ffff:7f00:2]:PORT/", "http://[::127.0.0.2]:PORT/", "http://[64:ff9b::127.0.0.2]:PORT/", "http://[64:ff9b:1::7f00:2]:PORT/", "http://[2002:7f00:2::]:PORT/", "http://[2001:0:7f00:2::]:PORT/",
	"http://[::1%25lo]:PORT/", "http://[fe80::1%25eth0]:PORT/", "http://0.0.0.0:PORT/", "http://[::]:PORT/",
	// the same in the spellings that inet_aton takes
	"http://2130706434:PORT/", "http://0x7f000002:PORT/", "http://017700000002:PORT/", "http://0x7f.0.0.2:PORT/", "http://0177.0.0.2:PORT/", "http://0177.0.0.02:PORT/", "http://127.0.2:PORT/", "http://127.2:PORT/", "http://127.0.0.2.:PORT/",
	"http://00000127.0.0.2:PORT/", "http://127.0.0.258:PORT/", "http://①②⑦.⓪.⓪.②:PORT/", "http://127。0。0。2:PORT/", "http://%31%32%37.0.0.2:PORT/", "http://127.0.0.2%00.nip.test:PORT/",
	// names that hold their address
	"http://127.0.0.2.nip.test:PORT/", "http://127.0.0.3.NIP.TEST:PORT/", "http://--1.nip.test:PORT/", "http://--ffff-127.0.0.2.nip.test:PORT/", "http://127.0.0.2.nip.test.:PORT/",
	"http://10.0.0.1.nip.test:PORT/", "http://192.168.1.1.nip.test:PORT/", "http://169.254.169.254.nip.test:PORT/", "http://100.64.0.1.nip.test:PORT/", "http://fd00-ec2--254.nip.test:PORT/", "http://64-ff9b--7f00-2.nip.test:PORT/",
	"http://localhost.localdomain:PORT/", "http://sub.localhost:PORT/", "http://inside.test:PORT/",
	// addresses that are read in two ways
	"http://good.test@127.0.0.2:PORT/", "http://good.test:80@127.0.0.2:PORT/", "http://user:pw@good.test:PORT/", "http://good.test#@127.0.0.2:PORT/", "http://127.0.0.2:PORT#@good.test/", "http://127.0.0.2:PORT?@good.test/",
	`http://127.0.0.2:PORT\@good.test/`, `http:\\127.0.0.2:PORT\`, "http:///127.0.0.2:PORT/", "http:127.0.0.2:PORT/", "//127.0.0.2:PORT/", "http://127.0.0.2:PORT/\r\nHost: good.test", "http://good.test:PORT\t@127.0.0.2/",
	// other schemes
	"ftp://127.0.0.2:PORT/", "file:///etc/passwd", "gopher://127.0.0.2:PORT/_x", "dict://127.0.0.2:PORT/x", "ldap://127.0.0.2:PORT/", "javascript:alert(1)", "data:text/html,x", "unix:///run/docker.sock", "ws://127.0.0.2:PORT/", "HTTPX://127.0.0.2:PORT/",
	// redirects, see redirectTo
	"http://good.test:PORT/to?http://127.0.0.2:PORT/", "http://good.test:PORT/to?//127.0.0.2:PORT/", "http://good.test:PORT/to?http://[::1]:PORT/", "http://good.test:PORT/to?http://127.0.0.2.nip.test:PORT/", "http://good.test:PORT/to?http://inside.test:PORT/",
	"http://good.test:PORT/to?file:///etc/passwd", "http://good.test:PORT/to?http://user@127.0.0.2:PORT/", "http://good.test:PORT/to?http://169.254.169.254/latest/meta-data/", "http://good.test:PORT/to?/to?http://127.0.0.2:PORT/", "http://good.test:PORT/to?http://2130706434:PORT/",
	// names that change their mind
	"http://turning.test:PORT/to?http://turning.test:PORT/", "http://turning.test:PORT/to?/",
}

// redirectTo answers /to?ADDRESS with a redirect to it.
func redirectTo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/to" {
		w.Header().Set("Location", r.URL.RawQuery)
		w.WriteHeader(http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<p>Chào</p>")
}

func TestAttacks_reachNothing(t *testing.T) {
	y := newYard(t, redirectTo)
	y.names.set(map[string][][]string{"good.test": {{"127.0.0.1"}}, "inside.test": {{"127.0.0.2", "::1", "10.0.0.1"}}, "turning.test": {{"127.0.0.1"}, {"127.0.0.2"}},
		"mixed.test": {{"127.0.0.2", "127.0.0.1", "127.0.0.3"}}, "localhost.localdomain": {{"127.0.0.2"}}, "sub.localhost": {{"127.0.0.2"}}})
	if len(attacks) < 60 {
		t.Errorf("only %d attacks", len(attacks))
	}
	for _, attack := range attacks {
		address := strings.ReplaceAll(attack, "PORT", y.port)
		t.Run(attack, func(t *testing.T) {
			began := time.Now()
			page, err := y.probe.Ask(t.Context(), http.MethodGet, address)
			if y.touched.Swap(0) > 0 || strings.Contains(string(page.Body), "secret") {
				t.Fatal("a forbidden address was reached")
			}
			// "…#@127.0.0.2" is good.test with a fragment: it may be answered.
			if err == nil && !strings.HasPrefix(attack, "http://good.test#") {
				t.Errorf("answered: %+v", page)
			}
			if err != nil && !errors.Is(err, referral.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			if took := time.Since(began); took > patience {
				t.Errorf("took %v", took)
			}
			y.names.mu.Lock()
			delete(y.names.asked, "turning.test")
			y.names.mu.Unlock()
		})
	}
	page, err := y.probe.Fetch(t.Context(), "http://mixed.test:"+y.port+"/", anyHost)
	if err != nil || string(page.Body) != "<p>Chào</p>" || y.touched.Load() > 0 {
		t.Errorf("of several addresses the public one: %+v, %v, %d", page, err, y.touched.Load())
	}
}

// Without the guard the forbidden servers are reached: the suite can fail.
func TestAttacks_wouldReach(t *testing.T) {
	y := newYard(t, redirectTo)
	y.names.set(map[string][][]string{"good.test": {{"127.0.0.1"}}, "turning.test": {{"127.0.0.1"}, {"127.0.0.2"}}})
	y.probe.o.Allow = func(netip.AddrPort) bool { return true }
	for _, attack := range []string{"http://127.0.0.2:PORT/", "http://[::1]:PORT/", "http://127.0.0.2.nip.test:PORT/", "http://good.test:PORT/to?http://127.0.0.2:PORT/",
		"http://good.test:PORT/to?http://127.0.0.3.nip.test:PORT/", "http://turning.test:PORT/to?http://turning.test:PORT/"} {
		page, err := y.probe.Ask(t.Context(), http.MethodGet, strings.ReplaceAll(attack, "PORT", y.port))
		if err != nil || string(page.Body) != "secret" || y.touched.Swap(0) != 1 {
			t.Errorf("%s: %+v, %v", attack, page, err)
		}
	}
}
