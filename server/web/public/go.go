package public

import (
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/referral"
	"lensan/server/web"
)

// gate is the redirects' way. It looks at each request before any other
// handler, takes those for a code that exists, and lets the rest pass.
type gate struct {
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

func newGate(d Deps) *gate {
	g := &gate{links: d.Links, clicks: d.Clicks, visitors: d.Visitors, proxies: d.Proxies, now: d.Now, ownHost: hostOf(d.Base),
		hub: newHub(d).handle, strays: (&verifier{d}).stray}
	return g
}

// handle answers GET and HEAD of /{code}, /go/{code} and /go/{code}/{destination}.
func (g *gate) handle(c *fiber.Ctx) error {
	typed, choice, scan, ok := splitWay(c.Path())
	if !ok {
		return g.others(c)
	}
	if !c.Context().IsGet() && !c.Context().IsHead() {
		return c.Next()
	}
	code, err := referral.ParseCode(typed)
	if err != nil {
		return g.others(c)
	}
	links := g.links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	link := links.Find(code)
	if link == nil {
		return g.others(c)
	}
	channel, destination := referral.ChannelWidget, link.Destination
	switch {
	case scan:
		channel = referral.ChannelQR
	case choice != "":
		if channel = referral.ChannelHub; string(c.Context().QueryArgs().Peek("c")) == "w" {
			channel = referral.ChannelWidget
		}
		destination = links.Choose(choice)
	case link.Kind == referral.PlacementLink:
		channel = referral.ChannelLink
	}
	return g.pass(c, link, destination, channel, choice)
}

// others lets the other handlers have a request that is for no code that
// exists. If none of them knows the address, and it may have been meant for a
// code, the visitor is helped to find the right one.
func (g *gate) others(c *fiber.Ctx) error {
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

// pass records the click and then sends the visitor on; destination nil stands
// for the hub page, choice is the third form's last part.
func (g *gate) pass(c *fiber.Ctx, link *referral.Link, destination *referral.LinkDestination, channel referral.Channel, choice string) error {
	p := passages.Get().(*passage)
	defer passages.Put(p)
	request := &c.Context().Request.Header
	now := g.now().UnixMilli()
	day := referral.DayOfMilli(now)

	k := &p.click
	*k = referral.Click{Milli: now, Placement: link.Num, Portal: link.Portal.Num, Province: link.Portal.Province(day).ID,
		Destination: referral.HubNum, Campaign: link.CampaignNum, Channel: channel}
	if destination != nil {
		k.Destination = destination.Num
	}
	k.UserAgent = cut(utils.UnsafeString(request.UserAgent()), referral.MaxUserAgent)
	k.Visitor = g.visitors.Hash(now, g.proxies.Client(c), k.UserAgent)
	p.referrer = appendHost(p.referrer[:0], request.Referer())
	if k.Referrer = utils.UnsafeString(p.referrer); k.Referrer == g.ownHost {
		k.Referrer = "" // from our own hub or embed page: says nothing of where badges are
	}
	if c.Context().IsHead() {
		k.Marks |= referral.MarkHead
	}
	if isPrefetch(request) {
		k.Marks |= referral.MarkPrefetch
	}
	g.clicks.Record(k)
	*k = referral.Click{}

	response := &c.Context().Response
	response.Header.SetCanonical(headerCacheControl, noStore)
	response.Header.SetCanonical(headerReferrerPolicy, goReferrerPolicy)
	if destination == nil {
		return g.hub(c, link, day, choice)
	}
	var extra string
	if len(destination.PassParams) > 0 {
		extra = passedOn(c.Context().QueryArgs(), destination.PassParams)
	}
	p.location = destination.Target.Append(p.location[:0], link.Values(channel, day), extra)
	response.Header.SetCanonical(headerLocation, p.location)
	response.SetStatusCode(fiber.StatusFound)
	return nil
}

func cut(s string, max int) string {
	if len(s) > max {
		return s[:max]
	}
	return s
}
