package dashboard

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lensan/server/coverage"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
)

func TestCoverage_page(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	h.portal("so-ha-noi", "01")
	b := h.signedIn(referral.RoleViewer, 0)
	wantText(t, "before", b.get(Root+"/do-phu").body, "Bảng đang được lập")
	today := referral.DayOf(testNow)
	ok(t, h.store.AddViews(context.Background(), map[rollup.ViewKey]rollup.Views{{Day: today, Placement: p.Num, Province: 911, Host: "so-an-giang.gov.vn"}: {Views: 1234}}))
	ok(t, h.store.SaveCoverage(context.Background(), map[int64]coverage.Record{1: {FirstSeen: today, LastSeen: today, LastFound: today, CheckedAt: testNow,
		Checks: []coverage.HostCheck{{Host: "so-an-giang.gov.vn", URL: "https://so-an-giang.gov.vn/", HTTP: 200, Found: []coverage.Found{{Code: p.Code, Own: true, Tiers: []string{"badge", "script"}, Bad: []string{"alt_lost"}}}},
			{Host: "cu.gov.vn", Fault: "probe_status", HTTP: 503}}}}))
	ok(t, h.coverage.Refresh(context.Background()))
	page := b.get(Root + "/do-phu").body
	wantText(t, "page", page, "1 trong 34 tỉnh, thành phố có liên kết", "Đặt sai", "1.234 lượt tải và xem", "so-an-giang.gov.vn: "+string(p.Code)+" (biểu trưng, có mã nâng cao, mất chữ thay ảnh)",
		"cu.gov.vn: trang báo mã 503", "Chưa có cổng nào đăng ký", "từ 23/11/2026")
	wantNoText(t, "narrowed", b.get(Root+"/do-phu?state=altered").body, "so-ha-noi", "Chưa có cổng nào đăng ký")
	own := h.signedIn(referral.RoleProvince, 10)
	wantNoText(t, "a province's page", own.get(Root+"/do-phu").body, "so-an-giang", "Theo tuần", "An Giang")
	wantNoText(t, "of a viewer", page, "kiem-tra\"")
	maps := figureMap.FindAllString(page, -1)
	if len(maps) != 1 || strings.Count(maps[0], `class="islands`) != 2 {
		t.Fatalf("%d maps", len(maps))
	}
	wantText(t, "the map by the best portal", maps[0], "Q.đ. Hoàng Sa", "Q.đ. Trường Sa", "<title>An Giang: Đặt sai</title>", "<title>Hà Nội: Chưa đặt</title>", `class="shape step4"`)
	if n := strings.Count(maps[0], `class="shape step0"`); n != 33 {
		t.Errorf("%d provinces are hatched", n)
	}
	wantText(t, "the table beside it", page, `An Giang</a></th><td><span class="tag warning">Đặt sai</span></td><td class="num">1 / 1</td>`, `Hà Nội</a></th><td><span class="tag ">Chưa đặt</span></td><td class="num">0 / 1</td>`)
	byShare := figureMap.FindString(b.get(Root + "/do-phu?map=share").body)
	wantText(t, "the map by share", byShare, "<title>An Giang: 1 / 1 cổng có liên kết</title>", `class="shape step5"`, "81–100\u00a0%", "Chưa cổng nào")
	chosen := b.get(Root + "/do-phu?province=91&state=altered&map=share").body
	wantText(t, "one province", chosen, "<h2>An Giang</h2>", "Tất cả (1)", "/do-phu.xlsx?province=91&amp;state=altered", `href="/thong-ke/do-phu?map=share&amp;state=altered"`)
	wantNoText(t, "one province", chosen, "so-ha-noi")
	workbook, err := excelize.OpenReader(strings.NewReader(b.get(Root + "/do-phu.xlsx?province=91").body))
	ok(t, err)
	sheet, err := workbook.GetRows("Số liệu")
	ok(t, err)
	if len(sheet) != 2 || sheet[0][4] != "Tình trạng" || sheet[1][4] != "altered" || sheet[1][6] != "24/11/2026" || sheet[1][8] != "24/11/2026 14:05" || sheet[1][9] != "1,234" {
		t.Errorf("%q", sheet)
	}
	about, err := workbook.GetRows("Giải thích")
	ok(t, err)
	if len(about) < 10 || about[1][1] != "Độ phủ" {
		t.Errorf("%q", about)
	}
	wantNoText(t, "a province's page", own.get(Root+"/do-phu").body, "<figure")
	file := b.get(Root + "/do-phu.csv")
	if lines := strings.Split(strings.TrimSpace(file.body), "\n"); len(lines) != 35 || !strings.HasPrefix(lines[0], "\ufeffprovince,") {
		t.Errorf("%d lines: %s", len(lines), lines[0])
	}
	wantText(t, "file", file.body, "91,An Giang,so-an-giang,Sở Khoa học so-an-giang,altered,,2026-11-24,2026-11-24,2026-11-24T14:05:00+07:00,1234,0,")
	if res := own.get(Root + "/do-phu.csv"); strings.Contains(res.body, "an-giang") {
		t.Error(res.body)
	}
	for _, key := range []string{"link_lost", "escaped", "nothing", "wrong_host", "empty", "picture_changed", "picture_of_other", "alt_lost", "iframe_src_lost", "script_inert",
		"script_cors", "script_evergreen_integrity", "csp_img", "csp_frame", "csp_script"} {
		if !h.pages.Text("vi").Has("dashboard.coverage.bad." + key) {
			t.Errorf("no text for %s", key)
		}
	}
}

// A portal is read over a real connection.
func TestCoverage_checkNow(t *testing.T) {
	h := newHouse(t, "https://len.example.vn")
	var placed referral.Placement
	portals := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<p>Tin tức</p><a href="https://len.example.vn/go/`+string(placed.Code)+`">Hỗ trợ nông dân</a>`)
	}))
	defer portals.Close()
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	asker := probe.New(probe.Options{Contact: "https://len.example.vn", Allow: func(at netip.AddrPort) bool { return loopback.Contains(at.Addr()) }})
	h.coverage = coverage.New(h.store, h.registry.Provinces(), asker, coverage.Options{Base: "https://len.example.vn", Interval: 24 * time.Hour, Now: func() time.Time { return testNow },
		Addresses: func(string) []string { return []string{portals.URL} }})
	h.dashboard.Coverage = h.coverage
	for _, id := range []string{"so-an-giang", "bao-an-giang"} {
		placed = h.portal(id, "91")
		_, err := h.registry.UpdatePortal(t.Context(), admin, id, registry.PortalInput{Hosts: &[]string{"127.0.0.1"}}, "")
		ok(t, err)
	}
	ok(t, h.coverage.Refresh(t.Context()))
	const page = Root + "/do-phu"
	look := func(id string) string { return page + "/" + id + "/kiem-tra" }
	for role, province := range map[referral.Role]referral.ProvinceID{referral.RoleViewer: 0, referral.RoleProvince: 911} {
		b := h.signedIn(role, province)
		wantNoText(t, string(role), b.get(page).body, look("so-an-giang"))
		if res := b.send(page, look("so-an-giang")); res.StatusCode != 403 {
			t.Errorf("%s: %d", role, res.StatusCode)
		}
	}
	for role, id := range map[referral.Role]string{referral.RoleAdmin: "so-an-giang", referral.RoleEditor: "bao-an-giang"} {
		b := h.signedIn(role, 0)
		wantText(t, string(role), b.get(page).body, look(id))
		res := b.send(page, look(id))
		if res.StatusCode != 303 {
			t.Fatalf("%s: %d %s", role, res.StatusCode, res.body)
		}
		wantText(t, "found", b.get(res.Header.Get("Location")).body, "Đã kiểm tra Sở Khoa học "+id+" lúc 14:05 24/11/2026: Thấy, chưa ai xem. 127.0.0.1: "+string(placed.Code), "Đọc lúc 14:05 24/11/2026")
		res = b.send(page, look(id))
		if res.StatusCode != 409 {
			t.Errorf("again at once: %d", res.StatusCode)
		}
		wantText(t, "again at once", res.body, "vừa được kiểm tra chưa đầy một phút trước", "Theo tuần")
		if res := b.send(page, look("khong-co")); res.StatusCode != 404 {
			t.Errorf("no portal: %d", res.StatusCode)
		}
	}
	wantText(t, "the log", h.signedIn(referral.RoleAdmin, 0).get(logPath+"?what=coverage").body, "Kiểm tra ngay", "bao-an-giang", "Tình trạng liên kết", "Thấy, chưa ai xem")
}
