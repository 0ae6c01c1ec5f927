package public

import (
	_ "embed"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

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
	Style               template.CSS
	Icon                template.URL
	Code, Portal        string
	OEmbed              string // address of the oEmbed description
	Province            string // "" if the portal's name says it
	OtherLang, OtherURL string // this page in the other language
	LangQuery           string
	Note                string // text key
	Groups              []*hubGroup
	Hotline             *hubHotline
}

type hubGroup struct {
	Title   string // text key; may be empty
	Minor   bool
	Buttons []hubButton
}

// hubButton is one destination. Host is where a press leads; "" while nothing
// can be reached there. Instead says that it is the host of a fallback.
type hubButton struct {
	Href, Text, TextLang, Host string
	Primary, Instead           bool
}

type hubHotline struct {
	Href   template.URL
	Number string
}

func newHub(d Deps) *hub {
	return &hub{links: d.Links, pages: d.Pages, base: d.Base, hotline: d.Hotline,
		csp: "default-src 'none'; style-src " + web.CSPHash(hubStyle) + "; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
}

// compress makes an answer smaller for browsers that accept it.
var compress = fasthttp.CompressHandlerBrotliLevel(func(*fasthttp.RequestCtx) {}, fasthttp.CompressBrotliDefaultCompression, fasthttp.CompressDefaultCompression)

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
	data.OtherURL = otherHub(link, choice, data.OtherLang)
	data.Groups = h.groups(link, lang, data.LangQuery)
	if len(data.Groups) == 0 && data.Note == "" {
		data.Note = "public.hub.note_none"
	}
	if h.hotline != "" {
		data.Hotline = &hubHotline{Number: h.hotline, Href: telephone(h.hotline)}
	}
	c.Set(fiber.HeaderContentSecurityPolicy, h.csp)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	if err := h.pages.Render(c, lang, "hub.html", data); err != nil {
		return err
	}
	compress(c.Context())
	return nil
}

// otherHub returns the address of the hub in another language. It is a choice
// made on the hub, so that a scan whose reader changes the language remains
// one scan, and keeps the note that a closed page gave rise to.
func otherHub(link *referral.Link, choice, lang string) string {
	switch {
	case link.State != referral.PlacementOpen:
		choice = referral.HubID
	case choice == "":
		choice = link.Wanted
	}
	return "/go/" + string(link.Code) + "/" + url.PathEscape(choice) + "?lang=" + lang
}

// groups returns the destinations by kind. Groups and the buttons in them
// stand in the order that the registry gives the destinations. A paused one
// is not offered; a dead one is, with its fallback or as closed for now.
func (h *hub) groups(link *referral.Link, lang, query string) []*hubGroup {
	byTitle := map[string]*hubGroup{}
	var groups []*hubGroup
	links := h.links.Load()
	for _, d := range links.Destinations() {
		if d.Paused {
			continue
		}
		b := hubButton{Text: d.Name.In(lang), Primary: d.Kind == referral.KindSupportPortal}
		if lang == "en" && d.Name.En == "" {
			b.TextLang = "vi"
		}
		if open := links.Choose(d.ID); open != nil {
			b.Href, b.Host, b.Instead = "/go/"+string(link.Code)+"/"+d.ID+query, open.Target.Host(), open != d
		}
		title := hubTitles[d.Kind]
		g := byTitle[title]
		if g == nil {
			g = &hubGroup{Title: title, Minor: d.Kind == referral.KindMinistry}
			byTitle[title], groups = g, append(groups, g)
		}
		g.Buttons = append(g.Buttons, b)
	}
	return groups
}

// hubTitles are the text keys of the groups' headings; kinds without one are
// one group without heading.
var hubTitles = map[referral.Kind]string{
	referral.KindMarketplaceSignup: "public.hub.marketplaces",
	referral.KindFeedback:          "public.hub.feedback",
	referral.KindMinistry:          "public.hub.ministries",
}

// hubNote says why someone who was sent elsewhere sees the hub; "" if the hub
// is where the code leads.
func hubNote(link *referral.Link, choice string) string {
	switch {
	case link.State == referral.PlacementRetired:
		return "public.hub.note_retired"
	case link.State == referral.PlacementPaused && (choice == "" || choice == referral.HubID):
		return "public.hub.note_paused"
	case choice == referral.HubID:
		return ""
	case choice != "":
		return "public.hub.note_closed"
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
