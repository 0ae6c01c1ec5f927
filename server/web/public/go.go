package public

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"lensan/server/referral"
	"lensan/server/web"
)

// Gate is the redirects' way. It looks at each request before any other
// handler, takes those for a code that exists, and lets the rest pass.
type Gate struct {
	links    *referral.LinkTable
	clicks   Recorder
	visitors Visitors
	proxies  web.Proxies
	now      func() time.Time
	ownHost  string
	hub      func(c *fiber.Ctx, link *referral.Link, day referral.Day, choice string) error
	strays   func(c *fiber.Ctx, typed string) error
}

// passage is the memory that one redirect needs, used again by later ones.
type passage struct {
	click    referral.Click
	location []byte
	referrer []byte
}

var passages = sync.Pool{New: func() any {
	return &passage{location: make([]byte, 0, 512), referrer: make([]byte, 0, referral.MaxReferrer)}
}}

func newGate(d Deps) *Gate {
	g := &Gate{links: d.Links, clicks: d.Clicks, visitors: d.Visitors, proxies: d.Proxies, now: d.Now, ownHost: hostOf(d.Base),
		hub: newHub(d).handle, strays: (&verifier{d}).stray}
	return g
}

// ShowHub sends the hub page of a code without recording a click, for those who
// look at what farmers see. It returns ErrNotFound if there is no such code.
func (g *Gate) ShowHub(c *fiber.Ctx, code referral.Code) error {
	links := g.links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	link := links.Find(code)
	if link == nil {
		return referral.Errorf(referral.ErrNotFound, "error.code_unknown", "code", string(code))
	}
	return g.hub(c, link, referral.DayOf(g.now()), referral.HubID)
}

// way is what a request asks for: a link, and where it leads now.
type way struct {
	link        *referral.Link
	destination *referral.LinkDestination // nil: the hub page
	channel     referral.Channel
	choice      string // the third form's last part
}

// Wrap puts the redirects' way in front of a whole server: a click that leads
// to a destination is answered here, and next never hears of it.
func (g *Gate) Wrap(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		uri := ctx.Request.Header.RequestURI()
		if i := bytes.IndexByte(uri, '?'); i >= 0 {
			uri = uri[:i]
		}
		w, err := g.find(ctx, utils.UnsafeString(uri))
		if err != nil || w.destination == nil {
			next(ctx)
			return
		}
		g.pass(ctx, &w)
	}
}

// handle answers GET and HEAD of /{code}, /go/{code} and /go/{code}/{destination}.
func (g *Gate) handle(c *fiber.Ctx) error {
	w, err := g.find(c.Context(), c.Path())
	switch {
	case errors.Is(err, errNoWay):
		return g.others(c)
	case err != nil:
		return err
	}
	day := g.pass(c.Context(), &w)
	if w.destination == nil {
		return g.hub(c, w.link, day, w.choice)
	}
	return nil
}

// errNoWay says that a request is for no code that exists.
var errNoWay = errors.New("no way")

// find tells what a request asks for. The choice is part of the request and
// valid as long as that is.
func (g *Gate) find(ctx *fasthttp.RequestCtx, path string) (w way, err error) {
	typed, choice, scan, ok := splitWay(path)
	if !ok || !ctx.IsGet() && !ctx.IsHead() {
		return w, errNoWay
	}
	code, err := referral.ParseCode(typed)
	if err != nil {
		return w, errNoWay
	}
	links := g.links.Load()
	if links == nil {
		return w, referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	link := links.Find(code)
	if link == nil {
		return w, errNoWay
	}
	w = way{link, link.Destination, referral.ChannelWidget, choice}
	switch {
	case scan:
		w.channel = referral.ChannelQR
	case choice != "":
		if w.channel = referral.ChannelHub; string(ctx.QueryArgs().Peek("c")) == "w" {
			w.channel = referral.ChannelWidget
		}
		w.destination = links.Choose(choice)
	case link.Kind == referral.PlacementLink:
		w.channel = referral.ChannelLink
	}
	return w, nil
}

// others lets the other handlers have a request that is for no code that
// exists. If none of them knows the address, and it may have been meant for a
// code, the visitor is helped to find the right one.
func (g *Gate) others(c *fiber.Ctx) error {
	err := c.Next()
	if err == nil || web.Status(err) != fiber.StatusNotFound {
		return err
	}
	path := utils.CopyString(c.Path())
	typed, atGo := strings.CutPrefix(path, "/go/")
	if !atGo {
		typed = strings.Trim(path, "/")
		if strings.Contains(typed, "/") || len(tidy(typed)) != referral.CodeLength {
			return err
		}
	}
	return g.strays(c, typed)
}

// splitWay takes a path apart; ok is false when it can hold no code. One slash
// at the end is overlooked, as some CMSs add it.
func splitWay(path string) (typed, choice string, scan, ok bool) {
	const codeEnd = len("/go/") + referral.CodeLength
	if n := len(path); n > 1 && path[n-1] == '/' {
		path = path[:n-1]
	}
	switch n := len(path); {
	case n == 1+referral.CodeLength && path[0] == '/':
		return path[1:], "", true, true
	case n < codeEnd || path[:4] != "/go/":
		return "", "", false, false
	case n == codeEnd:
		return path[4:], "", false, true
	case path[codeEnd] == '/':
		return path[4:codeEnd], path[codeEnd+1:], false, true
	}
	return "", "", false, false
}

var (
	headerLocation       = []byte(fiber.HeaderLocation)
	headerCacheControl   = []byte(fiber.HeaderCacheControl)
	headerReferrerPolicy = []byte(fiber.HeaderReferrerPolicy)
	noStore              = []byte("no-store")
	goReferrerPolicy     = []byte("no-referrer-when-downgrade")
)

// pass records the click and then sends the visitor on, or leaves the answer
// to the hub page. It returns the day of the click.
func (g *Gate) pass(ctx *fasthttp.RequestCtx, w *way) referral.Day {
	p := passages.Get().(*passage)
	defer passages.Put(p)
	request := &ctx.Request.Header
	now := g.now().UnixMilli()
	day := referral.DayOfMilli(now)

	k := &p.click
	*k = referral.Click{Milli: now, Placement: w.link.Num, Portal: w.link.Portal.Num, Province: w.link.Portal.Province(day).ID,
		Destination: referral.HubNum, Campaign: w.link.CampaignNum, Channel: w.channel}
	if w.destination != nil {
		k.Destination = w.destination.Num
	}
	k.UserAgent = cut(utils.UnsafeString(request.UserAgent()), referral.MaxUserAgent)
	k.Visitor = g.visitors.Hash(now, g.proxies.ClientOf(ctx), k.UserAgent)
	p.referrer = appendHost(p.referrer[:0], request.Referer())
	if k.Referrer = utils.UnsafeString(p.referrer); k.Referrer == g.ownHost {
		k.Referrer = "" // from our own hub or embed page: says nothing of where badges are
	}
	if ctx.IsHead() {
		k.Marks |= referral.MarkHead
	}
	if isPrefetch(request) {
		k.Marks |= referral.MarkPrefetch
	}
	g.clicks.Record(k)

	response := &ctx.Response
	response.Header.SetCanonical(headerCacheControl, noStore)
	response.Header.SetCanonical(headerReferrerPolicy, goReferrerPolicy)
	if w.destination == nil {
		return day
	}
	var extra string
	if len(w.destination.PassParams) > 0 {
		extra = passedOn(ctx.QueryArgs(), w.destination.PassParams)
	}
	p.location = w.destination.Target.Append(p.location[:0], w.link.Values(w.channel, day), extra)
	response.Header.SetCanonical(headerLocation, p.location)
	response.SetStatusCode(fiber.StatusFound)
	return day
}

func cut(s string, max int) string {
	if len(s) > max {
		return s[:max]
	}
	return s
}
