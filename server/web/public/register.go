package public

import "github.com/gofiber/fiber/v2"

// Register mounts the public addresses. It must come before every other
// handler of the application: the redirects' way is the first to look at a
// request and lets all others pass.
func Register(app *fiber.App, d Deps) error {
	app.Use(newGate(d).handle)

	verify := &verifier{d}
	app.Get("/", handleHome(d))
	app.Get("/kiem-tra", verify.handle)
	app.Get("/kiem-tra/:code", verify.handle)
	app.Get("/robots.txt", handleRobots)
	app.Get("/healthz", handleHealth)
	app.Get("/readyz", handleReady(d.Links, d.Ready))
	return nil
}
