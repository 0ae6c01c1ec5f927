package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// Check is one thing that must work before clicks can be answered and kept.
type Check struct {
	Name string // "links", "journal": what /readyz says
	Err  func() error
}

// handleHealth says that the process is alive.
func handleHealth(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// handleReady answers 200 when all checks pass, else 503 and the names of
// those that do not. Why is in the log, not in public.
func handleReady(links *referral.LinkTable, checks []Check) fiber.Handler {
	return func(c *fiber.Ctx) error {
		missing := []string{}
		if links.Load() == nil {
			missing = append(missing, "links")
		}
		for _, check := range checks {
			if check.Err() != nil {
				missing = append(missing, check.Name)
			}
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		if len(missing) > 0 {
			c.Status(fiber.StatusServiceUnavailable)
		}
		return c.JSON(struct {
			Ready    bool     `json:"ready"`
			NotReady []string `json:"not_ready"`
		}{len(missing) == 0, missing})
	}
}
