package dashboard

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

var changeField = regexp.MustCompile(`name="change" value="(\d+)"`)

// undoOn sends the undo form of a page.
func (b *browser) undoOn(page, reason string) answer {
	b.h.t.Helper()
	found := changeField.FindStringSubmatch(b.get(page).body)
	if found == nil {
		b.h.t.Fatalf("nothing to undo on %s", page)
	}
	return b.send(page, page+"/hoan-tac", "change", found[1], "reason", reason)
}

func TestPortal_changeAndUndo(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleProvince, 911)
	page := Root + "/cong/so-an-giang"
	wantNoText(t, "a creation", b.get(page).body, "hoan-tac")
	res := b.send(page, page, "name", "", "province", "", "hosts", "a b!", "contact_email", "x", "reason", "vì thế")
	if res.StatusCode != 422 {
		t.Errorf("faulty: %d", res.StatusCode)
	}
	wantText(t, "faulty", res.body, `<a href="#f-name">`, `<a href="#f-hosts">`, `<a href="#f-contact_email">`, `value="vì thế"`)
	res = b.send(page, page, "name", "Sở", "province", "", "hosts", "so-an-giang.gov.vn", "pages", "/chuyen-doi-so\nhttps://ở-đâu.example/x", "contact_email", "")
	wantText(t, "a page elsewhere", res.body, `id="f-pages-fault"`, "không thuộc tên miền nào của cổng", "/chuyen-doi-so")
	res = b.send(page, page, "name", "Sở mới", "province", "", "hosts", "https://moi.angiang.gov.vn/", "pages", "/chuyen-doi-so /lien-ket", "contact_email", "lan@angiang.gov.vn", "reason", "đổi tên")
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "changed", b.get(res.Header.Get("Location")).body, "Đã lưu.", "<h1>Sở mới</h1>", "moi.angiang.gov.vn", ">/chuyen-doi-so<br>/lien-ket</dd>", ">/chuyen-doi-so\n/lien-ket</textarea>", "Trang được đọc thêm", "đổi tên")

	res = b.undoOn(page, " ")
	if res.StatusCode != 422 {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	wantText(t, "without a reason", res.body, `<a href="#f-undo-reason">`, "Sở mới")
	res = b.undoOn(page, "nhầm cổng")
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "undone", b.get(res.Header.Get("Location")).body, "Đã hoàn tác.", "<h1>Sở Khoa học so-an-giang</h1>", "so-an-giang.gov.vn", "nhầm cổng")
	res = b.send(page, page+"/hoan-tac", "change", "1", "reason", "x")
	if res.StatusCode != 409 {
		t.Errorf("an older change: %d", res.StatusCode)
	}
	wantText(t, "an older change", res.body, "Chưa có gì thay đổi.")
}

func TestPortal_merge(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := h.portal("so-an-giang", "91").Code
	h.portal("so-kien-giang", "91")
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/cong/so-an-giang"
	for _, into := range []string{"", "khong-co", "so-an-giang"} {
		res := b.send(page, page+"/sap-nhap", "into", into, "reason", "hợp nhất sở")
		if res.StatusCode != 422 {
			t.Errorf("into %q: %d", into, res.StatusCode)
		}
		wantText(t, into, res.body, `<a href="#f-into">`, `<details class="card" id="sap-nhap" open>`)
	}
	if res := b.send(page, page+"/sap-nhap", "into", "so-kien-giang", "reason", ""); res.StatusCode != 422 {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	res := b.send(page, page+"/sap-nhap", "into", "so-kien-giang", "reason", "hợp nhất sở")
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	merged := b.get(res.Header.Get("Location")).body
	wantText(t, "merged", merged, "Cổng này đã nhập vào", `href="/thong-ke/cong/so-kien-giang"`, "hợp nhất sở")
	wantNoText(t, "merged", merged, `id="sap-nhap"`)
	if p, err := h.registry.Placement(t.Context(), admin, code); err != nil || p.State != referral.PlacementOpen {
		t.Errorf("the code: %v %+v", err, p)
	}
	b.undoOn(page, "chưa hợp nhất")
	wantNoText(t, "undone", b.get(page).body, "Cổng này đã nhập vào")
}

// Viewers read the page; a portal of another province is not there.
func TestPortal_roles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	_, err := h.registry.UpdatePortal(t.Context(), admin, "so-an-giang", registry.PortalInput{Name: text1("Sở An Giang")}, "")
	ok(t, err)
	page := Root + "/cong/so-an-giang"
	viewer := h.signedIn(referral.RoleViewer, 0)
	body := viewer.get(page).body
	wantText(t, "viewer", body, "<h1>Sở An Giang</h1>")
	wantNoText(t, "viewer", body, `id="sua"`, "hoan-tac", "sap-nhap")
	foreign := h.signedIn(referral.RoleProvince, 10)
	if res := foreign.get(page); res.StatusCode != 404 {
		t.Errorf("another province: %d", res.StatusCode)
	}
	if res := foreign.send(Root, page+"/hoan-tac", "change", "2", "reason", "x"); res.StatusCode != 404 {
		t.Errorf("undo of another province: %d", res.StatusCode)
	}
}

func TestUndo_placementAndDestination(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleAdmin, 0)
	page := Root + "/vi-tri/" + string(p.Code)
	b.send(page, page, "destination", "hub", "label", "Khác", "state", "paused", "reason", "")
	wantText(t, "changed", b.get(page).body, "Tạm dừng", `value="Khác"`)
	if res := b.undoOn(page, "nhầm"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "undone", b.get(page).body, "Chân trang so-an-giang", `<option value="support_portal" selected>`)

	page = Root + "/dich-den/postmart"
	b.send(page, page, "url", "https://sai.example/", "name/vi", "Sai", "name/en", "Wrong", "reason", "x")
	if res := b.undoOn(page, ""); res.StatusCode != 422 {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	if res := b.undoOn(page, "nhầm"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	d, err := h.registry.Destination(t.Context(), "postmart")
	ok(t, err)
	if d.URL == "https://sai.example/" || d.Name.Vi == "Sai" {
		t.Errorf("still %+v", d)
	}
}

// With more portals than a list is good for, one is searched for; the rows of
// lists have names all the same.
func TestPortalPicker_searches(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	csv := "id,name,province\n"
	for i := range mostPortalOptions + 1 {
		csv += fmt.Sprintf("cong-%d,Cổng số %d,91\n", i, i)
	}
	_, err := h.registry.ImportPortals(t.Context(), admin, strings.NewReader(csv))
	ok(t, err)
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/vi-tri"
	wantText(t, "form", b.get(page).body, `<input id="f-portal" name="portal" type="search"`)
	for _, c := range []struct {
		typed  string
		status int
		shown  string
	}{
		{"cong-1", 303, ""},
		{"Cổng số 499", 303, ""},
		{"công số", 422, "cong-0, cong-1,"},
		{"khong-co", 422, "Không có cổng “khong-co”."},
		{" ", 422, "Không được để trống."},
	} {
		res := b.send(page, page, "portal", c.typed, "kind", "link", "destination", "hub", "label", "")
		if res.StatusCode != c.status {
			t.Errorf("%q: %d", c.typed, res.StatusCode)
		}
		if c.shown != "" {
			wantText(t, c.typed, res.body, `<a href="#f-portal">`, c.shown)
		}
	}
	wantText(t, "placements", b.get(page).body, "<td>Cổng số 1</td>", "<td>Cổng số 499</td>")
	h.batch("dot-1", "cong-500")
	wantText(t, "batches", b.get(batchesPath).body, "<td>Cổng số 500</td>")
	_, err = h.registry.MergePortal(t.Context(), admin, "cong-0", "cong-500", "")
	ok(t, err)
	wantText(t, "portals", b.get(Root+"/cong").body, "đã nhập vào Cổng số 500")
}
