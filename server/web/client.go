package web

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Proxies are the addresses whose X-Forwarded-* headers are believed.
type Proxies []netip.Prefix

func (p Proxies) contain(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// Client returns the address of whoever made the request: the peer, or, if
// that is a trusted proxy, the last address in X-Forwarded-For that is not one.
func (p Proxies) Client(c *fiber.Ctx) netip.Addr { return p.ClientOf(c.Context()) }

// ClientOf is Client beneath Fiber.
func (p Proxies) ClientOf(ctx *fasthttp.RequestCtx) netip.Addr {
	peer := peerAddr(ctx)
	if len(p) == 0 || !p.contain(peer) {
		return peer
	}
	hops := strings.Split(string(ctx.Request.Header.Peek(fiber.HeaderXForwardedFor)), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return peer
		}
		if a = a.Unmap().WithZone(""); !p.contain(a) {
			return a
		}
	}
	return peer
}

func peerAddr(ctx *fasthttp.RequestCtx) netip.Addr {
	if c, ok := ctx.Conn().(*calmConn); ok {
		return c.peer
	}
	return addrOf(ctx.RemoteAddr())
}

func addrOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
