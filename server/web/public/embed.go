package public

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"lensan/server/badge"
	"lensan/server/referral"
	"lensan/server/web"
)

// embeds answers GET /nhung/{code}: what the webmaster of a portal copies.
type embeds struct {
	d       Deps
	scripts *scripts
}

type embedData struct {
	Frame  frame
	Code   referral.Code
	Portal string
	State  string // text key of a warning; "" while the placement is open
	Ways   []embedWay
	Base   string
	OEmbed string
	Width  int
	Height int
}

// embedWay is one way of placing the link: a title, when to choose it (text
// keys), and what to copy.
type embedWay struct {
	ID, Title, Text, Snippet string
	Pinned                   *embedWay // the same with a version that never changes
}

func (e *embeds) handle(c *fiber.Ctx) error {
	link, err := e.d.find(c.Params("code"))
	if err != nil {
		return err
	}
	lang := web.PageLang(c)
	l := e.d.Pages.Text(lang)
	data := embedData{Frame: newFrame(c, "/nhung"), Code: link.Code, Portal: link.Portal.Name, Base: e.d.Base, OEmbed: oembedURL(e.d.Base, link.Code),
		Ways: e.ways(web.NewSnippets(e.d.Base, link.Code, l, badgeLook("badge")))}
	data.Width, data.Height = badge.Size(badge.Options{Style: "badge"})
	switch link.State {
	case referral.PlacementPaused:
		data.State = "public.embed.state_paused"
	case referral.PlacementRetired:
		data.State = "public.embed.state_retired"
	}
	web.SetPageHeaders(c)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return e.d.Pages.Render(c, lang, "embed.html", data)
}

func (e *embeds) ways(s web.Snippets) []embedWay {
	list := []embedWay{
		{ID: "badge", Title: "public.embed.badge", Text: "public.embed.badge_text", Snippet: s.Badge},
		{ID: "text", Title: "public.embed.text", Text: "public.embed.text_text", Snippet: s.Text},
		{ID: "script", Title: "public.embed.script", Text: "public.embed.script_text", Snippet: s.Script},
		{ID: "iframe", Title: "public.embed.iframe", Text: "public.embed.iframe_text", Snippet: s.Iframe},
	}
	list[2].Pinned = &embedWay{ID: "pinned", Title: "public.embed.script_pinned", Snippet: fmt.Sprintf(
		`<script async src="%s%s" integrity="%s" crossorigin="anonymous"></script>`, e.d.Base, e.scripts.pinned, e.scripts.integrity)}
	return list
}

func badgeLook(style string) web.Look {
	width, height := badge.Size(badge.Options{Style: style})
	return web.Look{Style: style, Width: width, Height: height}
}

// find returns the placement of a code in an address, in either case.
func (d *Deps) find(typed string) (*referral.Link, error) {
	links := d.Links.Load()
	if links == nil {
		return nil, referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	code, err := referral.ParseCode(typed)
	if err != nil {
		return nil, fiber.ErrNotFound
	}
	if link := links.Find(code); link != nil {
		return link, nil
	}
	return nil, fiber.ErrNotFound
}
