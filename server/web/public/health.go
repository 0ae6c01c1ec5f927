package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// Check is one thing that must work before clicks can be answered and kept, or
// that does so best.
type Check struct {
	Name string // "links", "journal", "shared_journal": what /readyz says
	Err  func() error
}

// handleHealth says that the process is alive.
func handleHealth(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// handleReady answers 200 when all checks pass, else 503 and the names of
// those that do not. What is merely degraded is named either way. Why is in the
// log, not in public.
func handleReady(links *referral.LinkTable, checks, degraded []Check) fiber.Handler {
	failing := func(names []string, checks []Check) []string {
		for _, check := range checks {
			if check.Err() != nil {
				names = append(names, check.Name)
			}
		}
		return names
	}
	return func(c *fiber.Ctx) error {
		missing := []string{}
		if links.Load() == nil {
			missing = append(missing, "links")
		}
		missing = failing(missing, checks)
		c.Set(fiber.HeaderCacheControl, "no-store")
		if len(missing) > 0 {
			c.Status(fiber.StatusServiceUnavailable)
		}
		return c.JSON(struct {
			Ready    bool     `json:"ready"`
			NotReady []string `json:"not_ready"`
			Degraded []string `json:"degraded"`
		}{len(missing) == 0, missing, failing([]string{}, degraded)})
	}
}
