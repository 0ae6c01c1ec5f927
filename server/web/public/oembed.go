package public

import (
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
)

// oembedAnswer is a rich answer of oEmbed 1.0 (oembed.com, 2.3.4.4).
type oembedAnswer struct {
	Type         string `json:"type"`
	Version      string `json:"version"`
	Title        string `json:"title"`
	AuthorName   string `json:"author_name"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"` // s
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
}

// oembedHandler answers GET /oembed?url=&maxwidth=&maxheight=&format=: 404 for
// addresses that are not /go/{code} or /nhung/{code} of ours, 501 for a format
// other than JSON. With form=badge the HTML is the badge, a link and a picture,
// for systems that trust us and do not filter it.
func oembedHandler(d Deps) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if format := c.Query("format"); format != "" && format != "json" {
			return c.Status(fiber.StatusNotImplemented).SendString("format: json")
		}
		address, err := url.Parse(c.Query("url"))
		if err != nil {
			return fiber.ErrNotFound
		}
		link, err := d.addressed(address)
		if err != nil {
			return err
		}
		query := address.Query()
		look := look{Lang: oneOf([]string{"vi", "en"}, query.Get("lang")), Style: oneOf(looks, query.Get("style")), Theme: oneOf(themes, query.Get("theme")), Size: oneOf(sizes, query.Get("size"))}
		width, height := look.fit(bound(c, "maxwidth"), bound(c, "maxheight"))
		l := d.Pages.Text(look.Lang)
		answer := oembedAnswer{Type: "rich", Version: "1.0", Title: l.T("snippet.alt"), AuthorName: link.Portal.Name, ProviderName: l.T("common.product"),
			ProviderURL: d.Base, CacheAge: 3600, Width: width, Height: height}
		if answer.HTML = sandboxed(d.Base, link.Code, answer.Title, look, width, height); c.Query("form") == "badge" {
			answer.HTML = web.NewSnippets(d.Base, link.Code, l, web.Look{Style: look.Style, Width: width, Height: height}).Badge
		}
		body, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, evergreen)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		return c.Send(body)
	}
}

// addressed returns the placement that one of our own addresses is of.
func (d *Deps) addressed(address *url.URL) (*referral.Link, error) {
	base, err := url.Parse(d.Base)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || !strings.EqualFold(address.Host, base.Host) || address.User != nil {
		return nil, fiber.ErrNotFound
	}
	path := strings.TrimPrefix(address.Path, base.Path)
	typed, ours := strings.CutPrefix(path, "/go/")
	if !ours {
		if typed, ours = strings.CutPrefix(path, "/nhung/"); !ours {
			return nil, fiber.ErrNotFound
		}
	}
	typed, _, _ = strings.Cut(typed, "/")
	return d.find(typed)
}

// sandboxed returns what WordPress keeps of a provider that it was not told to
// trust (wp_filter_oembed_result): a quote with a link and a frame, without
// attributes of their own choice. It shows the quote and hides the frame, whose
// links it would not let open; whoever does not filter shows both. Without the
// frame it would show nothing.
func sandboxed(base string, code referral.Code, title string, l look, width, height int) string {
	title = html.EscapeString(title)
	return `<blockquote><a href="` + html.EscapeString(base+"/go/"+string(code)) + `">` + title + `</a></blockquote>` +
		`<iframe src="` + html.EscapeString(base+"/f/"+string(code)+l.query()) + `" width="` + strconv.Itoa(width) + `" height="` + strconv.Itoa(height) +
		`" title="` + title + `" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
}

// bound reads the most that a site allows, 0 if it does not say.
func bound(c *fiber.Ctx, name string) int {
	n, err := strconv.Atoi(c.Query(name))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// fit makes the look smaller until its frame fits, and returns the frame's
// size: that of the button cut to the bounds if nothing does.
func (l *look) fit(maxWidth, maxHeight int) (width, height int) {
	fits := func() bool {
		width, height = l.frameSize()
		return (maxWidth == 0 || width <= maxWidth) && (maxHeight == 0 || height <= maxHeight)
	}
	if fits() {
		return width, height
	}
	l.Size = sizes[0]
	for _, style := range []string{l.Style, "badge", "button"} {
		if l.Style = style; fits() {
			return width, height
		}
	}
	if maxWidth > 0 {
		width = min(width, maxWidth)
	}
	if maxHeight > 0 {
		height = min(height, maxHeight)
	}
	return width, height
}

// oembedURL is the address of the description of a code's own page.
func oembedURL(base string, code referral.Code) string {
	return base + "/oembed?format=json&url=" + url.QueryEscape(base+"/nhung/"+string(code))
}
