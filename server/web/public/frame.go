package public

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/web"
)

// frame is what the header of every page with styles needs.
type frame struct {
	Here      string // "/kiem-tra": the entry of the navigation that is current
	OtherLang string // "vi" or "en"
	OtherURL  string // this page in the other language
	LangQuery string // "?lang=en" or "": to be added to addresses without a query
}

func newFrame(c *fiber.Ctx, here string) frame {
	f := frameIn(web.PageLang(c), here)
	for _, name := range []string{"ma", "serial"} {
		if q := strings.TrimSpace(c.Query(name)); q != "" && len(q) <= maxTyped {
			f.OtherURL += "&" + name + "=" + url.QueryEscape(q)
		}
	}
	return f
}

// frameIn is the frame of a page that asks for nothing.
func frameIn(lang, here string) frame {
	if lang == "en" {
		return frame{Here: here, OtherLang: "vi", OtherURL: "?lang=vi", LangQuery: "?lang=en"}
	}
	return frame{Here: here, OtherLang: "en", OtherURL: "?lang=en"}
}
