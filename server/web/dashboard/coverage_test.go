package dashboard

import (
	"context"
	"strings"
	"testing"

	"lensan/server/coverage"
	"lensan/server/referral"
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
