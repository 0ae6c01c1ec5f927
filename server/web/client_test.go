package web

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// asked is a request of somebody at an address, with a header.
func asked(peer, name, value string) *fasthttp.RequestCtx {
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&fasthttp.Request{}, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(peer)), nil)
	ctx.Request.Header.Set(name, value)
	return ctx
}

func TestProxies_ClientOf(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, row := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "198.51.100.1", "192.0.2.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5", "6.6.6.6, 198.51.100.1, 10.1.1.1", "198.51.100.1"},
		{"10.0.0.1:5", "198.51.100.1, rubbish", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.1,", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:5", "::ffff:198.51.100.1", "198.51.100.1"},
		{"[fd00::1%eth0]:5", "2001:db8::1", "2001:db8::1"},
	} {
		if got := trusted.ClientOf(asked(row.peer, fiber.HeaderXForwardedFor, row.forwarded)); got != netip.MustParseAddr(row.want) {
			t.Errorf("%s for %q: %s, want %s", row.peer, row.forwarded, got, row.want)
		}
	}
}

// Whatever is forwarded, the client is the peer or an address that the last
// proxy named, and no proxy itself.
func FuzzClientOf(f *testing.F) {
	for _, s := range []string{"", "198.51.100.1", "6.6.6.6, 198.51.100.1", ",", "::1%eth0", "::ffff:10.0.0.1", "[::1]:80", "1.2.3.4:80", "unknown"} {
		f.Add(s)
	}
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	peer := netip.MustParseAddr("10.0.0.1")
	f.Fuzz(func(t *testing.T, forwarded string) {
		ctx := asked("10.0.0.1:5", fiber.HeaderXForwardedFor, forwarded)
		got := trusted.ClientOf(ctx)
		named := slices.ContainsFunc(strings.Split(string(ctx.Request.Header.Peek(fiber.HeaderXForwardedFor)), ","), func(hop string) bool {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			return err == nil && a.Unmap().WithZone("") == got
		})
		if got != peer && (!named || trusted.contain(got) || got.Zone() != "" || got.Is4In6()) {
			t.Errorf("%q: %s", forwarded, got)
		}
	})
}

var accepted = map[string]string{"": "vi", "en": "en", "en-US,en;q=0.9,vi;q=0.8": "en", "vi-VN, en;q=0.5": "vi", "en;q=0": "vi", "fr": "vi", "EN": "en", "en;q=NaN": "vi", "vi;q=0.1, en;q=0.2": "en"}

func TestHeaderLang(t *testing.T) {
	for s, want := range accepted {
		if got := headerLang(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func headerLang(accepted string) string {
	app := fiber.New()
	c := app.AcquireCtx(asked("192.0.2.1:5", fiber.HeaderAcceptLanguage, accepted))
	defer app.ReleaseCtx(c)
	return HeaderLang(c)
}

// Whatever a browser prefers, it gets one of the two languages.
func FuzzHeaderLang(f *testing.F) {
	for s := range accepted {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accepted string) {
		if got := headerLang(accepted); got != "vi" && got != "en" {
			t.Errorf("%q: %q", accepted, got)
		}
	})
}
