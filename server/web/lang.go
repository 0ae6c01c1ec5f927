package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// PageLang returns the language of a page: ?lang=en, else Vietnamese. There is
// no cookie for it.
func PageLang(c *fiber.Ctx) string {
	if c.Query("lang") == "en" {
		return "en"
	}
	return "vi"
}

// HeaderLang returns the language that Accept-Language prefers of the two that
// exist; Vietnamese if it does not say.
func HeaderLang(c *fiber.Ctx) string {
	best, bestQ := "vi", 0.0
	for _, part := range strings.Split(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if parsed, err := strconv.ParseFloat(v, 64); err == nil {
				q = parsed
			}
		}
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (base == "vi" || base == "en") && q > bestQ {
			best, bestQ = base, q
		}
	}
	return best
}
