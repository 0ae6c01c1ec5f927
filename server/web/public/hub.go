package public

import (
	_ "embed"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
)

//go:embed html/hub.css
var hubStyle string

// markIcon is the mark as a data: address, so that the hub is one request.
const markIcon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'%3E%3Crect width='64' height='64' rx='14' fill='%230b6b3a'/%3E%3Cpath d='M32 9 46 25H37.5V33C42 27.5 48 25.5 54 26 53.5 36 46.500 42.500 37.500 42.800V55H26.500V46.800C17.500 46.500 10.500 40 10 30 16 29.500 22 31.500 26.500 37V25H18Z' fill='%23fff'/%3E%3C/svg%3E"

// hub answers with every destination to choose from, in one request without
// scripts, so that it works at once on any phone and after Back.
type hub struct {
	links   *referral.LinkTable
	pages   *web.Pages
	base    string
	hotline string
	csp     string
}

type hubData struct {
	Style                template.CSS
	Icon                 template.URL
	Code, Portal         string
	OEmbed               string // address of the oEmbed description
	Province             string // "" if the portal's name says it
	OtherLang, LangQuery string
	Note                 string // text key
	Groups               []hubGroup
	Hotline              *hubHotline
}

type hubGroup struct {
	Title   string // text key; may be empty
	Minor   bool
	Buttons []hubButton
}

type hubButton struct {
	Href, Text, Host string
	Primary          bool
}

type hubHotline struct {
	Href   template.URL
	Number string
}

func newHub(d Deps) *hub {
	return &hub{links: d.Links, pages: d.Pages, base: d.Base, hotline: d.Hotline,
		csp: "default-src 'none'; style-src " + web.CSPHash(hubStyle) + "; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
}

// handle sends the hub page of a placement. choice is what was asked for in
// /go/{code}/{destination} and cannot be reached, or "".
func (h *hub) handle(c *fiber.Ctx, link *referral.Link, day referral.Day, choice string) error {
	lang := web.PageLang(c)
	data := hubData{Style: template.CSS(hubStyle), Icon: markIcon, Code: string(link.Code), Portal: link.Portal.Name, OEmbed: oembedURL(h.base, link.Code),
		OtherLang: "en", Note: hubNote(link, choice)}
	if province := link.Portal.Province(day).In(lang); !strings.Contains(link.Portal.Name, province) {
		data.Province = province
	}
	if lang == "en" {
		data.OtherLang, data.LangQuery = "vi", "?lang=en"
	}
	groups := []hubGroup{{}, {Title: "public.hub.marketplaces"}, {Title: "public.hub.feedback"}, {Title: "public.hub.ministries", Minor: true}}
	for _, d := range h.links.Load().Destinations() {
		if !d.Open() {
			continue
		}
		b := hubButton{Href: "/go/" + string(link.Code) + "/" + d.ID, Text: d.Name.In(lang), Host: d.Target.Host()}
		at := 0
		switch d.Kind {
		case referral.KindSupportPortal:
			b.Primary = true
		case referral.KindMarketplaceSignup:
			at = 1
		case referral.KindFeedback:
			at = 2
		case referral.KindMinistry:
			at = 3
		}
		groups[at].Buttons = append(groups[at].Buttons, b)
	}
	for _, g := range groups {
		if len(g.Buttons) > 0 {
			data.Groups = append(data.Groups, g)
		}
	}
	if h.hotline != "" {
		data.Hotline = &hubHotline{Number: h.hotline, Href: telephone(h.hotline)}
	}
	c.Set(fiber.HeaderContentSecurityPolicy, h.csp)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	return h.pages.Render(c, lang, "hub.html", data)
}

// hubNote says why someone who was sent elsewhere sees the hub; "" if the hub
// is where the code leads.
func hubNote(link *referral.Link, choice string) string {
	switch {
	case choice == referral.HubID:
		return ""
	case choice != "":
		return "public.hub.note_closed"
	case link.State == referral.PlacementRetired:
		return "public.hub.note_retired"
	case link.State == referral.PlacementPaused:
		return "public.hub.note_paused"
	case link.Wanted != referral.HubID:
		return "public.hub.note_closed"
	}
	return ""
}

// telephone returns a tel: address (RFC 3966) with what people write between
// the digits left out.
func telephone(number string) template.URL {
	return template.URL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number))
}
