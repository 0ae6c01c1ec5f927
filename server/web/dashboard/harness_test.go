package dashboard

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/access"
	"lensan/server/alerts"
	"lensan/server/atlas"
	"lensan/server/classify"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/poster"
	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/report"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/succession"
	"lensan/server/testkit"
	"lensan/server/text"
	"lensan/server/web"
	"lensan/server/web/public"
	"lensan/server/wording"
)

// The day on which all tests happen, and the password of every account in them.
var testNow = time.Date(2026, 11, 24, 14, 5, 0, 0, referral.Zone)

const testPassword = "ruộng bậc thang mùa lúa chín"

// house is a dashboard over a real database.
type house struct {
	t         testing.TB
	app       *fiber.App
	pages     *web.Pages
	store     *store.Store
	access    *access.Access
	registry  *registry.Registry
	health    *health.Checker
	coverage  *coverage.Coverage
	outbox    *outbox.Outbox
	mailing   *mailing.Mailing
	signups   *signups.Signups
	wording   *wording.Wording
	texts     *text.Bundle
	mail      mailServer
	alerts    *alerts.Alerts
	signs     []alerts.Sign
	status    rollup.Status
	rendered  map[string]bool
	dashboard *Dashboard

	reconciled  time.Time
	differences int64
}

func newHouse(t testing.TB, baseURL string) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{t: t, rendered: map[string]bool{}, status: rollup.Status{AppliedAt: testNow}}
	now := func() time.Time { return testNow }
	h.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	provinces, err := referral.ReadProvinces(readAsset(t, "data/provinces_63.csv"), readAsset(t, "data/provinces_34.csv"))
	ok(t, err)
	links := new(referral.LinkTable)
	h.registry = registry.New(h.store, provinces, links, now)
	h.signups = signups.New(h.store, h.registry, links, now)
	seed, err := registry.ReadSeed([]byte(readAsset(t, "data/destinations.toml")))
	ok(t, err)
	ok(t, h.registry.Seed(ctx, seed))
	h.health = health.New(h.store, h.registry, nil, health.Options{Now: now, Log: slog.New(slog.DiscardHandler)})
	h.coverage = coverage.New(h.store, provinces, nil, coverage.Options{Base: baseURL, Now: now})
	h.access = access.New(h.store, "", now)
	texts, err := text.Load(assets.Files)
	ok(t, err)
	files, err := web.NewAssets(assets.Files, "css", "fonts", "images", "js")
	ok(t, err)
	h.pages, err = web.NewPages(texts, files, web.Templates(), Templates())
	ok(t, err)
	h.pages.OnRender(func(name string) { h.rendered[name] = true })
	reader, err := classify.NewReader()
	ok(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h.app = fiber.New(web.FiberConfig(web.ErrorHandler(h.pages, log)))
	numbers := stats.New(h.store, provinces, func() rollup.Status { return h.status }, now)
	reports := &report.Maker{Stats: numbers, Provinces: provinces, Map34: readMap(t, "vn34"), Map63: readMap(t, "vn63")}
	h.outbox = outbox.New(h.store, map[string]outbox.Sender{outbox.Mail: &h.mail}, now, log)
	h.mailing = &mailing.Mailing{Store: h.store, Reports: reports, Outbox: h.outbox, Provinces: provinces, Texts: texts, Base: baseURL, Now: now}
	h.texts = texts
	h.wording = wording.New(h.store, texts, now, wording.Check{Of: []string{"badge."}, Fits: public.CheckBadges})
	ok(t, h.wording.Refresh(ctx))
	h.alerts = &alerts.Alerts{Store: h.store, Sources: []alerts.Source{{Kinds: alerts.Kinds, See: func(context.Context) ([]alerts.Sign, error) { return h.signs, nil }}},
		Tell: func(context.Context, alerts.Round) error { return nil }, Now: now, Log: log}
	h.dashboard = New(Config{Alerts: h.alerts, BaseURL: baseURL, Pages: h.pages, Access: h.access, Registry: h.registry, Health: h.health, Coverage: h.coverage,
		Succession: succession.New(h.registry, numbers, now), Reports: reports, Mailing: h.mailing, Signups: h.signups, Outbox: h.outbox, Wording: h.wording, Hub: h.hub, Stats: numbers, Log: log, Now: now, Releases: []string{"bbbbbbbbbb", "aaaaaaaaaa"},
		Posters: posters{h.registry, texts},
		Map34:   reports.Map34, Map63: reports.Map63, Reconciled: func() (time.Time, int64) { return h.reconciled, h.differences },
		Agent: reader.Browser, QR: func(text string) ([]byte, error) {
			return qr.Render(text, qr.SVG, qr.Options{Millimetres: 60, Level: "M"})
		},
		Client: func(*fiber.Ctx) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
	})
	h.dashboard.Register(h.app)
	return h
}

// hub stands for the public hub page, which package app puts here.
func (h *house) hub(c *fiber.Ctx, code referral.Code) error {
	return c.SendString("hub of " + string(code) + " in " + web.PageLang(c))
}

func readAsset(t testing.TB, name string) string {
	t.Helper()
	raw, err := assets.Files.ReadFile(name)
	ok(t, err)
	return string(raw)
}

func readMap(t testing.TB, name string) *atlas.Map {
	t.Helper()
	m, err := atlas.Read([]byte(readAsset(t, "maps/"+name+".topojson")))
	ok(t, err)
	return m
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and says where its requests come from, as browsers do.
type browser struct {
	h       *house
	cookies map[string]string
	headers map[string]string
}

func (h *house) browser() *browser {
	return &browser{h: h, cookies: map[string]string{}, headers: map[string]string{}}
}

type answer struct {
	*http.Response
	body string
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.request(r)
}

// request sends a request with what a browser adds to it.
func (b *browser) request(r *http.Request) answer {
	b.h.t.Helper()
	r.Host = "localhost:8080"
	r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if r.Method == "POST" {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.headers {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.h.app.Test(r, -1)
	ok(b.h.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	ok(b.h.t, err)
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Before(testNow) {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer{res, string(raw)}
}

func (b *browser) get(path string) answer { b.h.t.Helper(); return b.do("GET", path, nil) }

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// send fills the form of a page and sends it to an address.
func (b *browser) send(page, to string, nameValue ...string) answer {
	b.h.t.Helper()
	found := tokenField.FindStringSubmatch(b.get(page).body)
	if found == nil {
		b.h.t.Fatalf("no form on %s", page)
	}
	form := url.Values{"csrf": {found[1]}}
	for i := 0; i+1 < len(nameValue); i += 2 {
		form.Set(nameValue[i], nameValue[i+1])
	}
	return b.do("POST", to, form)
}

// signedIn makes an account and signs it in.
func (h *house) signedIn(role referral.Role, province referral.ProvinceID) *browser {
	h.t.Helper()
	token, err := h.access.Invite(context.Background(), referral.Actor{Kind: "cli", Role: referral.RoleAdmin}, role, province)
	ok(h.t, err)
	b := h.browser()
	page := Root + "/loi-moi/" + token
	name := string(role) + "." + strings.ToLower(token[:6]) + "x"
	res := b.send(page, page, "name", name, "password", testPassword, "again", testPassword)
	if res.StatusCode != 303 || res.Header.Get("Location") != Root {
		h.t.Fatalf("invitation: %d %s", res.StatusCode, res.body)
	}
	return b
}

func text1(s string) *string { return &s }

var admin = referral.Actor{Kind: "cli", ID: "cli", Role: referral.RoleAdmin}

// portal makes a portal and a widget placement on it.
func (h *house) portal(id, province string) referral.Placement {
	h.t.Helper()
	ctx := context.Background()
	_, err := h.registry.CreatePortal(ctx, admin, registry.PortalInput{ID: &id, Name: text1("Sở Khoa học " + id), Province: &province, Hosts: &[]string{id + ".gov.vn"}})
	ok(h.t, err)
	p, err := h.registry.CreatePlacement(ctx, admin, registry.PlacementInput{Portal: &id, Kind: text1("widget"), Destination: text1("support_portal"), Label: text1("Chân trang " + id)})
	ok(h.t, err)
	return p
}

// posters prints one sheet, in the real room for it; the rest of what package
// app makes of a batch is tested there.
type posters struct {
	registry *registry.Registry
	texts    *text.Bundle
}

type posterJob struct {
	sheet poster.Sheet
	o     poster.Options
}

func (p posters) OfBatch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (web.PosterJob, error) {
	_, err := p.registry.Batch(ctx, a, id)
	return posterJob{poster.Sheet{Code: "K7Q2PX", ScanURL: "HTTPS://LENSAN.GOV.VN/K7Q2PX", Words: "lensan.gov.vn/K7Q2PX"}, poster.Options{Paper: f.Paper, Language: p.texts.In("vi")}}, err
}

func (p posters) OfPlacement(ctx context.Context, a referral.Actor, code referral.Code, f web.PosterFile) (web.PosterJob, error) {
	_, err := p.registry.Placement(ctx, a, code)
	return posterJob{poster.Sheet{Code: code, ScanURL: "HTTPS://LENSAN.GOV.VN/" + string(code), Words: "lensan.gov.vn/" + string(code)}, poster.Options{Paper: f.Paper, Language: p.texts.In("vi")}}, err
}

func (j posterJob) Pages() int { return 1 }

func (j posterJob) Write(ctx context.Context, w io.Writer, progress func(int)) error {
	return poster.Write(ctx, w, j.o, func(yield func(poster.Sheet, error) bool) { yield(j.sheet, nil) }, progress)
}

func (h *house) campaign(id string) {
	h.t.Helper()
	_, err := h.registry.CreateCampaign(context.Background(), admin, registry.CampaignInput{ID: &id, Name: text1("Chiến dịch " + id)})
	ok(h.t, err)
}

// batch makes a print batch of one place.
func (h *house) batch(id, portal string) referral.PrintBatch {
	h.t.Helper()
	b, err := h.registry.CreateBatch(context.Background(), admin, registry.BatchInput{ID: &id, Name: text1("Đợt " + id), Portal: &portal})
	ok(h.t, err)
	_, err = h.registry.ImportPlaces(context.Background(), admin, id, strings.NewReader("label\nChợ\n"), false)
	ok(h.t, err)
	return b
}

// clicks adds people's clicks of one day to the cubes.
func (h *house) clicks(seq uint64, day referral.Day, province referral.ProvinceID, channel referral.Channel, people int64) uint64 {
	h.t.Helper()
	counts := rollup.Counts{People: people, Bot: 1}
	d := &rollup.Delta{Journal: "test", After: seq, Seq: seq + uint64(counts.Recorded()), Clicks: counts.Recorded(), LastMilli: day.Start().UnixMilli(),
		ByDay:          map[rollup.DayKey]rollup.Counts{{Day: day, Province: province, Destination: 1, Channel: channel}: counts},
		ByHour:         map[rollup.HourKey]rollup.Counts{{Hour: day.Start().Unix() / 3600, Province: province, Channel: channel}: counts},
		ByPlacementDay: map[rollup.PlacementDayKey]rollup.Counts{{Day: day, Placement: 1, Destination: 1, Channel: channel, Portal: 1, Province: province}: counts},
	}
	ok(h.t, h.store.Apply(context.Background(), d))
	return d.Seq
}

func wantText(t *testing.T, where, body string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("%s: %q is missing", where, w)
		}
	}
}

func wantNoText(t *testing.T, where, body string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(body, w) {
			t.Errorf("%s: %q must not appear", where, w)
		}
	}
}
