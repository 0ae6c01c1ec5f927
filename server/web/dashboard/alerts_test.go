package dashboard

import (
	"strconv"
	"testing"
	"time"

	"lensan/server/alerts"
	"lensan/server/referral"
)

func TestAlerts_page(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	editor, viewer := h.signedIn(referral.RoleEditor, 0), h.signedIn(referral.RoleViewer, 0)
	wantText(t, "none", viewer.get(alertsPath).body, "Không có cảnh báo nào", "Chưa có cảnh báo nào đã đóng.")
	wantNoText(t, "of a viewer", viewer.get(alertsPath).body, "Nhận cảnh báo qua thư điện tử")
	h.signs = []alerts.Sign{
		{Kind: alerts.Destination, Subject: "postmart", Args: referral.Args{"name": "Postmart", "id": "postmart"}, Since: testNow.Add(-time.Hour)},
		{Kind: alerts.Jump, Subject: "ABC/2026-11-24", Args: referral.Args{"code": "K7Q2PX", "n": "900", "usual": "4"}},
	}
	ok(t, h.alerts.Tick(t.Context()))
	page := editor.get(alertsPath).body
	wantText(t, "two", page, "2 cảnh báo đang mở", "Đích đến không hoạt động: Postmart", "Từ 13:05 24/11/2026", "Mã K7Q2PX tăng đột biến: 900 người hôm nay, thường 4 một ngày",
		"/thong-ke/dich-den/postmart", "placement=K7Q2PX", "Tôi đang xử lý", `<span class="count">2<`)
	wantNoText(t, "of a viewer", viewer.get(alertsPath).body, "Tôi đang xử lý<")
	if got := editor.send(alertsPath, alertsPath+"/1/nhan"); got.StatusCode != 303 {
		t.Errorf("know: %d", got.StatusCode)
	}
	wantText(t, "known", viewer.get(alertsPath).body, "editor")
	for _, num := range []string{"9", "x"} {
		if got := editor.send(alertsPath, alertsPath+"/"+num+"/nhan"); got.StatusCode != 404 {
			t.Errorf("alert %s: %d", num, got.StatusCode)
		}
	}
	for _, role := range []referral.Role{referral.RoleProvince} {
		if got := h.signedIn(role, 890).get(alertsPath); got.StatusCode != 403 {
			t.Errorf("%s: %d", role, got.StatusCode)
		}
	}
	if got := editor.send(alertsPath, alertsPath+"/nhan", "email", "truc ban", "lang", "vi"); got.StatusCode != 422 {
		t.Errorf("a bad address: %d", got.StatusCode)
	}
	if got := editor.send(alertsPath, alertsPath+"/nhan", "email", "truc.ban@mae.gov.vn", "lang", "vi"); got.StatusCode != 303 {
		t.Errorf("subscribe: %d %s", got.StatusCode, got.body)
	}
	wantText(t, "subscribed", editor.get(alertsPath).body, "truc.ban@mae.gov.vn")
	wantNoText(t, "of reports", editor.get(monthlyPath).body, "truc.ban@mae.gov.vn")
}

// Every kind has its texts, and a page on which to look.
func TestAlerts_everyKind(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	for i, kind := range alerts.Kinds {
		h.signs = append(h.signs, alerts.Sign{Kind: kind, Subject: "x" + strconv.Itoa(i), Args: referral.Args{"n": "3", "day": "24/11/2026", "name": "Postmart", "id": "x", "node": "mot", "code": "K7Q2PX", "usual": "1", "portal": "Sở"}})
	}
	ok(t, h.alerts.Tick(t.Context()))
	for _, lang := range []string{"vi", "en"} {
		body := h.signedIn(referral.RoleViewer, 0).get(alertsPath + "?lang=" + lang).body
		wantNoText(t, lang, body, "[alert.", "{")
	}
}
