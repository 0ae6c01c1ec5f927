package public

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/badge"
	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

// emptyBadge is sent with 404: browsers show the body of a failed image, and
// nothing is better on somebody's page than a broken picture.
const emptyBadge = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="72" viewBox="0 0 240 72"></svg>`

// badges answers GET /b/{code}.svg and .png. The picture is the same for all
// codes; the code says where it was shown.
type badges struct {
	d       Deps
	files   *rendered
	ownHost string
}

func (b *badges) handle(c *fiber.Ctx) error {
	name, extension, _ := strings.Cut(c.Params("file"), ".")
	if extension != "svg" && extension != "png" {
		return fiber.ErrNotFound
	}
	links := b.d.Links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	code, err := referral.ParseCode(name)
	link := links.Find(code)
	if err != nil || link == nil {
		c.Status(fiber.StatusNotFound)
		c.Set(fiber.HeaderCacheControl, "public, max-age=60")
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set("Cross-Origin-Resource-Policy", "cross-origin")
		c.Set(fiber.HeaderContentType, "image/svg+xml")
		return c.SendString(emptyBadge)
	}
	o := badgeOptions(c)
	key := utils.CopyString(extension) + " " + o.Style + " " + o.Lang + " " + string(rune('0'+o.Scale))
	f, err := b.files.get(key, func() (file, error) { return drawBadge(b.d.Pages.Text(o.Lang), key[:3], o) })
	if err != nil {
		return err
	}
	if host, own := pageHost(c, b.ownHost); !own && c.Context().IsGet() {
		b.d.Views.Add(link, referral.DayOf(b.d.Now()), host, 0, 1)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'")
	return f.send(c, evergreen)
}

// badgeOptions reads ?style=, lang= and scale=. What is not known is left at
// its default, so that no portal ever shows a broken picture.
func badgeOptions(c *fiber.Ctx) badge.Options {
	o := badge.Options{Style: "badge", Lang: web.PageLang(c), Scale: 1}
	if c.Query("style") == "button" {
		o.Style = "button"
	}
	switch c.Query("scale") {
	case "2":
		o.Scale = 2
	case "3":
		o.Scale = 3
	}
	return o
}

func drawBadge(l *text.Language, extension string, o badge.Options) (file, error) {
	texts := badge.Texts{Line1: l.T("public.badge.line1"), Line2: l.T("public.badge.line2"), Alt: l.T("snippet.alt")}
	if extension == "png" {
		body, err := badge.PNG(texts, o)
		return newFile(body, "image/png"), err
	}
	body, err := badge.SVG(texts, o)
	return newFile(body, "image/svg+xml"), err
}
