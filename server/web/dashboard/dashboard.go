// Package dashboard is the signed-in part of the site: the page of numbers and
// the pages on which portals, placements, destinations and API keys are kept.
// It declares what it needs of the rooms behind it and knows no database.
package dashboard

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/atlas"
	"lensan/server/referral"
	"lensan/server/web"
)

//go:embed html/*.html
var htmlFiles embed.FS

// Templates are the templates of these pages; their names begin with "dash_".
func Templates() fs.FS {
	dir, err := fs.Sub(htmlFiles, "html")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}

// Config is what the pages are made of. All fields but Guest, SignOn and
// Fallback are required.
type Config struct {
	BaseURL  string // what links carry; with https, cookies are Secure
	Pages    *web.Pages
	Access   Access
	Registry Registry
	Stats    Stats
	Health   Health
	Coverage Coverage
	Posters  Posters
	Reports  Reports
	Mailing  Mailing
	Signups  Signups
	Outbox   Outbox
	Alerts   Alerts
	Wording  Wording
	// Hub sends the hub page of a code without recording a click.
	Hub      func(c *fiber.Ctx, code referral.Code) error
	Client   func(*fiber.Ctx) netip.Addr // address of whoever asks, for the limit on failed sign-ins
	Log      *slog.Logger
	Now      func() time.Time
	Releases []string // versions of the enhancer that are built in, the newest first
	Map34    *atlas.Map
	Map63    *atlas.Map
	// Succession helps with portals of provinces that have ended.
	Succession Succession
	// Agent says what a User-Agent is, as ids of browser and system: "firefox windows".
	Agent       func(userAgent string) string
	QR          func(text string) (svg []byte, err error)
	Published   bool   // figures stand at /cong-khai for everybody
	RequireCode bool   // an admin may do nothing before a second factor is on
	SignOn      SignOn // provider to sign in at, nil for none
	// Reconciled tells when the cubes were last compared with the journal, zero
	// before the first time, and how many of them differed.
	Reconciled func() (at time.Time, differences int64)
	// Fallback tells since when this server keeps clicks in its own journal
	// though servers share one, zero if it does not, and how many it kept there;
	// nil where they share none.
	Fallback func() (since time.Time, clicks int64)
	// Guest returns a session for the token of a one-time sign-in link; nil
	// where there are none.
	Guest func(token string) (session string, ok bool)
}

// Dashboard answers every address under Root.
type Dashboard struct {
	Config
	sessionCookie, formCookie, providerCookie, knownCookie string
	secure                                                 bool
	patience                                               time.Duration // of one request
	feeds                                                  atomic.Int64  // of today's counter, open now
}

// Root is where the dashboard stands.
const Root = "/thong-ke"

// New returns a Dashboard that has no routes yet.
func New(cfg Config) *Dashboard {
	d := &Dashboard{Config: cfg, patience: requestTime, sessionCookie: "lensan-session", formCookie: "lensan-form", providerCookie: "lensan-provider", knownCookie: "lensan-known"}
	if strings.HasPrefix(cfg.BaseURL, "https://") {
		d.secure = true
		d.providerCookie, d.knownCookie = "__Host-"+d.providerCookie, "__Host-"+d.knownCookie
		d.sessionCookie, d.formCookie = "__Host-"+d.sessionCookie, "__Host-"+d.formCookie
	}
	return d
}

// Register adds the routes.
func (d *Dashboard) Register(r fiber.Router) {
	r.Get("/print", func(c *fiber.Ctx) error { return c.Redirect(batchesPath, fiber.StatusFound) })
	g := r.Group(Root, setHeaders, web.Plain, refuseForeign(d.BaseURL), packed)
	g.Get("/dang-nhap", d.open(d.signInPage))
	g.Post("/dang-nhap", d.open(d.signIn))
	g.Get("/dang-nhap/ma", d.open(d.codePage))
	g.Post("/dang-nhap/ma", d.open(d.enterCode))
	g.Get("/dang-nhap/nha-cung-cap", d.open(d.toProvider))
	g.Get("/dang-nhap/tro-lai", d.open(d.fromProvider))
	g.Get("/loi-moi/:token", d.open(d.invitationPage))
	g.Post("/loi-moi/:token", d.open(d.acceptInvitation))
	if d.Guest != nil {
		g.Get("/xem-thu/:token", d.open(d.enterAsGuest))
	}
	g.Post("/dang-xuat", d.signedIn(d.signOut))
	g.Get("", d.signedIn(d.overview))
	g.Get("/", func(c *fiber.Ctx) error { return c.Redirect(Root, fiber.StatusMovedPermanently) })
	g.Get("/bang", d.signedIn(d.breakdown))
	g.Get("/so-lieu.csv", d.signedIn(d.exported("so-lieu.csv", d.numbersCSV)))
	g.Get("/so-lieu.xlsx", d.signedIn(d.exported("so-lieu.xlsx", d.numbersXLSX)))
	g.Get("/bao-cao-thang.pdf", d.signedIn(d.exported("bao-cao-thang.pdf", d.monthlyReport)))
	g.Get("/bao-cao-thang.xlsx", d.signedIn(d.exported("bao-cao-thang.xlsx", d.monthlyTable)))
	g.Get("/bao-cao", d.signedIn(d.monthly))
	g.Post("/bao-cao/dang-ky", d.signedIn(d.subscribe))
	g.Post("/bao-cao/dang-ky/:num/ket-thuc", d.signedIn(d.unsubscribe))
	g.Post("/bao-cao/dang-ky/:num/gui", d.signedIn(d.sendReportNow))
	g.Get("/canh-bao", d.signedIn(d.alerts))
	g.Post("/canh-bao/nhan", d.signedIn(d.subscribeAlerts))
	g.Post("/canh-bao/:num/nhan", d.signedIn(d.knowAlert))
	g.Get("/dang-ky-san", d.signedIn(d.signups))
	g.Get("/dang-ky-san/gui", d.signedIn(d.signupsForm))
	g.Post("/dang-ky-san/gui", d.signedIn(d.signupsTable))
	g.Get("/thu", d.signedIn(d.messages))
	g.Get("/thu/:num", d.signedIn(d.message))
	g.Get("/thu/:num/tep/:file", d.signedIn(d.exported("thu", d.messageFile)))
	g.Post("/thu/:num/gui-lai", d.signedIn(d.retryMessage))
	g.Get("/hom-nay", d.signedIn(d.today))
	g.Get("/tim", d.signedIn(d.search))
	g.Get("/dinh-nghia", d.signedIn(d.definitions))
	g.Get("/do-phu", d.signedIn(d.coverage))
	g.Get("/do-phu.csv", d.signedIn(d.exported("do-phu.csv", d.coverageCSV)))
	g.Get("/do-phu.xlsx", d.signedIn(d.exported("do-phu.xlsx", d.coverageXLSX)))
	g.Post("/do-phu/:id/kiem-tra", d.signedIn(d.lookNow))
	g.Get("/tinh-sap-nhap", d.signedIn(d.succession))
	g.Post("/tinh-sap-nhap", d.signedIn(d.decideSuccession))
	g.Post("/tinh-sap-nhap/:step/hoan-tac", d.signedIn(d.undoSuccession))
	g.Get("/cong", d.signedIn(d.portals))
	g.Post("/cong", d.signedIn(d.createPortal))
	g.Get("/cong/:id", d.signedIn(d.portal))
	g.Post("/cong/:id", d.signedIn(d.updatePortal))
	g.Post("/cong/:id/sap-nhap", d.signedIn(d.mergePortal))
	g.Post("/cong/:id/hoan-tac", d.signedIn(d.undo("portal", Root+"/cong", "id", d.portal)))
	g.Post("/vi-tri/:code/hoan-tac", d.signedIn(d.undo("placement", Root+"/vi-tri", "code", d.placement)))
	g.Post("/dich-den/:id/hoan-tac", d.signedIn(d.undo("destination", Root+"/dich-den", "id", d.destination)))
	g.Get("/vi-tri", d.signedIn(d.placements))
	g.Post("/vi-tri", d.signedIn(d.createPlacement))
	g.Get("/vi-tri/:code", d.signedIn(d.placement))
	g.Post("/vi-tri/:code", d.signedIn(d.updatePlacement))
	g.Get("/in-an", d.signedIn(d.batches))
	g.Post("/in-an", d.signedIn(d.createBatch))
	g.Get("/in-an/:id", d.signedIn(d.batch))
	g.Post("/in-an/:id", d.signedIn(d.batchAction("edit", d.updateBatch)))
	g.Get("/in-an/:id/ap-phich", d.signedIn(d.exported("ap-phich", d.batchPosters)))
	g.Get("/vi-tri/:code/ap-phich", d.signedIn(d.exported("ap-phich", d.placementPoster)))
	g.Post("/in-an/:id/noi-dat", d.signedIn(d.batchAction("import", d.importPlaces)))
	g.Post("/in-an/:id/noi-dat/:code", d.signedIn(d.batchAction("place", d.placePlace)))
	g.Post("/in-an/:id/duyet", d.signedIn(d.batchAction("approve", d.approveBatch)))
	g.Post("/in-an/:id/rut-ve", d.signedIn(d.batchAction("withdraw", d.withdrawBatch)))
	g.Post("/in-an/:id/da-in", d.signedIn(d.batchAction("print", d.printBatch)))
	g.Post("/in-an/:id/da-treo", d.signedIn(d.batchAction("place", d.placeBatch)))
	g.Post("/in-an/:id/thu-hoi", d.signedIn(d.batchAction("retire", d.retireBatch)))
	g.Get("/dich-den", d.signedIn(d.destinations))
	g.Get("/dich-den/:id", d.signedIn(d.destination))
	g.Post("/dich-den/:id", d.signedIn(d.updateDestination))
	g.Post("/dich-den/:id/tinh-trang", d.signedIn(d.forceHealth))
	g.Get("/nhap/cong", d.signedIn(d.importPage(d.portalTable())))
	g.Post("/nhap/cong", d.signedIn(d.importTable(d.portalTable())))
	g.Get("/nhap/vi-tri", d.signedIn(d.importPage(d.placementTable())))
	g.Post("/nhap/vi-tri", d.signedIn(d.importTable(d.placementTable())))
	g.Get("/chien-dich", d.signedIn(d.campaigns))
	g.Post("/chien-dich", d.signedIn(d.createCampaign))
	g.Get("/chien-dich/:id", d.signedIn(d.campaign))
	g.Post("/chien-dich/:id", d.signedIn(d.updateCampaign))
	g.Post("/chien-dich/:id/hoan-tac", d.signedIn(d.undo("campaign", campaignsPath, "id", d.campaign)))
	g.Get("/van-ban", d.signedIn(d.texts))
	g.Get("/van-ban/xem/:code/:lang", d.signedIn(d.hubPreview))
	g.Get("/van-ban/:key", d.signedIn(d.text))
	g.Post("/van-ban/:key", d.signedIn(d.updateText))
	g.Post("/van-ban/:key/mac-dinh", d.signedIn(d.resetText))
	g.Post("/van-ban/:key/hoan-tac", d.signedIn(d.undoText))
	g.Get("/bao-cao-ma", d.signedIn(d.reports))
	g.Post("/bao-cao-ma/:num", d.signedIn(d.closeReport))
	g.Get("/khoa", d.signedIn(d.keys))
	g.Post("/khoa", d.signedIn(d.createKey))
	g.Post("/khoa/:id/thu-hoi", d.signedIn(d.revokeKey))
	g.Get("/widget", d.signedIn(d.widget))
	g.Post("/widget", d.signedIn(d.updateWidget))
	g.Post("/widget/quay-lai", d.signedIn(d.rollBackWidget))
	g.Get("/nguoi", d.signedIn(d.people))
	g.Get("/nguoi/:id", d.signedIn(d.personPage))
	g.Post("/nguoi/:id", d.signedIn(d.updatePerson))
	g.Post("/nguoi/:id/dat-lai", d.signedIn(d.resetPerson))
	g.Post("/nguoi/:id/ket-thuc", d.signedIn(d.endPerson))
	g.Get("/toi", d.signedIn(d.me))
	g.Post("/toi/mat-khau", d.signedIn(d.changePassword))
	g.Post("/toi/ma", d.signedIn(d.enableCode))
	g.Post("/toi/ma/tat", d.signedIn(d.disableCode))
	g.Post("/toi/phien", d.signedIn(d.endOtherSessions))
	g.Post("/toi/phien/:id", d.signedIn(d.endSession))
	g.Get("/nhat-ky", d.signedIn(d.log))
	g.Get("/nhat-ky.csv", d.signedIn(d.exported("nhat-ky.csv", d.logFile)))
	g.Get("/moi", d.signedIn(d.invite))
	g.Post("/moi", d.signedIn(d.createInvitation))
}
