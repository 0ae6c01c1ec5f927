package health

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/server/probe"
	"lensan/server/testkit"
)

func loopback(at netip.AddrPort) bool { return at.Addr().IsLoopback() }

// newProbe waits for an answer as long as the busiest machine may take, if o
// says nothing else.
func newProbe(o probe.Options) *probe.Probe {
	if o.MaxTime == 0 {
		o.MaxTime = 30 * time.Second
	}
	o.Contact, o.HostPause = "https://len.example.vn", time.Millisecond
	return probe.New(o)
}

// noNames starts a name server that knows no name at all.
func noNames(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		message := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(message)
			if err != nil {
				return
			}
			message[2], message[3] = message[2]|0x80, 3 // an answer: no such name (RFC 1035, 4.1.1)
			conn.WriteTo(message[:n], from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

const longPage = "<title>Sàn nông sản</title>" + "<p>Đăng ký bán hàng: bà con chuẩn bị giấy tờ, ảnh sản phẩm và số điện thoại.</p>"

func page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(body + strings.Repeat(longPage, 10)))
}

func TestLook(t *testing.T) {
	var mu sync.Mutex
	var methods []string
	asked := func() (all string) {
		mu.Lock()
		defer mu.Unlock()
		all, methods = strings.Join(methods, " "), nil
		return all
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page(w, "") }))
	t.Cleanup(other.Close)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		methods = append(methods, r.Method)
		mu.Unlock()
		switch r.URL.Path {
		case "/":
			page(w, "")
		case "/no-head":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			page(w, "")
		case "/head-closes":
			if r.Method == http.MethodHead {
				panic(http.ErrAbortHandler)
			}
			page(w, "")
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/503":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/403":
			w.WriteHeader(http.StatusForbidden)
		case "/soft":
			page(w, "<h1>Trang không tồn tại</h1>")
		case "/pdf":
			w.Header().Set("Content-Type", "application/pdf")
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/home":
			http.Redirect(w, r, "/", http.StatusMovedPermanently)
		case "/away":
			http.Redirect(w, r, other.URL+"/", http.StatusFound)
		case "/slow":
			<-r.Context().Done()
		case "/hangs-up":
			panic(http.ErrAbortHandler)
		case "/inside":
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	site.Config.ErrorLog = nil
	t.Cleanup(site.Close)
	p, hasty := newProbe(probe.Options{Allow: loopback, Resolver: noNames(t)}), newProbe(probe.Options{Allow: loopback, MaxTime: 300 * time.Millisecond})
	host := strings.TrimPrefix(site.URL, "http://")
	for path, want := range map[string]Reason{"/": Fine, "/no-head": Fine, "/head-closes": Fine, "/none": Missing, "/gone": Missing, "/503": Failing, "/403": Guarded, "/soft": SoftError,
		"/pdf": Fine, "/round": Looping, "/home": Fine, "/away": Moved, "/slow": Slow, "/hangs-up": Unreachable, "/inside": Private} {
		asked()
		by := p
		if want == Slow {
			by = hasty
		}
		if r := look(t.Context(), by, site.URL+path, host, time.Now); r.Reason != want {
			t.Errorf("%s: %+v, want %s", path, r, want)
		}
		if methods := asked(); path == "/" && methods != "HEAD GET" || path == "/pdf" && methods != "HEAD" {
			t.Errorf("%s: asked by %s", path, methods)
		}
	}
	if r := look(t.Context(), p, "http://"+testkit.FreeAddress(t), "", time.Now); r.Reason != Unreachable {
		t.Errorf("a closed port: %+v", r)
	}
	if r := look(t.Context(), p, "https://khong-co.invalid/", "", time.Now); r.Reason != Name {
		t.Errorf("a name that does not exist: %+v", r)
	}
	if r := look(t.Context(), newProbe(probe.Options{}), site.URL, "", time.Now); r.Reason != Private {
		t.Errorf("a private address: %+v", r)
	}
}

// secure serves a page with a certificate that ends at a time.
func secure(t *testing.T, ends time.Time) (address string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: ends, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page(w, "") }))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	roots = x509.NewCertPool()
	roots.AddCert(made)
	return s.URL, roots
}

func TestLook_certificates(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	for name, c := range map[string]struct {
		ends    time.Time
		trusted bool
		want    Reason
	}{
		"long to go":    {now.AddDate(0, 3, 0), true, Fine},
		"soon over":     {now.AddDate(0, 0, 5), true, Expiring},
		"over":          {now.Add(-time.Hour), true, Certificate},
		"of a stranger": {now.AddDate(0, 3, 0), false, Certificate},
	} {
		address, roots := secure(t, c.ends)
		if !c.trusted {
			roots = x509.NewCertPool()
		}
		r := look(t.Context(), newProbe(probe.Options{Allow: loopback, Roots: roots}), address, "", time.Now)
		if r.Reason != c.want || c.want != Certificate && !r.Expires.Equal(c.ends) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
