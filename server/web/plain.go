package web

import "github.com/gofiber/fiber/v2"

// Plain refuses a request whose body is packed (Content-Encoding): no browser
// packs a form, and a small one could unpack to more than there is memory.
func Plain(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}
