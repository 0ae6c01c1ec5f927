package dashboard

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/web"
)

// clicksAt adds people's clicks on a placement, in one hour of a day, to every
// cube that tells of them.
func (h *house) clicksAt(seq uint64, p referral.Placement, day referral.Day, hour int64, province referral.ProvinceID, channel referral.Channel, app string, people int64) uint64 {
	h.t.Helper()
	portal, err := h.registry.Portal(h.t.Context(), admin, p.Portal)
	ok(h.t, err)
	n := rollup.Counts{People: people}
	at := day.Start().Unix()/3600 + hour
	d := &rollup.Delta{Journal: "test", After: seq, Seq: seq + uint64(people), Clicks: people, LastMilli: day.Start().UnixMilli(),
		ByDay:           map[rollup.DayKey]rollup.Counts{{Day: day, Province: province, Destination: 1, Channel: channel}: n},
		ByHour:          map[rollup.HourKey]rollup.Counts{{Hour: at, Province: province, Channel: channel}: n},
		ByPlacementHour: map[rollup.PlacementHourKey]rollup.Counts{{Hour: at, Placement: p.Num, Province: province}: n},
		ByPlacementDay:  map[rollup.PlacementDayKey]rollup.Counts{{Day: day, Placement: p.Num, Destination: 1, Channel: channel, Portal: portal.Num, Province: province}: n},
		ByAgent:         map[rollup.AgentKey]rollup.Counts{{Day: day, Province: province, Channel: channel, Device: "phone", OS: "android", Browser: "chrome", App: app}: n},
		ByAgentMonth:    map[rollup.AgentMonthKey]rollup.Counts{{Month: day.Month(), Placement: p.Num, Province: province, Device: "phone", OS: "android", Browser: "chrome", App: app}: n},
		ByReferrer:      map[rollup.ReferrerKey]rollup.Counts{{Day: day, Placement: p.Num, Province: province, Host: portal.Hosts[0]}: n},
	}
	ok(h.t, h.store.Apply(h.t.Context(), d))
	return d.Seq
}

var anchor = regexp.MustCompile(`<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>`)

// follow returns the address of the link with a text, as a reader would find it.
func follow(t *testing.T, body, text string) string {
	t.Helper()
	for _, found := range anchor.FindAllStringSubmatch(body, -1) {
		if found[2] == text {
			return strings.ReplaceAll(found[1], "&amp;", "&")
		}
	}
	t.Fatalf("no link %q", text)
	return ""
}

// From the country to an hour, by links alone.
func TestOverview_wayDown(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	angiang, hanoi := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, angiang, today-1, 9, 911, referral.ChannelWidget, "zalo", 1234)
	seq = h.clicksAt(seq, angiang, today, 8, 911, referral.ChannelWidget, "zalo", 70)
	h.clicksAt(seq, hanoi, today, 10, 10, referral.ChannelWidget, "browser", 5000)
	b := h.signedIn(referral.RoleViewer, 0)

	body := b.get(Root).body
	wantText(t, "country", body, "2 trong 34", ">6.304<", `data-live="/thong-ke/hom-nay"`, "Hôm nay</a> <strong data-live-value>5.070</strong>")
	body = b.get(follow(t, body, "An Giang")).body
	wantText(t, "province", body, "An Giang: 1.304 lượt đến", ">Cả nước</a>", `data-live="/thong-ke/hom-nay?province=91"`, "<strong data-live-value>70<")
	wantNoText(t, "province", body, "Hà Nội", "so-ha-noi", `class="map"`)
	body = b.get(follow(t, body, "Sở Khoa học so-an-giang")).body
	wantText(t, "portal", body, "Sở Khoa học so-an-giang: 1.304 lượt đến", ">An Giang</a>", "chỉ được đếm theo tháng: 01/10/2026 – 30/11/2026")
	body = b.get(follow(t, body, "Chân trang so-an-giang")).body
	wantText(t, "placement", body, "Chân trang so-an-giang ("+string(angiang.Code)+"): 1.304 lượt đến", `href="/thong-ke/vi-tri/`+string(angiang.Code)+`"`)
	address := follow(t, body, "23/11/2026")
	for name, value := range map[string]string{"province": "91", "portal": "so-an-giang", "placement": string(angiang.Code), "from": "2026-11-23", "to": "2026-11-23"} {
		u, err := url.Parse(address)
		ok(t, err)
		if got := u.Query().Get(name); got != value {
			t.Errorf("%s is %q in the address of the day, want %q", name, got, value)
		}
	}
	body = b.get(address).body
	wantText(t, "day", body, "Theo giờ", "09:00–09:59: 1.234 lượt đến", `aria-current="page">23/11/2026<`, "so với 22/11/2026")

	// Every filter can be taken away again, and combines with the others.
	body = b.get(Root + "?channel=widget&destination=support_portal&province=91").body
	wantText(t, "filters", body, "An Giang: 1.304 lượt đến", "Bỏ bộ lọc Kênh", "Bỏ bộ lọc Đích đến", "Biểu trưng trên cổng")
	wantText(t, "none by qr", b.get(Root+"?channel=qr&province=91").body, "An Giang: 0 lượt đến")
}

func TestOverview_faultsOfTheAddress(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleViewer, 0)
	for query, want := range map[string]string{
		"?province=99":                      "99",
		"?province=89":                      "dùng 91",
		"?province=91~x":                    "91",
		"?portal=khong-co":                  "khong-co",
		"?placement=ABC":                    "Mã",
		"?batch=khong-co":                   "khong-co",
		"?destination=khong-co":             "khong-co",
		"?channel=tv":                       "tv",
		"?campaign=khong-co":                "khong-co",
		"?device=%00":                       "Giá trị này không dùng được.",
		"?host=" + strings.Repeat("a", 254): "Giá trị này không dùng được.",
		"?device=phone&destination=hub":     "Các bộ lọc này không xem chung được",
		"?device=phone&portal=so-an-giang":  "Các bộ lọc này không xem chung được",
		"?app=zalo&host=so-an-giang.gov.vn": "Xin bỏ bớt một bộ lọc ở trên.",
	} {
		res := b.get(Root + query)
		if res.StatusCode != 422 {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
		wantText(t, query, res.body, want)
		wantNoText(t, query, res.body, "Chưa lưu")
	}
	if res := b.get(Root + "/bang?by=colour"); res.StatusCode != 422 {
		t.Errorf("grouping: %d", res.StatusCode)
	}
}

// Both readings of the boundaries agree at every step of the way down.
func TestOverview_boundariesAgreeBelow(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	day := referral.MustDay("2025-06-30")
	seq := h.clicksAt(0, p, day, 8, 890, referral.ChannelQR, "zalo", 5)
	seq = h.clicksAt(seq, p, day, 8, 910, referral.ChannelQR, "zalo", 4)
	h.clicksAt(seq, p, day+1, 8, 911, referral.ChannelQR, "zalo", 2)
	b := h.signedIn(referral.RoleViewer, 0)
	const period = "?period=custom&from=2025-06-30&to=2025-07-01"
	for _, scope := range []string{"&province=91", "&portal=so-an-giang", "&placement=" + string(p.Code), "&province=91&channel=qr"} {
		for _, boundaries := range []string{"", "&boundaries=recorded"} {
			wantText(t, scope+boundaries, b.get(Root+period+scope+boundaries).body, ": 11 lượt đến</h1>")
		}
	}
	recorded := b.get(Root + period + "&boundaries=recorded").body
	for name, n := range map[string]string{"An Giang (89, đến 30/06/2025)": "5", "Kiên Giang (91, đến 30/06/2025)": "4", "An Giang": "2"} {
		wantText(t, name, b.get(follow(t, recorded, name)).body, name+": "+n+" lượt đến</h1>")
	}
	wantText(t, "coverage of the 63", b.get(Root+"?period=custom&from=2025-06-30&to=2025-06-30&boundaries=recorded").body, "2 trong 63 tỉnh, thành phố đã đặt liên kết", "61 tỉnh, thành phố chưa đặt")
	wantText(t, "of the 34", b.get(Root+"?period=custom&from=2025-06-30&to=2025-06-30").body, "1 trong 34 tỉnh, thành phố đã đặt liên kết")
	ended := follow(t, recorded, "Kiên Giang (91, đến 30/06/2025)")
	wantText(t, "by today's boundaries", b.get(strings.ReplaceAll(ended, "boundaries=recorded", "")).body, "An Giang: 11 lượt đến</h1>")
}

var figureMap = regexp.MustCompile(`(?s)<figure class="map">.*?</figure>`)

// A map published by a state body shows both archipelagos, named.
func TestOverview_everyMapShowsHoangSaAndTruongSa(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := h.clicks(0, referral.MustDay("2025-06-30"), 890, referral.ChannelQR, 5)
	h.clicks(seq, referral.DayOf(testNow), 911, referral.ChannelQR, 5)
	b := h.signedIn(referral.RoleViewer, 0)
	const spanning = "?period=custom&from=2025-06-30&to=2026-11-24&boundaries=recorded"
	for page, count := range map[string]int{"": 1, "?channel=qr": 1, "?boundaries=recorded": 1, spanning: 2, "?period=custom&from=2025-06-01&to=2025-06-30&boundaries=recorded": 1} {
		for lang, labels := range map[string][]string{"vi": {"Q.đ. Hoàng Sa", "(TP. Đà Nẵng)", "Q.đ. Trường Sa", "(tỉnh Khánh Hòa)"},
			"en": {"Hoàng Sa Islands", "(Đà Nẵng City)", "Trường Sa Islands", "(Khánh Hòa)"}} {
			b.cookies[langCookie] = lang
			body := b.get(Root + page).body
			maps := figureMap.FindAllString(body, -1)
			if len(maps) != count || strings.Count(body, "<path class=\"islands") != 2*count {
				t.Errorf("%s: %d maps, want %d", page, len(maps), count)
			}
			for _, m := range maps {
				wantText(t, page, m, labels...)
				if n := strings.Count(m, "<a href="); n != 34+2 && n != 63+2 {
					t.Errorf("%s: %d links on the map", page, n)
				}
			}
		}
	}
}

// Huế took its name of today half a year before the 63 ended.
func TestOverview_mapKnowsHueByBothNames(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := h.clicks(0, referral.MustDay("2024-12-31"), 460, referral.ChannelQR, 5)
	h.clicks(seq, referral.MustDay("2025-01-01"), 461, referral.ChannelQR, 4)
	b := h.signedIn(referral.RoleViewer, 0)
	for page, want := range map[string]string{"": "Huế: 9 lượt đến", "&boundaries=recorded": "Huế: 9 lượt đến"} {
		body := b.get(Root + "?period=custom&from=2024-12-31&to=2025-01-01" + page).body
		for _, m := range figureMap.FindAllString(body, -1) {
			wantText(t, page, m, want)
		}
		wantText(t, page, body, "1 trong ")
	}
}

// A province's account reaches no other by any address.
func TestProvince_reachesNoOtherByAddress(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	own, foreign := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, own, today, 8, 911, referral.ChannelWidget, "zalo", 70)
	h.clicksAt(seq, foreign, today, 8, 10, referral.ChannelWidget, "zalo", 90210)
	b := h.signedIn(referral.RoleProvince, 890)
	for _, query := range []string{"?province=01", "?province=01~2008-08-01", "?portal=so-ha-noi", "?placement=" + string(foreign.Code)} {
		for _, path := range []string{"", "/bang", "/so-lieu.csv", "/so-lieu.xlsx", "/hom-nay"} {
			res := b.get(Root + path + query)
			if res.StatusCode != 422 {
				t.Errorf("%s%s: %d", path, query, res.StatusCode)
			}
			wantNoText(t, path+query, res.body, "90.210", "90210", "Sở Khoa học so-ha-noi", "Chân trang so-ha-noi")
		}
	}
	for _, page := range []string{"", "/bang?by=portal", "/bang?by=province", "/bang?by=placement&boundaries=recorded", "/so-lieu.csv?by=portal", "/so-lieu.csv?by=hour", "/tim?q=ha+noi",
		"/tim?q=so", "?host=so-ha-noi.gov.vn", "?province=91", "?channel=widget"} {
		body := b.get(Root + page).body
		wantNoText(t, page, body, "90.2", "902", "Hà Nội", ">so-ha-noi", "Sở Khoa học so-ha-noi", string(foreign.Code))
	}
	wantText(t, "own portal", b.get(Root+"?portal=so-an-giang").body, "Sở Khoa học so-an-giang: 70 lượt đến")
}

func TestOverview_smallCellsAreWithheld(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p, few := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, p, today, 8, 911, referral.ChannelWidget, "zalo", 300)
	seq = h.clicksAt(seq, p, today, 8, 911, referral.ChannelWidget, "browser", 40)
	seq = h.clicksAt(seq, p, today, 8, 911, referral.ChannelWidget, "viber", 3)
	h.clicksAt(seq, few, today, 8, 10, referral.ChannelWidget, "zalo", 3)
	b := h.signedIn(referral.RoleViewer, 0)
	body := b.get(Root + "?portal=so-an-giang").body
	wantText(t, "portal", body, ">&lt;5</span>", "Số dưới 5 không hiện", ">343<")
	wantText(t, "a total that is withheld", b.get(Root+"?portal=so-ha-noi").body, "không được hiện, kể cả tổng")
	csv := b.get(Root + "/so-lieu.csv?by=app&portal=so-an-giang").body
	wantText(t, "file", csv, "viber,Viber,<5,<5,<5", "zalo,Zalo,300,")
	wantNoText(t, "file", csv, "viber,Viber,3", "browser,Trình duyệt,40")
}

func TestSearch_withoutAccents(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleViewer, 0)
	wantText(t, "province", b.get(Root+"/tim?q=dak+lak").body, `href="/thong-ke?province=66"`, "Đắk Lắk")
	wantText(t, "one that has ended", b.get(Root+"/tim?q=kien+giang").body, "Kiên Giang (91, đến 30/06/2025)", "province=91~2008-08-01")
	body := b.get(Root + "/tim?q=so+khoa+hoc").body
	wantText(t, "portal", body, `href="/thong-ke?portal=so-an-giang"`)
	wantText(t, "placement", b.get(Root+"/tim?q=chan+trang").body, `href="/thong-ke?placement=`+string(p.Code)+`"`)
	wantText(t, "nothing", b.get(Root+"/tim?q=zzz").body, "Không tìm thấy")
	wantText(t, "no question", b.get(Root+"/tim?q=+").body, "Tìm tỉnh, cổng và vị trí")
}

func TestCSV_isForSpreadsheets(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	h.clicksAt(0, p, referral.DayOf(testNow), 8, 911, referral.ChannelWidget, "zalo", 70)
	b := h.signedIn(referral.RoleViewer, 0)
	res := b.get(Root + "/so-lieu.csv?by=province")
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="lensan-province-2026-10-26-2026-11-24.csv"` {
		t.Error(got)
	}
	if !strings.HasPrefix(res.body, "\ufeffkey,label,arrivals,") {
		t.Errorf("begins %q", res.body[:20])
	}
	wantText(t, "file", res.body, "\n91,An Giang,70,70,0,", "\n,Cộng,70,")
}

func TestThresholds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 0, 80).Draw(t, "values")
		bounds := thresholds(values)
		if len(bounds) > web.MapSteps {
			t.Fatalf("%d steps", len(bounds))
		}
		for i, n := range bounds {
			if i > 0 && n <= bounds[i-1] {
				t.Fatalf("steps %v", bounds)
			}
		}
		for _, n := range values {
			step := stepOf(n, bounds)
			if (n == 0) != (step == 0) || step < 0 || step > web.MapSteps {
				t.Fatalf("%d of %v is step %d", n, bounds, step)
			}
			if step > 0 && n > bounds[len(bounds)-1] {
				t.Fatalf("%d is above all of %v", n, bounds)
			}
		}
	})
}

func FuzzFindProvince(f *testing.F) {
	for _, s := range []string{"91", "91~2008-08-01", "89", "~", "91~", "46~2025-01-01", "Đ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := findProvince(fuzzProvinces, s, referral.DayOf(testNow))
		if (p == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", s, p, err)
		}
		if p != nil && !strings.HasPrefix(s, p.Code) {
			t.Errorf("%q is %s", s, p.Code)
		}
	})
}

var fuzzProvinces = func() *referral.Provinces {
	csv := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		if err != nil {
			panic(err)
		}
		return string(raw)
	}
	ps, err := referral.ReadProvinces(csv("provinces_63.csv"), csv("provinces_34.csv"))
	if err != nil {
		panic(err)
	}
	return ps
}()
