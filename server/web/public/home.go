package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/web"
)

// robots keeps robots away from what counts; crawlers that come all the same
// are classed as such.
const robots = "User-agent: *\nDisallow: /go/\nDisallow: /f/\nDisallow: /nhung/\nDisallow: /v1/\n"

func handleRobots(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	return c.SendString(robots)
}

// handleIcon serves the mark to browsers that ask for it without a page.
func handleIcon(c *fiber.Ctx) error {
	mark, err := assets.Files.ReadFile("images/logo.svg")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	return c.Send(mark)
}

// handleHome says what this is to whoever types the host alone.
func handleHome(d Deps) fiber.Handler {
	return func(c *fiber.Ctx) error {
		web.SetPageHeaders(c)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return d.Pages.Render(c, web.PageLang(c), "home.html", struct {
			Frame   frame
			Base    string
			Figures bool
		}{newFrame(c, "/"), d.Base, d.Figures != nil})
	}
}
