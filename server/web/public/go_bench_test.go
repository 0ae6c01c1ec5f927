package public

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lensan/server/referral"
	"lensan/server/web"
)

type discard struct{}

func (discard) Record(*referral.Click) {}

// BenchmarkGo compares the redirects' way, without the commit, to a bare Fiber
// redirect: read the ratio.
func BenchmarkGo(b *testing.B) {
	k := newKit(b)
	k.deps.Clicks = discard{}
	ours := fiber.New(web.FiberConfig(nil))
	gate, err := Register(ours, k.deps)
	if err != nil {
		b.Fatal(err)
	}
	bare := fiber.New(web.FiberConfig(nil))
	bare.Get("/go/:code", func(c *fiber.Ctx) error { return c.Redirect("https://tmdt.example.gov.vn/") })
	for name, handler := range map[string]fasthttp.RequestHandler{"ours": gate.Wrap(ours.Handler()), "bare": bare.Handler()} {
		b.Run(name, func(b *testing.B) {
			ctx := phoneRequest("/go/" + string(widgetCode))
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				handler(ctx)
			}
			if ctx.Response.StatusCode() != fiber.StatusFound {
				b.Fatal(ctx.Response.StatusCode())
			}
		})
	}
}

func phoneRequest(path string) *fasthttp.RequestCtx {
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.IPv4(113, 161, 7, 9), Port: 40000}, nil)
	h := &ctx.Request.Header
	ctx.Request.SetRequestURI(path)
	h.SetHost("len.example.vn")
	h.SetUserAgent(zaloAgent)
	for _, kv := range [][2]string{
		{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
		{"Accept-Encoding", "gzip, deflate, br"}, {"Accept-Language", "vi-VN,vi;q=0.9,en;q=0.8"}, {"X-Requested-With", "com.zing.zalo"},
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-User", "?1"}, {"Sec-Fetch-Dest", "document"},
		{"Referer", "https://stttt.angiang.gov.vn/tin-tuc/lien-ket"}, {"Upgrade-Insecure-Requests", "1"},
	} {
		h.Set(kv[0], kv[1])
	}
	return ctx
}

// BenchmarkHub is for the pages that many scans at once may ask for.
func BenchmarkHub(b *testing.B) {
	k := newKit(b)
	handler := k.another(b, func(d *Deps) { d.Clicks = discard{} }).Handler()
	ctx := phoneRequest("/" + string(hubCode))
	b.ReportAllocs()
	for b.Loop() {
		ctx.Response.Reset()
		handler(ctx)
	}
	if ctx.Response.StatusCode() != fiber.StatusOK {
		b.Fatal(ctx.Response.StatusCode())
	}
}
