package public

import (
	"strconv"
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
	if extension == "svg" {
		o.Scale = 1 // has no say there
	}
	words := b.d.Pages.Text(o.Lang).Fixed()
	key := strings.Join([]string{utils.CopyString(extension), o.Style, o.Lang, o.Theme, o.Size, strconv.Itoa(o.Scale), strconv.FormatInt(words.Version(), 10)}, " ")
	f, err := b.files.get(key, func() (file, error) { return drawBadge(words, key[:3], o) })
	if err != nil {
		return err
	}
	if host, own := pageHost(c, b.ownHost); !own && c.Context().IsGet() {
		b.d.Views.Add(link, referral.DayOf(b.d.Now()), host, 0, 1)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'")
	return f.send(c, evergreen)
}

// badgeOptions reads ?style=, lang=, theme=, size= and scale=. A value that is
// not known, also theme=auto, which pictures cannot follow, is the default: no
// portal ever shows a broken picture for the sake of a parameter.
func badgeOptions(c *fiber.Ctx) badge.Options {
	o := badge.Options{
		Lang:  web.PageLang(c),
		Style: oneOf([]string{"badge", "button", "card"}, c.Query("style")),
		Theme: oneOf([]string{"light", "dark"}, c.Query("theme")),
		Size:  oneOf([]string{"m", "s", "l"}, c.Query("size")),
		Scale: 1,
	}
	switch c.Query("scale") {
	case "2":
		o.Scale = 2
	case "3":
		o.Scale = 3
	}
	return o
}

// badgeTexts returns the words on a style in a language.
func badgeTexts(l *text.Language, style string) badge.Texts {
	t := badge.Texts{Alt: l.T("snippet.alt")}
	switch style {
	case "button":
		t.Line1 = l.T("badge.button")
	case "card":
		t.Line1, t.Figure, t.Note, t.Action = l.T("badge.button"), l.T("badge.figure"), l.T("badge.note"), l.T("badge.action")
	default:
		t.Line1, t.Line2 = l.T("badge.line1"), l.T("badge.line2")
	}
	return t
}

func drawBadge(l *text.Language, extension string, o badge.Options) (file, error) {
	texts := badgeTexts(l, o.Style)
	if extension == "png" {
		body, err := badge.PNG(texts, o)
		return newFile(body, "image/png"), err
	}
	body, err := badge.SVG(texts, o)
	return newFile(body, "image/svg+xml"), err
}
