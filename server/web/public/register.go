package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/web"
)

// Memory for rendered files, in bytes. There are a few dozen badges; QR files
// depend on the code, so any number may be asked for.
const (
	badgeMemory = 4 << 20
	qrMemory    = 16 << 20
)

// Register mounts the public addresses. It must come before every other
// handler of the application: the gate is the first to look at a request and
// lets all others pass. A server may also put the gate it returns in front of
// the application, which saves every redirect the way through Fiber.
func Register(app *fiber.App, d Deps) (*Gate, error) {
	if d.Malformed == nil {
		d.Malformed = func() {}
	}
	scripts, err := newScripts()
	if err != nil {
		return nil, err
	}
	gate := newGate(d)
	verify := &verifier{d}
	reports := &reporter{d}
	badges := &badges{d, newRendered(badgeMemory), hostOf(d.Base)}
	codes := &codes{d, newRendered(qrMemory)}
	releases := &releases{d, scripts}
	embeds := &embeds{d, releases}
	published := &published{d: d}

	app.Use(gate.handle)
	app.Get("/b/:file", badges.handle)
	app.Get("/w/v1.json", (&cards{links: d.Links, pages: d.Pages}).handle)
	app.Get("/w/v1.js", releases.handle)
	app.Get("/w/:file", scripts.handle)
	app.Post("/v1/seen", limitViews(d.Proxies), seenHandler(d))
	app.Get("/f/:code", iframeHandler(d))
	app.Get("/oembed", oembedHandler(d))
	app.Get("/qr/:file", codes.handle)
	app.Get("/nhung/:code", embeds.handle)
	app.Post("/nhung/:code", web.Plain, limitChecks(d.Proxies), embeds.check)
	app.Get(reportPath, reports.handleForm)
	app.Post(reportPath, web.Plain, limitReports(reportsOfOne, reports.client, reports.tooMany),
		limitReports(reportsOfAll, func(*fiber.Ctx) string { return "all" }, reports.tooMany), reports.handle)
	app.Get(thanksPath, reports.handleThanks)
	app.Get("/kiem-tra", verify.handle)
	app.Get("/kiem-tra/:code", verify.handle)
	app.Get(figuresPath, published.page)
	app.Get(figuresPath+".json", published.json)
	app.Get(figuresPath+".csv", published.csv)
	app.Get("/", handleHome(d))
	app.Get("/robots.txt", handleRobots)
	app.Get("/favicon.ico", handleIcon)
	app.Get("/healthz", handleHealth)
	app.Get("/readyz", handleReady(d.Links, d.Ready, d.Degraded))
	return gate, nil
}
