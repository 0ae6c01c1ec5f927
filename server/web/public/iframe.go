package public

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"lensan/server/badge"
	"lensan/server/referral"
	"lensan/server/web"
)

const iframeStyle = `html,body{margin:0;padding:0;background:transparent}a{display:block}img{display:block;max-width:100%;height:auto}a:focus-visible{outline:3px solid #1f5fa8;outline-offset:-3px}`

// iframeHandler answers GET /f/{code}: the badge as a page of its own, for
// systems that let nothing else in. Any site may frame it; it holds one link.
func iframeHandler(d Deps) fiber.Handler {
	ownHost := hostOf(d.Base)
	csp := "default-src 'none'; img-src 'self'; style-src " + web.CSPHash(iframeStyle) + "; base-uri 'none'; form-action 'none'"
	return func(c *fiber.Ctx) error {
		link, err := d.find(c.Params("code"))
		if err != nil {
			return err
		}
		o := badgeOptions(c)
		width, height := badge.Size(o)
		if host, own := pageHost(c, ownHost); !own && c.Context().IsGet() {
			d.Views.Add(link, referral.DayOf(d.Now()), host, 0, 1)
		}
		c.Set(fiber.HeaderContentSecurityPolicy, csp)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
		c.Set(fiber.HeaderCacheControl, evergreen)
		return d.Pages.Render(c, o.Lang, "iframe.html", struct {
			Style         template.CSS
			Code          referral.Code
			Query         template.URL
			Width, Height int
		}{iframeStyle, link.Code, template.URL(badgeQuery(o)), width, height})
	}
}

// badgeQuery returns the query that asks for a look, "" for the default one.
func badgeQuery(o badge.Options) string {
	switch {
	case o.Style == "button" && o.Lang == "en":
		return "?style=button&lang=en"
	case o.Style == "button":
		return "?style=button"
	case o.Lang == "en":
		return "?lang=en"
	}
	return ""
}
