package bench

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
)

// ServeBare serves what a redirect costs at the least: Fiber with the real
// server's configuration and one handler, which answers any request with a 302
// to location and the real one's headers. It returns when ctx ends.
func ServeBare(ctx context.Context, config fiber.Config, listen, location string) error {
	app := fiber.New(config)
	app.Use(func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderLocation, location)
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer-when-downgrade")
		c.Status(fiber.StatusFound)
		return nil
	})
	served := make(chan error, 1)
	go func() { served <- app.Listen(listen) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return errors.Join(app.ShutdownWithTimeout(5*time.Second), <-served)
	}
}
