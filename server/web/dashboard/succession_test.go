package dashboard

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

// oldPortal makes a portal that was registered in 2021, and a placement on it.
func (h *house) oldPortal(id, province string) {
	h.t.Helper()
	on := referral.MustDay("2021-07-21")
	_, err := h.registry.CreatePortal(context.Background(), admin, registry.PortalInput{ID: &id, Name: text1("Sở Y tế"), Province: &province, ProvinceOn: &on})
	ok(h.t, err)
	_, err = h.registry.CreatePlacement(context.Background(), admin, registry.PlacementInput{Portal: &id, Kind: text1("link"), Destination: text1("hub")})
	ok(h.t, err)
}

func (h *house) find(id string) referral.Portal {
	h.t.Helper()
	p, err := h.registry.Portal(context.Background(), admin, id)
	ok(h.t, err)
	return p
}

// chosen returns what is chosen for a portal on a page, "none" if nothing can be.
func chosen(page, id string) string {
	_, rest, found := strings.Cut(page, `<select id="do-`+id+`"`)
	if !found {
		return "none"
	}
	list, _, _ := strings.Cut(rest, "</select>")
	value := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(list)
	if value == nil {
		return "nothing is selected"
	}
	return value[1]
}

func wantChosen(t *testing.T, page string, idChoice ...string) {
	t.Helper()
	for i := 0; i+1 < len(idChoice); i += 2 {
		if got := chosen(page, idChoice[i]); got != idChoice[i+1] {
			t.Errorf("%s: %q is chosen, want %q", idChoice[i], got, idChoice[i+1])
		}
	}
}

func TestSuccession_fromProposalToUndo(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleEditor, 0)
	wantText(t, "nothing yet", b.get(successionPath).body, "Không còn cổng nào của tỉnh đã sáp nhập chờ quyết định", "Không có cổng nào trong danh sách này.")
	wantNoText(t, "nothing yet", b.get(Root+"/cong").body, "Xem và quyết định")
	h.oldPortal("yt-an-giang", "89")
	h.oldPortal("yt-kien-giang", "91")
	h.oldPortal("yt-yen-bai", "15")
	h.portal("so-ha-noi", "01")
	wantText(t, "portals", b.get(Root+"/cong").body, "3 cổng còn đăng ký ở tỉnh đã sáp nhập.", `<span class="count">3<span class="visually-hidden"> việc chờ xem</span>`)
	wantText(t, "a portal", b.get(Root+"/cong/yt-an-giang").body, `href="/thong-ke/tinh-sap-nhap?province=91"`)
	page := b.get(successionPath).body
	wantText(t, "page", page, "3 cổng còn đăng ký ở tỉnh đã sáp nhập", "Gồm: An Giang (89, đến 30/06/2025), Kiên Giang (91, đến 30/06/2025)",
		"Tính cho An Giang (91) từ 01/07/2025", "Đề xuất: nhập vào “Sở Y tế”, cùng cơ quan.", `<optgroup label="Nhập vào">`)
	wantChosen(t, page, "yt-an-giang", "register", "yt-kien-giang", "merge/yt-an-giang", "yt-yen-bai", "keep", "so-ha-noi", "none")
	wantNoText(t, "one province", b.get(successionPath+"?province=15").body, "yt-an-giang")

	// A group alone is previewed; nothing is written before it is confirmed.
	send := []string{"do/yt-an-giang", "register", "do/yt-kien-giang", "merge/yt-an-giang", "do/yt-yen-bai", "keep"}
	preview := b.send(successionPath, successionPath, append(send, "group", "91~2025-07-01")...)
	if preview.StatusCode != 200 {
		t.Fatalf("preview: %d %s", preview.StatusCode, preview.body)
	}
	wantText(t, "preview", preview.body, "Xem trước: 2 cổng", "1 cổng nhập vào cổng khác, 1 cổng đăng ký dưới tỉnh mới.", "Đăng ký dưới An Giang (91)",
		"những ngày trước 01/07/2025 vẫn thuộc An Giang (89, đến 30/06/2025).", "Nhập vào “Sở Y tế”", `name="do/yt-kien-giang" value="merge/yt-an-giang"`, `name="confirm" value="1"`)
	wantNoText(t, "preview", preview.body, "yt-yen-bai")
	if p := h.find("yt-an-giang"); p.Province != 890 {
		t.Fatalf("the preview wrote: %+v", p)
	}
	edit := b.send(successionPath, successionPath, "do/yt-an-giang", "keep", "do/yt-kien-giang", "register", "edit", "1")
	wantChosen(t, edit.body, "yt-an-giang", "keep", "yt-kien-giang", "register", "yt-yen-bai", "")

	res := b.send(successionPath, successionPath, "do/yt-an-giang", "register", "do/yt-kien-giang", "merge/yt-an-giang", "confirm", "1", "reason", " ")
	if res.StatusCode != 422 {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	wantText(t, "without a reason", res.body, `<a href="#f-reason">`, "Xem trước: 2 cổng")
	res = b.send(successionPath, successionPath, "do/yt-an-giang", "register", "do/yt-kien-giang", "merge/yt-an-giang", "confirm", "1", "reason", "theo Nghị quyết 202")
	if res.StatusCode != 303 {
		t.Fatalf("confirm: %d %s", res.StatusCode, res.body)
	}
	page = b.get(res.Header.Get("Location")).body
	wantText(t, "done", page, "Đã làm trong một bước: 2 cổng thay đổi.", "1 cổng còn đăng ký ở tỉnh đã sáp nhập", "theo Nghị quyết 202", "Đăng ký dưới An Giang (91)", "Hoàn tác cả bước")
	wantChosen(t, page, "yt-an-giang", "none", "yt-kien-giang", "none", "yt-yen-bai", "keep")
	wantText(t, "all", b.get(successionPath+"?show=all").body, "Đã nhập vào", `href="/thong-ke/cong/yt-an-giang"`)
	wantText(t, "history", b.get(Root+"/cong/yt-an-giang").body, "Đăng ký dưới tỉnh mới", "theo Nghị quyết 202", "Tỉnh đăng ký trước: – ", "An Giang (89, đến 30/06/2025)", "Đăng ký khi còn là")
	wantText(t, "log", h.signedIn(referral.RoleAdmin, 0).get(logPath+"?what=succession").body, "Tỉnh sáp nhập", "Quyết định", "theo Nghị quyết 202")

	undo := regexp.MustCompile(`action="(/thong-ke/tinh-sap-nhap/\d+/hoan-tac)"`).FindStringSubmatch(page)
	if undo == nil {
		t.Fatal("no undo")
	}
	res = b.send(successionPath, undo[1], "reason", "")
	if res.StatusCode != 422 || !strings.Contains(res.body, `<details class="undo" open>`) {
		t.Errorf("undo without a reason: %d", res.StatusCode)
	}
	b.send(Root+"/cong/yt-an-giang", Root+"/cong/yt-an-giang", "name", "Sở Y tế", "province", "01", "hosts", "", "contact_email", "", "reason", "nhầm")
	res = b.send(successionPath, undo[1], "reason", "nhầm")
	if res.StatusCode != 422 {
		t.Errorf("changed since: %d", res.StatusCode)
	}
	wantText(t, "changed since", res.body, "Chưa hoàn tác được", "yt-an-giang: Cổng “Sở Y tế” được editor.", "sửa lúc 14:05 24/11/2026.")
	b.undoOn(Root+"/cong/yt-an-giang", "nhầm")
	if res = b.send(successionPath, undo[1], "reason", "nhầm"); res.StatusCode != 303 {
		t.Fatalf("undo: %d %s", res.StatusCode, res.body)
	}
	page = b.get(res.Header.Get("Location")).body
	wantText(t, "undone", page, "Đã hoàn tác.", "3 cổng còn đăng ký ở tỉnh đã sáp nhập", "Đã hoàn tác lúc 14:05 24/11/2026, editor.")
	wantNoText(t, "undone", page, undo[1])
	if res = b.send(successionPath, undo[1], "reason", "nữa"); res.StatusCode != 409 {
		t.Errorf("undo again: %d", res.StatusCode)
	}
	if a, k := h.find("yt-an-giang"), h.find("yt-kien-giang"); a.Province != 890 || a.Former != 0 || k.MergedInto != "" {
		t.Errorf("%+v, %+v", a, k)
	}
}

func TestSuccession_refusedChoices(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	h.oldPortal("a", "89")
	h.oldPortal("b", "91")
	h.portal("so-ha-noi", "01")
	for _, c := range []struct {
		name  string
		sent  []string
		shown string
	}{
		{"nothing", []string{"do/a", "", "do/b", ""}, "Chưa chọn cổng nào."},
		{"a chain", []string{"do/a", "merge/b", "do/b", "merge/a"}, "cũng được nhập đi trong bước này"},
		{"elsewhere", []string{"do/a", "merge/so-ha-noi"}, "Cổng “so-ha-noi” không thuộc An Giang."},
		{"what is no decision", []string{"do/a", "drop"}, `<p class="fault">`},
		{"nowhere", []string{"do/a", "merge/"}, `<p class="fault">`},
		{"what has not ended", []string{"do/a", "keep", "do/so-ha-noi", "keep", "confirm", "1", "reason", "x"}, "<li>so-ha-noi: Tỉnh mà cổng “so-ha-noi” đăng ký vẫn còn"},
	} {
		res := b.send(successionPath, successionPath, c.sent...)
		if res.StatusCode != 422 {
			t.Errorf("%s: %d", c.name, res.StatusCode)
		}
		wantText(t, c.name, res.body, c.shown, `role="alert"`)
		if chosen(res.body, "a") != c.sent[1] && c.name != "what is no decision" && c.name != "nowhere" && c.name != "elsewhere" {
			t.Errorf("%s: %q is chosen", c.name, chosen(res.body, "a"))
		}
	}
	if p := h.find("a"); p.Kept != 0 || p.MergedInto != "" {
		t.Errorf("something was written: %+v", p)
	}
}

// With more portals in a province than a list is good for, another one is searched for.
func TestSuccession_manyPortals(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	var csv strings.Builder
	csv.WriteString("id,name,province,province_on\n")
	for i := range mostSuccessionRows + 20 {
		fmt.Fprintf(&csv, "x-%d,Xã số %d,89,2021-07-21\n", i, i)
	}
	_, err := h.registry.ImportPortals(t.Context(), admin, strings.NewReader(csv.String()))
	ok(t, err)
	h.oldPortal("yen-bai", "15")
	b := h.signedIn(referral.RoleAdmin, 0)
	page := b.get(successionPath).body
	wantText(t, "page", page, strconv.Itoa(mostSuccessionRows+21)+" cổng còn đăng ký", "Còn 21 cổng của tỉnh này.", `name="into/x-0"`, "Cổng khác, gõ ở ô dưới")
	if n := strings.Count(page, "<option"); n > 10_000 {
		t.Errorf("%d options", n)
	}
	res := b.send(successionPath, successionPath, "do/x-0", "merge/", "into/x-0", "số 17")
	if res.StatusCode != 422 {
		t.Errorf("several: %d", res.StatusCode)
	}
	wantText(t, "several", res.body, "hợp với nhiều cổng")
	res = b.send(successionPath, successionPath, "do/x-0", "merge/", "into/x-0", "x-319")
	if res.StatusCode != 200 {
		t.Fatalf("by id: %d %s", res.StatusCode, res.body)
	}
	wantText(t, "by id", res.body, "Nhập vào “Xã số 319”", `name="do/x-0" value="merge/x-319"`)
}

func TestSuccession_roles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.oldPortal("yt-an-giang", "89")
	for _, c := range []struct {
		role     referral.Role
		province referral.ProvinceID
		status   int
	}{{referral.RoleAdmin, 0, 200}, {referral.RoleEditor, 0, 200}, {referral.RoleViewer, 0, 403}, {referral.RoleProvince, 911, 403}, {referral.RoleProvince, 890, 403}} {
		b := h.signedIn(c.role, c.province)
		if res := b.get(successionPath); res.StatusCode != c.status {
			t.Errorf("%s: %d", c.role, res.StatusCode)
		}
		if c.status == 200 {
			continue
		}
		for _, page := range []string{Root + "/cong", Root + "/cong/yt-an-giang"} {
			wantNoText(t, page, b.get(page).body, "tinh-sap-nhap", "Xem và quyết định")
		}
		wantNoText(t, "refused", b.get(successionPath).body, "yt-an-giang", "cổng còn đăng ký")
		for _, path := range []string{successionPath, successionPath + "/1/hoan-tac"} {
			if res := b.send(Root, path, "do/yt-an-giang", "keep", "confirm", "1", "reason", "x"); res.StatusCode != 403 {
				t.Errorf("%s %s: %d", c.role, path, res.StatusCode)
			}
		}
	}
	if p := h.find("yt-an-giang"); p.Kept != 0 {
		t.Error("it was kept")
	}
}

// A merge can be taken back on the portal's page, whatever was changed since.
func TestPortal_mergeIsUndoneLater(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	h.portal("so-kien-giang", "91")
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/cong/so-an-giang"
	b.send(page, page+"/sap-nhap", "into", "so-kien-giang", "reason", "hợp nhất sở")
	b.send(page, page, "name", "Sở mới", "province", "", "hosts", "", "contact_email", "", "reason", "đổi tên")
	changes := changeField.FindAllStringSubmatch(b.get(page).body, -1)
	if len(changes) != 2 {
		t.Fatalf("%d can be undone, want the newest and the merge", len(changes))
	}
	if res := b.send(page, page+"/hoan-tac", "change", changes[1][1], "reason", " "); res.StatusCode != 422 || !strings.Contains(res.body, `href="#f-undo-merge-reason"`) {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	if res := b.send(page, page+"/hoan-tac", "change", changes[1][1], "reason", "chưa hợp nhất"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if p := h.find("so-an-giang"); p.MergedInto != "" || p.Name != "Sở mới" {
		t.Errorf("%+v", p)
	}
	if changes := changeField.FindAllStringSubmatch(b.get(page).body, -1); len(changes) != 1 {
		t.Errorf("%d can be undone", len(changes))
	}
}
