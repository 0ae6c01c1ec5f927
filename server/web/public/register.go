package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// Register mounts the public addresses. It must come before every other
// handler of the application: the redirects' way is the first to look at a
// request and lets all others pass.
func Register(app *fiber.App, d Deps) error {
	g := newGate(d)
	g.hub = func(c *fiber.Ctx, l *referral.Link) error { return c.SendString("hub") }
	g.strays = func(c *fiber.Ctx, typed string) error { return fiber.ErrNotFound }
	app.Use(g.handle)
	return nil
}
