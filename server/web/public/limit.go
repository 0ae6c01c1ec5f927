package public

import (
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"lensan/server/web"
)

// viewsPerMinute is what one address may report. Carriers put whole districts
// behind one address, so it is far above what a crowd of readers sends.
const viewsPerMinute = 1200

func limitViews(proxies web.Proxies) fiber.Handler {
	return limiter.New(limiter.Config{
		Max:          viewsPerMinute,
		Expiration:   time.Minute,
		KeyGenerator: func(c *fiber.Ctx) string { return network(proxies.Client(c)) },
		LimitReached: func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusTooManyRequests) },
	})
}

// How many reports of codes are taken in an hour: of one address, behind which
// a whole district may be, and of all.
const (
	reportsOfOne = 20
	reportsOfAll = 500
)

// limitReports counts reports that were kept: a slip in the form costs nothing.
func limitReports(most int, key func(*fiber.Ctx) string, refuse fiber.Handler) fiber.Handler {
	return limiter.New(limiter.Config{Max: most, Expiration: time.Hour, KeyGenerator: key, LimitReached: refuse, SkipFailedRequests: true})
}

// network returns what stands for one subscriber: an IPv4 address, or the
// first 64 bits of an IPv6 one, of which a subscriber has 2^64.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
