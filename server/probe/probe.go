package probe

import (
	"context"
	"errors"
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
	// MaxTime is how long a fetch takes at most, redirects included.
	MaxTime = 8 * time.Second
)

// Options are what a caller may exchange.
type Options struct {
	Contact string // where to ask about the fetches: the base URL; part of the User-Agent
	// Allow lets tests reach addresses and ports that are refused otherwise.
	Allow    func(netip.AddrPort) bool
	Resolver *net.Resolver
	MaxTime  time.Duration // 0 stands for MaxTime
}

// Probe fetches pages. It is safe for use by many goroutines.
type Probe struct {
	o      Options
	client http.Client
}

// Page is what was found at an address.
type Page struct {
	URL    string // after redirects
	Status int
	Header http.Header
	Body   []byte
}

var errAddress = errors.New("not a public address")

// New returns a Probe that keeps no connection and uses no proxy.
func New(o Options) *Probe {
	if o.MaxTime == 0 {
		o.MaxTime = MaxTime
	}
	p := &Probe{o: o}
	dialer := &net.Dialer{Timeout: o.MaxTime, Resolver: o.Resolver, Control: p.control}
	p.client.Transport = &http.Transport{
		DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: o.MaxTime,
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

// Fetch returns the page at an http(s) address whose host mayAsk allows, and
// so for each redirect. Errors are ErrInvalid with a text that says what was
// wrong with the address or the answer; a status other than 200 is none.
func (p *Probe) Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (Page, error) {
	ctx, cancel := context.WithTimeout(ctx, p.o.MaxTime)
	defer cancel()
	at, err := p.check(address, mayAsk)
	if err != nil {
		return Page{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	request.Header.Set("User-Agent", "LenSan-Check/1.0 (+"+p.o.Contact+")")
	request.Header.Set("Accept", "text/html,application/xhtml+xml")
	client := p.client
	client.CheckRedirect = func(next *http.Request, passed []*http.Request) error {
		if len(passed) > maxRedirects {
			return referral.Errorf(referral.ErrInvalid, "error.probe_redirects")
		}
		next.Header.Del("Referer")
		_, err := p.check(next.URL.String(), mayAsk)
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return Page{}, explain(err)
	}
	defer answer.Body.Close()
	page := Page{URL: answer.Request.URL.String(), Status: answer.StatusCode, Header: answer.Header}
	if media := answer.Header.Get("Content-Type"); media != "" && !strings.Contains(strings.ToLower(media), "html") {
		return Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_type")
	}
	if page.Body, err = io.ReadAll(io.LimitReader(answer.Body, MaxBody+1)); err != nil {
		return Page{}, explain(err)
	}
	if len(page.Body) > MaxBody {
		return Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_size")
	}
	return page, nil
}

// check refuses what no portal's page looks like before anything is resolved.
func (p *Probe) check(address string, mayAsk func(host string) bool) (*url.URL, error) {
	at, err := url.Parse(strings.TrimSpace(address))
	if err != nil || at.Scheme != "https" && at.Scheme != "http" || at.Hostname() == "" || at.User != nil || at.Opaque != "" {
		return nil, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	if host := strings.ToLower(at.Hostname()); !mayAsk(host) {
		return nil, referral.Errorf(referral.ErrForbidden, "error.probe_host", "host", host)
	}
	if port := at.Port(); p.o.Allow == nil && port != "" && port != "80" && port != "443" {
		return nil, referral.Errorf(referral.ErrInvalid, "error.probe_address")
	}
	return at, nil
}

// explain turns an error of the network into one that says no more than
// whoever asked may know.
func explain(err error) error {
	var told *referral.Error
	var timeout net.Error
	switch {
	case errors.As(err, &told):
		return told
	case errors.Is(err, errAddress):
		return errors.Join(referral.Errorf(referral.ErrInvalid, "error.probe_private"), err)
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return errors.Join(referral.Errorf(referral.ErrInvalid, "error.probe_time"), err)
	}
	return errors.Join(referral.Errorf(referral.ErrInvalid, "error.probe_unreachable"), err)
}
