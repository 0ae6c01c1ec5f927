package app

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lensan/assets"
	"lensan/server/atlas"
	"lensan/server/classify"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/succession"
	"lensan/server/web"
	"lensan/server/web/api"
	"lensan/server/web/dashboard"
	"lensan/server/web/public"
)

// recorder makes the click log what the public pages ask for.
type recorder struct{ app *App }

func (r recorder) Record(c *referral.Click) { r.app.clicks.Record(c) }

// viewRecorder likewise for the views of badges.
type viewRecorder struct{ views *rollup.ViewBuffer }

func (r viewRecorder) Add(l *referral.Link, day referral.Day, host string, views, loads int64) {
	r.views.Add(rollup.ViewKey{Day: day, Placement: l.Num, Portal: l.Portal.Num, Province: l.Portal.Province(day).ID,
		Campaign: l.CampaignNum, Host: host}, rollup.Views{Views: views, Loads: loads})
}

// fetcher makes the probe what "check my page" asks for.
type fetcher struct{ probe *probe.Probe }

func (f fetcher) Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (public.FetchedPage, error) {
	page, err := f.probe.Fetch(ctx, address, mayAsk)
	return public.FetchedPage{URL: page.URL, Status: page.Status, HTML: string(page.Body), Policies: page.Header.Values("Content-Security-Policy")}, err
}

// buildWeb makes the Fiber application with its three surfaces. The public one
// comes first: the redirect's way passes no other handler.
func (a *App) buildWeb() error {
	files, err := web.NewAssets(assets.Files, "css", "fonts", "images", "js")
	if err != nil {
		return err
	}
	publicPages, err := web.NewPages(a.texts, files, web.Templates(), public.Templates())
	if err != nil {
		return err
	}
	dashboardPages, err := web.NewPages(a.texts, files, web.Templates(), dashboard.Templates())
	if err != nil {
		return err
	}
	if a.guest != nil {
		publicPages.MarkSample()
		dashboardPages.MarkSample()
	}
	a.fiber = fiber.New(web.FiberConfig(web.ErrorHandler(publicPages, a.log)))
	web.Limit(a.fiber, openFiles())
	proxies := web.Proxies(a.config.Proxies())
	deps := public.Deps{Links: a.links, Clicks: recorder{a}, Visitors: a.visitors, Views: viewRecorder{a.views}, Pages: publicPages,
		Base: a.config.Base(), Hotline: a.config.Hotline, Proxies: proxies, Registry: a.registry, Now: a.now, Ready: a.readyChecks(), Degraded: []public.Check{{Name: "shared_journal", Err: a.journals.degraded}}, Fetch: fetcher{a.probe},
		Malformed: func() { a.malformed.Add(1) }, Map: a.reports.Map34}
	if a.figures != nil {
		deps.Figures = a.figures
	}
	gate, err := public.Register(a.fiber, deps)
	if err != nil {
		return err
	}
	releases, err := public.Releases()
	if err != nil {
		return err
	}
	a.fiber.Get("/assets/*", files.Handle)
	assistant := succession.New(a.registry, a.stats, a.now)
	reported := signups.New(a.store, a.registry, a.links, a.now)
	programs := api.New(api.Deps{Registry: a.registry, Stats: a.stats, Access: a.access, Health: a.health, Coverage: a.coverage, Signups: reported, Texts: a.texts, Base: a.config.Base(), Posters: a.posters(),
		Succession: assistant, WaitApplied: a.journals.waitApplied, Now: a.now, Releases: releases, Wording: a.wording})
	programs.Register(a.fiber)
	agents, err := classify.NewReader()
	if err != nil {
		return err
	}
	people := dashboard.New(dashboard.Config{BaseURL: a.config.Base(), Pages: dashboardPages, Access: a.access, Registry: a.registry, Stats: a.stats, Health: a.health, Coverage: a.coverage, Posters: a.posters(), Succession: assistant,
		Reports: a.reports, Signups: reported, Mailing: a.mailing, Outbox: a.outbox, Alerts: a.alerts, Wording: a.wording, Hub: gate.ShowHub,
		Client: func(c *fiber.Ctx) netip.Addr { return proxies.Client(c) }, Log: a.log, Now: a.now, Releases: releases,
		Map34: a.reports.Map34, Map63: a.reports.Map63, Agent: agents.Browser, QR: codeQR, Published: a.config.PublicFigures, RequireCode: a.config.AdminCode, SignOn: a.signOn(),
		Reconciled: a.lastReconciled, Fallback: a.journals.onFallback(), Guest: a.guest})
	people.Register(a.fiber)
	server := a.fiber.Server()
	server.Handler = a.timed(web.Survive(a.fiber, a.log, web.Strict(server.ErrorHandler, gate.Wrap(server.Handler))))
	web.LimitBodies(server, func(h *fasthttp.RequestHeader) bool {
		ctx, cancel := context.WithTimeout(context.Background(), knowTime)
		defer cancel()
		return people.Knows(ctx, h) || programs.Knows(ctx, h)
	})
	return nil
}

// knowTime bounds how long a large body waits for its sender to be known.
const knowTime = 2 * time.Second

// readMaps reads the boundaries of today and those until 2025-06-30.
func readMaps() (map34, map63 *atlas.Map, err error) {
	read := func(name string) *atlas.Map {
		raw, readErr := assets.Files.ReadFile("maps/" + name)
		if err = errors.Join(err, readErr); err != nil {
			return nil
		}
		m, readErr := atlas.Read(raw)
		err = errors.Join(err, readErr)
		return m
	}
	map34 = read("vn34.topojson")
	map63 = read("vn63.topojson")
	return map34, map63, err
}

func (a *App) posters() *Posters {
	return &Posters{Registry: a.registry, Texts: a.texts, Base: a.config.Base(), Hotline: a.config.Hotline, Now: a.now}
}

// readyChecks are what /readyz asks besides the link table.
func (a *App) readyChecks() []public.Check {
	return []public.Check{{Name: "journal", Err: a.clicks.Err}}
}
