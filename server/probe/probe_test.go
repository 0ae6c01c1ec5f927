package probe

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

func anyHost(string) bool { return true }

func TestFetch_refusedAddresses(t *testing.T) {
	p := New(Options{Contact: "https://len.example.vn", MaxTime: 10 * time.Second, HostPause: time.Millisecond})
	for _, address := range []string{
		"", "x", "//10.0.0.1/", "ftp://1.1.1.1/", "file:///etc/passwd", "gopher://1.1.1.1/", "javascript:alert(1)", "https:1.1.1.1", "http://", "https://user:pw@1.1.1.1/",
		"http://1.1.1.1:22/", "http://1.1.1.1:8080/", "https://1.1.1.1:0/", "http://[2606:4700:4700::1111]:25/",
		"http://127.0.0.1/", "http://127.255.255.254/", "http://localhost/", "http://0.0.0.0/", "http://0.1.2.3/", "http://10.0.0.1/", "http://10.255.255.255/",
		"http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://100.127.255.255/",
		"http://192.0.0.1/", "http://192.0.2.1/", "http://192.88.99.1/", "http://198.18.0.1/", "http://198.19.255.255/", "http://198.51.100.1/", "http://203.0.113.9/",
		"http://224.0.0.1/", "http://239.255.255.250/", "http://240.0.0.1/", "http://255.255.255.255/",
		"http://[::]/", "http://[::1]/", "http://[::127.0.0.1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a00:1]/", "http://[::ffff:169.254.169.254]/",
		"http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/",
		"http://[2001::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/",
		"http://[fec0::1]/", "http://[ff02::1]/", "http://[100::1]/", "http://[5f00::1]/",
		"http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://127.1/",
	} {
		t.Run(address, func(t *testing.T) {
			_, err := p.Fetch(t.Context(), address, anyHost)
			if !errors.Is(err, referral.ErrInvalid) {
				t.Fatalf("%v", err)
			}
			if netipHost(address) && !errors.Is(err, errAddress) {
				t.Errorf("not refused by its address: %v", err)
			}
		})
	}
}

// netipHost reports whether an address of port 80 is one that only the check at
// connect time can refuse.
func netipHost(address string) bool {
	host := strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/")
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && strings.HasPrefix(address, "http://")
}

func TestPublic_allowed(t *testing.T) {
	for _, s := range []string{"1.1.1.1", "113.160.0.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "::ffff:113.160.0.1", "2405:4800::1", "2606:4700:4700::1111"} {
		if !public(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is allowed")
	}
}

// site is a server that only tests may reach.
func site(t *testing.T, handle http.HandlerFunc) (address string, p *Probe) {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	own := netip.MustParseAddrPort(s.Listener.Addr().String())
	return s.URL, New(Options{Contact: "https://len.example.vn", MaxTime: patience, HostPause: time.Millisecond, Allow: func(a netip.AddrPort) bool { return a == own }})
}

func TestFetch_page(t *testing.T) {
	address, p := site(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "LenSan-Check/1.0 (+https://len.example.vn)" {
			t.Errorf("User-Agent %q", got)
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "img-src 'self'")
		fmt.Fprint(w, "<p>Chào</p>")
	})
	page, err := p.Fetch(t.Context(), address+"/a", anyHost)
	if err != nil || page.Status != 200 || string(page.Body) != "<p>Chào</p>" || page.URL != address+"/a" || page.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%+v, %v", page, err)
	}
	asked := ""
	if _, err := p.Fetch(t.Context(), address, func(host string) bool { asked = host; return false }); !errors.Is(err, referral.ErrForbidden) || asked != "127.0.0.1" {
		t.Errorf("another host: %v, asked for %q", err, asked)
	}
}

func TestFetch_answersThatAreRefused(t *testing.T) {
	big := strings.Repeat("x", 1<<16)
	address, p := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		case "/port":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case "/scheme":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
		case "/big":
			for range 20 {
				io.WriteString(w, big)
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				io.WriteString(z, big)
			}
			z.Close()
		case "/slow":
			<-r.Context().Done()
		}
	})
	for path, key := range map[string]string{
		"/inside": "error.probe_private", "/port": "error.probe_private", "/scheme": "error.probe_address", "/round": "error.probe_redirects",
		"/picture": "error.probe_type", "/big": "error.probe_size", "/bomb": "error.probe_size", "/slow": "error.probe_time",
	} {
		if p.o.MaxTime = patience; key == "error.probe_time" {
			p.o.MaxTime = 200 * time.Millisecond
		}
		_, err := p.Fetch(t.Context(), address+path, anyHost)
		var told *referral.Error
		if !errors.As(err, &told) || told.Key != key {
			t.Errorf("%s: %v, want %s", path, err, key)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Fetch(ended, address, anyHost); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("after the end: %v", err)
	}
}
