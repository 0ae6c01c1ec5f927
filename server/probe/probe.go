package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"lensan/server/referral"
)

const (
	maxRedirects = 5
	maxHeader    = 64 << 10
	// MaxBody is the size in bytes up to which a page is read, unpacked.
	MaxBody = 1 << 20
	// MaxWire is how many bytes are taken from one connection at most: headers,
	// trailers, encryption and whatever else comes besides the page.
	MaxWire = 2 << 20
	// MaxTime is how long a fetch takes at most, redirects included, once it is
	// its turn.
	MaxTime = 8 * time.Second
	// HostPause is how long a host is left alone after each fetch.
	HostPause = 200 * time.Millisecond
)

// Options are what a caller may exchange.
type Options struct {
	Contact string // where to ask about the fetches: the base URL; part of the User-Agent
	// Allow lets tests, and operators who name them, reach addresses and ports
	// that are refused otherwise.
	Allow     func(netip.AddrPort) bool
	Resolver  *net.Resolver
	MaxTime   time.Duration  // 0 stands for MaxTime
	HostPause time.Duration  // 0 stands for HostPause
	Roots     *x509.CertPool // nil: those of the system
}

// Probe fetches pages, at most one at a time from each host. It is safe for use
// by many goroutines.
type Probe struct {
	o         Options
	transport *http.Transport
	hosts     gates
}

// Page is what was found at an address.
type Page struct {
	URL     string // after redirects
	Status  int
	Header  http.Header
	Body    []byte
	Expires time.Time // of the certificate, zero without encryption
}

// New returns a Probe that keeps no connection, no cookie and uses no proxy.
func New(o Options) *Probe {
	if o.MaxTime == 0 {
		o.MaxTime = MaxTime
	}
	if o.HostPause == 0 {
		o.HostPause = HostPause
	}
	p := &Probe{o: o, hosts: gates{pause: o.HostPause}}
	dialer := &net.Dialer{Timeout: o.MaxTime, Resolver: o.Resolver, Control: p.control}
	p.transport = &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &metered{Conn: c, left: MaxWire}, nil
		},
		TLSClientConfig: &tls.Config{RootCAs: o.Roots}, DisableKeepAlives: true, TLSHandshakeTimeout: o.MaxTime,
		ResponseHeaderTimeout: o.MaxTime, MaxResponseHeaderBytes: maxHeader,
	}
	return p
}

// control is asked with the address that a name was resolved to, right before
// the connection: a name that changes its mind in between gains nothing.
func (p *Probe) control(network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errAddress, err)
	}
	if p.o.Allow != nil && p.o.Allow(at) {
		return nil
	}
	if network != "tcp4" && network != "tcp6" || at.Port() != 80 && at.Port() != 443 || !public(at.Addr()) {
		return errAddress
	}
	return nil
}

// Fetch returns the page of HTML at an http(s) address whose host mayAsk
// allows, and so for each redirect. Errors are ErrInvalid with a text that says
// what was wrong with the address or the answer; a status other than 200 is none.
func (p *Probe) Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (Page, error) {
	page, err := p.follow(ctx, http.MethodGet, address, mayAsk)
	if err == nil && len(page.Body) > MaxBody {
		return Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_size")
	}
	return page, err
}

// Ask is Fetch from any public host, by GET or by HEAD, that takes any media
// type and of a page longer than MaxBody its beginning. A HEAD, or a page that
// is no HTML, has no body.
func (p *Probe) Ask(ctx context.Context, method, address string) (Page, error) {
	page, err := p.follow(ctx, method, address, nil)
	page.Body = page.Body[:min(len(page.Body), MaxBody)]
	return page, err
}

// follow asks an address and follows its redirects, at each host when it is its
// turn. mayAsk nil allows all hosts and media types.
func (p *Probe) follow(ctx context.Context, method, address string, mayAsk func(string) bool) (Page, error) {
	at, err := p.check(address, mayAsk)
	if err != nil {
		return Page{}, err
	}
	leave, err := p.hosts.enter(ctx, hostOf(at))
	if err != nil {
		return Page{}, explain(err)
	}
	defer func() { leave() }()
	ctx, cancel := context.WithTimeout(ctx, p.o.MaxTime)
	defer cancel()
	for range maxRedirects + 1 {
		page, next, err := p.once(ctx, method, at, mayAsk != nil)
		if err != nil || next == nil {
			return page, err
		}
		if next, err = p.check(next.String(), mayAsk); err != nil {
			return Page{}, err
		}
		if hostOf(next) != hostOf(at) {
			leave()
			if leave, err = p.hosts.enter(ctx, hostOf(next)); err != nil {
				leave = func() {}
				return Page{}, explain(err)
			}
		}
		at = next
	}
	return Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_redirects")
}

// once asks an address once; next is where it redirects to, or nil.
func (p *Probe) once(ctx context.Context, method string, at *url.URL, htmlOnly bool) (page Page, next *url.URL, err error) {
	request, err := http.NewRequestWithContext(ctx, method, at.String(), nil)
	if err != nil {
		return page, nil, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	request.Header.Set("User-Agent", p.agent())
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.1")
	request.Header.Set("Accept-Language", "vi,en;q=0.5")
	answer, err := p.transport.RoundTrip(request)
	if err != nil {
		return page, nil, explain(err)
	}
	defer answer.Body.Close()
	if isRedirect(answer.StatusCode) {
		if next, err = answer.Location(); err == nil {
			return page, next, nil
		}
	}
	page = Page{URL: at.String(), Status: answer.StatusCode, Header: answer.Header}
	if answer.TLS != nil {
		page.Expires = answer.TLS.PeerCertificates[0].NotAfter
	}
	if media := answer.Header.Get("Content-Type"); media != "" && !strings.Contains(strings.ToLower(media), "html") {
		if htmlOnly {
			return Page{}, nil, referral.Errorf(referral.ErrInvalid, "error.probe_type")
		}
		return page, nil, nil
	}
	if page.Body, err = io.ReadAll(io.LimitReader(answer.Body, MaxBody+1)); err != nil {
		return Page{}, nil, explain(err)
	}
	return page, nil, nil
}

func (p *Probe) agent() string { return "LenSan-Check/1.0 (+" + p.o.Contact + ")" }

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func hostOf(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") }

// check refuses what no page looks like before anything is resolved.
func (p *Probe) check(address string, mayAsk func(host string) bool) (*url.URL, error) {
	at, err := url.Parse(strings.TrimSpace(address))
	if err != nil || at.Scheme != "https" && at.Scheme != "http" || at.Hostname() == "" || at.User != nil || at.Opaque != "" {
		return nil, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	if host := strings.ToLower(at.Hostname()); mayAsk != nil && !mayAsk(host) {
		return nil, referral.Errorf(referral.ErrForbidden, "error.probe_host", "host", host)
	}
	if port := at.Port(); p.o.Allow == nil && port != "" && port != "80" && port != "443" {
		return nil, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	at.Fragment, at.RawFragment = "", ""
	return at, nil
}
