package public

import (
	"log/slog"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

// The codes of the placements that every test here can use.
var (
	widgetCode = code("K7Q2P") // leads to support_portal
	linkCode   = code("LNKXY") // kind link
	qrCode     = code("QRC23") // kind qr
	hubCode    = code("HXB23") // destination hub
	pausedCode = code("PAXSD") // paused
	closedCode = code("CVZSD") // leads to voso, which is paused
	goneCode   = code("RTRDQ") // retired
	ghostCode  = code("GHTST") // fits, and does not exist
)

// code adds the check symbol to five symbols, after changing those that no code has.
func code(payload string) referral.Code {
	b := []byte(payload)
	for i, c := range b {
		switch c {
		case 'L', 'I':
			b[i] = 'J'
		case 'O', 'U':
			b[i] = 'V'
		}
	}
	for i := range referral.Alphabet {
		if c, err := referral.ParseCode(string(b) + referral.Alphabet[i:i+1]); err == nil {
			return c
		}
	}
	panic("no check symbol fits " + payload)
}

// kept is a Recorder that keeps copies.
type kept struct {
	mu     sync.Mutex
	clicks []referral.Click
	before func() // called while the request waits
}

func (k *kept) Record(c *referral.Click) {
	if k.before != nil {
		k.before()
	}
	copied := *c
	copied.UserAgent, copied.Referrer = string([]byte(c.UserAgent)), string([]byte(c.Referrer))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clicks = append(k.clicks, copied)
}

func (k *kept) last(t *testing.T) referral.Click {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.clicks) == 0 {
		t.Fatal("no click was recorded")
	}
	return k.clicks[len(k.clicks)-1]
}

func (k *kept) count() int { k.mu.Lock(); defer k.mu.Unlock(); return len(k.clicks) }

type kit struct {
	app    *fiber.App
	deps   Deps
	clicks *kept
	views  seenViews
	links  *referral.LinkTable
	static *web.Assets
	texts  *text.Bundle

	malformed atomic.Int64
}

// seenViews is a ViewRecorder that keeps sums by placement and host.
type seenViews struct {
	mu   sync.Mutex
	sums map[string]int64
}

func (v *seenViews) Add(link *referral.Link, day referral.Day, host string, views, loads int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sums == nil {
		v.sums = map[string]int64{}
	}
	for kind, n := range map[string]int64{"views": views, "loads": loads} {
		if n > 0 {
			v.sums[kind+" "+string(link.Code)+" "+day.String()+" "+host] += n
		}
	}
}

func (v *seenViews) all() map[string]int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.sums)
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, referral.Zone)

func newKit(t testing.TB) *kit {
	t.Helper()
	bundle, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	static, err := web.NewAssets(assets.Files, "css", "fonts", "images", "js")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.NewPages(bundle, static, web.Templates(), Templates())
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	visitors, err := OpenVisitorKey(t.TempDir()+"/visitor.key", now)
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{clicks: &kept{}, links: &referral.LinkTable{}, static: static, texts: bundle}
	k.links.Swap(sampleLinks(t))
	k.deps = Deps{Links: k.links, Clicks: k.clicks, Views: &k.views, Visitors: visitors, Pages: pages, Base: "https://len.example.vn", Now: now, Malformed: func() { k.malformed.Add(1) }}
	k.app = k.another(t, func(*Deps) {})
	return k
}

// another returns an application with other dependencies.
func (k *kit) another(t testing.TB, change func(*Deps)) *fiber.App {
	t.Helper()
	d := k.deps
	change(&d)
	app := fiber.New(web.FiberConfig(web.ErrorHandler(d.Pages, slog.New(slog.DiscardHandler))))
	gate, err := Register(app, d)
	if err != nil {
		t.Fatal(err)
	}
	server := app.Server()
	server.Handler = gate.Wrap(server.Handler)
	app.Get("/assets/*", k.static.Handle)
	return app
}

func sampleProvinces(t testing.TB) *referral.Provinces {
	t.Helper()
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	provinces, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return provinces
}

func sampleLinks(t testing.TB) *referral.Links {
	t.Helper()
	links, err := referral.BuildLinks(sampleSnapshot(), sampleProvinces(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return links
}

func sampleSnapshot() referral.Snapshot {
	destination := func(num int64, id string, kind referral.Kind, url string) referral.Destination {
		return referral.Destination{Num: num, ID: id, Kind: kind, Name: referral.Name{Vi: "Tên " + id, En: "Name " + id}, URL: url, Position: int(num)}
	}
	support := destination(1, "support_portal", referral.KindSupportPortal, "https://tmdt.example.gov.vn/")
	guide := destination(2, "guide", referral.KindGuide, "https://guide.example.vn/x?a={code}&b={channel}#top")
	guide.PassParams = []string{"ref", "xa"}
	closed := destination(3, "voso", referral.KindMarketplaceSignup, "https://voso.example.vn/")
	closed.Paused = true
	market := destination(4, "postmart", referral.KindMarketplaceSignup, "https://postmart.example.vn/dang-ky")
	feedback := destination(5, "feedback", referral.KindFeedback, "https://gopy.example.gov.vn/")
	placement := func(num int64, code referral.Code, kind referral.PlacementKind, to string, state referral.PlacementState) referral.Link {
		return referral.Link{Num: num, Code: code, Label: "Chân trang", LinkWay: &referral.LinkWay{PortalID: "stttt-an-giang", Kind: kind, Wanted: to, State: state, Campaign: "he-2026"}}
	}
	return referral.Snapshot{
		Destinations: []referral.Destination{support, guide, closed, market, feedback},
		Portals:      []referral.Portal{{Num: 7, ID: "stttt-an-giang", Name: "Sở TT&TT An Giang", Province: 890, Hosts: []string{"stttt.angiang.gov.vn"}}},
		Campaigns:    []referral.Campaign{{Num: 3, ID: "he-2026", Name: "Hè 2026"}},
		Placements: []referral.Link{
			placement(11, widgetCode, referral.PlacementWidget, "support_portal", referral.PlacementOpen),
			placement(12, linkCode, referral.PlacementLink, "guide", referral.PlacementOpen),
			placement(13, qrCode, referral.PlacementQR, "guide", referral.PlacementOpen),
			placement(14, hubCode, referral.PlacementQR, referral.HubID, referral.PlacementOpen),
			placement(16, closedCode, referral.PlacementQR, "voso", referral.PlacementOpen),
			placement(15, pausedCode, referral.PlacementWidget, "support_portal", referral.PlacementPaused),
			placement(17, goneCode, referral.PlacementQR, "support_portal", referral.PlacementRetired),
		},
		Batches: []referral.PrintBatch{{Num: 1, ID: "he-2026", Name: "Áp phích hè 2026", State: referral.BatchPrinted}},
		Places: []referral.PrintPlace{
			{Code: qrCode, Batch: "he-2026", Serials: referral.SerialRange{From: 1201, To: 1250}},
			{Code: goneCode, Batch: "he-2026", Serials: referral.SerialRange{From: 1251, To: 1251}},
		},
	}
}

// serve puts the app on a real socket and returns its address.
func (k *kit) serve(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- k.app.Listener(listener) }()
	t.Cleanup(func() {
		if err := k.app.Shutdown(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return listener.Addr().String()
}
