package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// ViewRecorder counts how often badges were seen and their pictures fetched.
type ViewRecorder interface {
	// Add adds to the counts of a placement's badge on a day. host is the page's,
	// "" if it did not say, and is the recorder's to keep.
	Add(link *referral.Link, day referral.Day, host string, views, loads int64)
}

// pageHost returns the host of the page that sent a request, by Origin or else
// Referer: "" if neither says, and own is true for a page of our own.
func pageHost(c *fiber.Ctx, ownHost string) (host string, own bool) {
	header := &c.Context().Request.Header
	var buf [referral.MaxReferrer]byte
	found := appendHost(buf[:0], header.Peek(fiber.HeaderOrigin))
	if len(found) == 0 {
		found = appendHost(buf[:0], header.Referer())
	}
	return string(found), len(found) > 0 && string(found) == ownHost
}
