package public

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
	"lensan/server/web/cms"
)

// embedCSP is PageCSP with the page's own preview of the frame.
const embedCSP = web.PageCSP + "; frame-src 'self'"

// embeds answers GET /nhung/{code}?l=&style=&theme=&size=&cms=: what the
// webmaster of a portal copies, and, by POST, "check my page".
type embeds struct {
	d        Deps
	releases *releases
}

type embedData struct {
	Frame  frame
	OEmbed string
	Code   referral.Code
	Portal string
	Hosts  []string
	State  string // text key of a warning; "" while the placement is open
	Base   string
	Action string // address of this page with the choices made

	Look    look
	Choices []embedChoice
	Query   string // of the picture
	Frames  string // of the frame
	Words   string // on the link, in the chosen language
	Width, Height,
	FrameWidth, FrameHeight int
	Ways []embedWay // the recommended one first

	Guide guide
	Check *checkData // nil before anything was checked
	Fetch bool       // an address may be given
}

// embedChoice is one field of the form. Texts are keys.
type embedChoice struct {
	Name, Label string
	Options     []embedOption
}

type embedOption struct {
	Value, Text string
	Chosen      bool
}

// embedWay is one form of the snippet: a title, when to choose it (text keys),
// and what to copy.
type embedWay struct {
	ID, Title, Text, Snippet string
	Best                     bool
	Fate                     string    // text key: what the chosen system does to it; "" if no system is chosen
	Pinned                   *embedWay // the same with a version that never changes
}

func (e *embeds) handle(c *fiber.Ctx) error {
	link, err := e.d.find(c.Params("code"))
	if err != nil {
		return err
	}
	return e.send(c, link, nil)
}

// send renders the page with the result of a check, or nil.
func (e *embeds) send(c *fiber.Ctx, link *referral.Link, check *checkData) error {
	lang := web.PageLang(c)
	look := readLook(c)
	look.Lang = oneOf([]string{lang, "vi", "en"}, c.Query("l"))
	guide := newGuide(c.Query("cms"))
	words := e.d.Pages.Text(look.Lang)
	data := embedData{Frame: newFrame(c, "/nhung"), OEmbed: oembedURL(e.d.Base, link.Code), Code: link.Code, Portal: link.Portal.Name, Hosts: link.Portal.Hosts,
		Base: e.d.Base, Look: look, Query: look.picture(), Frames: look.query(), Words: words.T("snippet.alt"),
		Ways: e.ways(web.NewSnippets(e.d.Base, link.Code, words, look.snippets()), guide), Guide: guide, Check: check, Fetch: e.d.Fetch != nil}
	data.Width, data.Height = look.pictureSize()
	data.FrameWidth, data.FrameHeight = look.frameSize()
	data.Choices = choices(look, guide)
	chosen := url.Values{"style": {look.Style}, "theme": {look.Theme}, "size": {look.Size}, "l": {look.Lang}, "cms": {guide.ID}}.Encode()
	data.Action = "/nhung/" + string(link.Code) + "?" + chosen + "&lang=" + lang
	data.Frame.OtherURL = "/nhung/" + string(link.Code) + "?" + chosen + "&lang=" + data.Frame.OtherLang
	switch link.State {
	case referral.PlacementPaused:
		data.State = "public.embed.state_paused"
	case referral.PlacementRetired:
		data.State = "public.embed.state_retired"
	}
	web.SetPageHeaders(c)
	c.Set(fiber.HeaderContentSecurityPolicy, embedCSP)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return e.d.Pages.Render(c, lang, "embed.html", data)
}

// ways returns all forms, the one for the chosen system first.
func (e *embeds) ways(s web.Snippets, g guide) []embedWay {
	list := []embedWay{
		{ID: string(cms.Badge), Title: "public.embed.badge", Text: "public.embed.badge_text", Snippet: s.Badge},
		{ID: string(cms.Text), Title: "public.embed.text", Text: "public.embed.text_text", Snippet: s.Text},
		{ID: string(cms.Script), Title: "public.embed.script", Text: "public.embed.script_text", Snippet: s.Script},
		{ID: string(cms.Iframe), Title: "public.embed.iframe", Text: "public.embed.iframe_text", Snippet: s.Iframe},
	}
	pinned, integrity := e.releases.stable()
	list[2].Pinned = &embedWay{ID: "pinned", Title: "public.embed.script_pinned", Snippet: fmt.Sprintf(
		`<script async src="%s%s" integrity="%s" crossorigin="anonymous"></script>`, e.d.Base, pinned, integrity)}
	for i := range list {
		if g.Known {
			list[i].Fate = "public.embed.fate_" + string(g.System.Fate(cms.Tier(list[i].ID)))
		}
		tier := cms.Tier(list[i].ID)
		list[i].Best = tier == g.Tier || tier == cms.Badge && g.Tier == cms.Script // the script is nothing without a badge
	}
	slices.SortStableFunc(list, func(a, b embedWay) int {
		switch {
		case a.Best == b.Best:
			return 0
		case a.Best:
			return -1
		}
		return 1
	})
	return list
}

func choices(l look, g guide) []embedChoice {
	field := func(name, chosen string, values []string) embedChoice {
		c := embedChoice{Name: name, Label: "public.embed.choose_" + name}
		for _, v := range values {
			c.Options = append(c.Options, embedOption{Value: v, Text: "public.embed." + name + "_" + v, Chosen: v == chosen})
		}
		return c
	}
	list := []embedChoice{
		field("l", l.Lang, []string{"vi", "en"}),
		field("style", l.Style, looks),
		field("theme", l.Theme, themes),
		field("size", l.Size, sizes),
	}
	return append(list, field("cms", g.ID, guideIDs))
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
