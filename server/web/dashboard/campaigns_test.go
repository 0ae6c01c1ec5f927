package dashboard

import (
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestCampaign_createChangeUndo(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleEditor, 0)
	wantText(t, "none", b.get(campaignsPath).body, "Chưa có chiến dịch nào.")
	res := b.send(campaignsPath, campaignsPath, "name", "", "from", "2026-02-30", "to", "", "poster_texts/title", strings.Repeat("á", 121))
	if res.StatusCode != 422 {
		t.Errorf("faulty: %d", res.StatusCode)
	}
	wantText(t, "faulty", res.body, `<a href="#f-name">`, `<a href="#f-from">`, `<a href="#f-poster_texts-title">`, `value="2026-02-30"`)
	if list, _, err := h.registry.Campaigns(t.Context(), registry.Page{}); err != nil || len(list) > 0 {
		t.Errorf("%v: %d written", err, len(list))
	}
	res = b.send(campaignsPath, campaignsPath, "id", "", "name", "Tết 2027", "from", "2027-01-01", "to", "2027-02-06", "poster_texts/title", "Bán hàng Tết", "poster_texts/call", "")
	if want := campaignsPath + "/tet-2027?done=made#main"; res.StatusCode != 303 || res.Header.Get("Location") != want {
		t.Fatalf("%d %s %s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	page := campaignsPath + "/tet-2027"
	wantText(t, "made", b.get(page).body, "01/01/2027 – 06/02/2027", `value="Bán hàng Tết"`, "Có áp phích mẫu khi")
	p, err := h.registry.CreatePlacement(t.Context(), admin, registry.PlacementInput{Portal: text1("so-an-giang"), Kind: text1("qr"), Destination: text1("hub"), Campaign: text1("tet-2027")})
	ok(t, err)
	wantText(t, "proof", b.get(page).body, `href="/thong-ke/vi-tri/`+string(p.Code)+`/ap-phich?paper=A4"`)

	res = b.send(page, page, "name", "Tết", "from", "", "to", "", "reason", "đổi ngày")
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "changed", b.get(page).body, "<h1>Tết</h1>", "đổi ngày")
	b.undoOn(page, "nhầm")
	c, err := h.registry.Campaign(t.Context(), "tet-2027")
	ok(t, err)
	if c.Name != "Tết 2027" || c.From != referral.MustDay("2027-01-01") || c.Posters["title"] != "Bán hàng Tết" {
		t.Errorf("undone: %+v", c)
	}
	wantText(t, "list", b.get(campaignsPath+"?q=tet").body, "Tết 2027", "01/01/2027 – 06/02/2027")
}

func TestCampaign_roles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.campaign("tet")
	for _, b := range []*browser{h.signedIn(referral.RoleViewer, 0), h.signedIn(referral.RoleProvince, 911)} {
		wantNoText(t, "list", b.get(campaignsPath).body, `id="moi"`)
		body := b.get(campaignsPath + "/tet").body
		wantText(t, "page", body, "<h1>Chiến dịch tet</h1>")
		wantNoText(t, "page", body, `id="sua"`, "hoan-tac")
		for _, path := range []string{campaignsPath, campaignsPath + "/tet", campaignsPath + "/tet/hoan-tac"} {
			if res := b.send(campaignsPath, path, "name", "X", "change", "1", "reason", "x"); res.StatusCode != 403 {
				t.Errorf("POST %s: %d", path, res.StatusCode)
			}
		}
	}
	if res := h.signedIn(referral.RoleAdmin, 0).get(campaignsPath + "/khong-co"); res.StatusCode != 404 {
		t.Errorf("unknown: %d", res.StatusCode)
	}
}

func TestDestination_orderAndFallback(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	page := Root + "/dich-den/postmart"
	before, err := h.registry.Destination(t.Context(), "postmart")
	ok(t, err)
	sent := []string{"url", before.URL, "name/vi", before.Name.Vi, "name/en", before.Name.En}
	res := b.send(page, page, append(sent, "fallback_id", "khong-co", "position", "một", "reason", "")...)
	if res.StatusCode != 422 {
		t.Errorf("faulty: %d", res.StatusCode)
	}
	wantText(t, "faulty", res.body, `<a href="#f-fallback_id">`, `<a href="#f-position">`, `<a href="#f-reason">`, `value="một"`)
	res = b.send(page, page, append(sent, "fallback_id", "guide", "position", "77", "reason", "theo công văn")...)
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "changed", b.get(page).body, `<option value="guide" selected>`, `value="77"`)
}
