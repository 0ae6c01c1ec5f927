package dashboard

import (
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestImport_previewThenConfirm(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/nhap/cong"
	count := func() int {
		t.Helper()
		list, _, err := h.registry.Portals(t.Context(), admin, registry.Page{}, registry.Filter{})
		ok(t, err)
		return len(list)
	}
	res := b.send(page, page, "table", "id,name,province\na,Cổng A,91\nB!,,89\n")
	if res.StatusCode != 422 || count() != 0 {
		t.Errorf("faulty: %d, %d portals", res.StatusCode, count())
	}
	wantText(t, "faulty", res.body, "Dòng 3", "An Giang", "B!,,89")
	const good = "id,name,province\na,Cổng A,91\nb,Cổng B,01\n"
	res = b.send(page, page, "table", good)
	if res.StatusCode != 200 || count() != 0 {
		t.Errorf("preview: %d, %d portals", res.StatusCode, count())
	}
	wantText(t, "preview", res.body, "2 dòng hợp lệ.", "a · Cổng A", `name="confirm"`, good)
	if confirm := regexp.MustCompile(`(?s)<form [^>]*>[^<]*<input[^>]*name="csrf"[^>]*><input[^>]*name="confirm"`).FindString(res.body); !strings.Contains(confirm, `enctype="multipart/form-data"`) {
		t.Errorf("what is confirmed may be larger than what was looked at: %s", confirm)
	}
	res = b.send(page, page, "table", good, "confirm", "1")
	if res.StatusCode != 303 || count() != 2 {
		t.Fatalf("confirmed: %d, %d portals", res.StatusCode, count())
	}
	wantText(t, "confirmed", b.get(res.Header.Get("Location")).body, "Đã tạo 2 dòng.")

	page = Root + "/nhap/vi-tri"
	const places = "portal,kind,destination,label\na,qr,hub,Chợ\n"
	wantText(t, "preview", b.send(page, page, "table", places).body, "1 dòng hợp lệ.", "a · qr · hub · Chợ")
	b.send(page, page, "table", places, "confirm", "1")
	list, _, err := h.registry.Placements(t.Context(), admin, registry.Page{}, registry.Filter{})
	ok(t, err)
	if len(list) != 1 || list[0].Label != "Chợ" {
		t.Errorf("placements: %+v", list)
	}
}
