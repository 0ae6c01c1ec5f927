package public

import (
	_ "embed"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"lensan/server/badge"
	"lensan/server/referral"
	"lensan/server/web"
)

//go:embed html/iframe.css
var iframeStyle string

// Sizes of the card's frame in CSS pixels: a title, a figure and three actions.
const (
	cardFrameWidth, cardFrameHeight = 320, 240
	cardActions                     = 3
)

// iframeHandler answers GET /f/{code}?style=&lang=&theme=&size=: the badge as a
// page of its own and in real text, for systems that let nothing else in. Any
// site may frame it, with scripts, storage and forms forbidden.
func iframeHandler(d Deps) fiber.Handler {
	ownHost := hostOf(d.Base)
	csp := "default-src 'none'; style-src " + web.CSPHash(iframeStyle) + "; base-uri 'none'; form-action 'none'; frame-ancestors *"
	return func(c *fiber.Ctx) error {
		link, err := d.find(c.Params("code"))
		if err != nil {
			return err
		}
		if host, own := pageHost(c, ownHost); !own && c.Context().IsGet() {
			d.Views.Add(link, referral.DayOf(d.Now()), host, 0, 1)
		}
		look := readLook(c)
		data := iframeData{CSS: template.CSS(iframeStyle), Code: link.Code, Style: look.Style, Theme: look.Theme, Size: look.Size}
		if look.Style == "card" {
			data.fill(cardLines(d.Links.Load(), d.Pages.Text(look.Lang)))
		}
		c.Set(fiber.HeaderContentSecurityPolicy, csp)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
		c.Set(fiber.HeaderCacheControl, evergreen)
		return d.Pages.Render(c, look.Lang, "iframe.html", data)
	}
}

type iframeData struct {
	CSS                template.CSS
	Code               referral.Code
	Style, Theme, Size string
	Figure             string
	Actions            []iframeAction
}

type iframeAction struct{ ID, Text string }

func (data *iframeData) fill(lines []cardLine) {
	for _, line := range lines {
		switch {
		case line[0] == "" && data.Figure == "":
			data.Figure = line[1]
		case line[0] != "" && len(data.Actions) < cardActions:
			data.Actions = append(data.Actions, iframeAction{line[0], line[1]})
		}
	}
}

// look is what a webmaster chooses. Its fields are always one of their values.
type look struct {
	Lang  string // "vi", "en"
	Style string // one of looks
	Theme string // "auto", "light", "dark"
	Size  string // "m", "l": one and a half
}

var (
	looks  = []string{"badge", "button", "card"}
	themes = []string{"auto", "light", "dark"}
	sizes  = []string{"m", "l"}
)

func readLook(c *fiber.Ctx) look {
	return look{Lang: web.PageLang(c), Style: oneOf(looks, c.Query("style")), Theme: oneOf(themes, c.Query("theme")), Size: oneOf(sizes, c.Query("size"))}
}

// oneOf returns the value of the list that s is, else the first.
func oneOf(list []string, s string) string {
	for _, v := range list {
		if v == s {
			return v
		}
	}
	return list[0]
}

// scaled applies the size to CSS pixels of the middle one.
func (l look) scaled(width, height int) (int, int) {
	if l.Size == "l" {
		return width * 3 / 2, height * 3 / 2
	}
	return width, height
}

// frameSize is the size of the iframe in CSS pixels.
func (l look) frameSize() (width, height int) {
	if l.Style == "card" {
		return l.scaled(cardFrameWidth, cardFrameHeight)
	}
	return l.scaled(badge.Size(badge.Options{Style: l.Style}))
}

// pictureSize is the size of the picture in CSS pixels.
func (l look) pictureSize() (width, height int) {
	return badge.Size(badge.Options{Style: l.Style, Size: l.Size})
}

// snippets is what the snippets of the look need to know.
func (l look) snippets() web.Look {
	s := web.Look{Style: l.Style}
	s.Width, s.Height = l.pictureSize()
	s.FrameWidth, s.FrameHeight = l.frameSize()
	if l.Theme != themes[0] {
		s.Theme = l.Theme
	}
	if l.Size != sizes[0] {
		s.FrameSize = l.Size
	}
	return s
}

// picture returns the query of the picture, which is scaled by its element.
func (l look) picture() string {
	l.Size = sizes[0]
	return l.query()
}

// query returns "?…" with what differs from the defaults, "" if nothing does.
// Names are in the order of the form.
func (l look) query() string {
	q := ""
	add := func(name, value, standard string) {
		if value == standard {
			return
		}
		if q == "" {
			q = "?"
		} else {
			q += "&"
		}
		q += name + "=" + value
	}
	add("style", l.Style, looks[0])
	add("lang", l.Lang, "vi")
	add("theme", l.Theme, themes[0])
	add("size", l.Size, sizes[0])
	return q
}
