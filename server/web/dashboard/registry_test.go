package dashboard

import (
	"regexp"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestFirstTenMinutes(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	wantText(t, "new instance", b.get(Root).body, "Bốn bước để có con số đầu tiên", `href="/thong-ke/cong#moi"`, "lensan import portals")
	wantText(t, "no portal yet", b.get(Root+"/vi-tri").body, "Xin tạo cổng trước.")

	res := b.send(Root+"/cong", Root+"/cong", "name", "Sở KH&CN An Giang", "province", "91", "hosts", "https://SKHCN.angiang.gov.vn/trang-chu\nangiang.gov.vn", "contact_email", "", "id", "")
	if res.StatusCode != 303 || res.Header.Get("Location") != Root+"/cong?made=so-kh-cn-an-giang#main" {
		t.Fatalf("create portal: %d %s %s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	wantText(t, "portal made", b.get(res.Header.Get("Location")).body, "Đã tạo cổng “Sở KH&amp;CN An Giang”.",
		`href="/thong-ke/vi-tri?portal=so-kh-cn-an-giang#moi"`, "skhcn.angiang.gov.vn")
	wantText(t, "portal is chosen", b.get(Root+"/vi-tri?portal=so-kh-cn-an-giang").body, `<option value="so-kh-cn-an-giang" selected>`)

	res = b.send(Root+"/vi-tri", Root+"/vi-tri", "portal", "so-kh-cn-an-giang", "kind", "qr", "destination", "support_portal", "label", "Áp phích")
	found := regexp.MustCompile(`^/thong-ke/vi-tri/([0-9A-Z]{6})\?done=made#main$`).FindStringSubmatch(res.Header.Get("Location"))
	if res.StatusCode != 303 || found == nil {
		t.Fatalf("create placement: %d %s", res.StatusCode, res.body)
	}
	code := found[1]
	wantText(t, "placement made", b.get(res.Header.Get("Location")).body, "Đã tạo mã "+code, `href="/nhung/`+code+`"`,
		"http://localhost:8080/go/"+code, "http://localhost:8080/"+code, `href="/qr/`+code+`.png"`, `src="/b/`+code+`.svg"`)
	wantText(t, "steps go on", b.get(Root).body, "đã xong", `href="/nhung/`+code+`"`, `href="/go/`+code+`"`)

	h.clicks(0, referral.DayOf(testNow), 911, referral.ChannelQR, 1)
	overview := b.get(Root).body
	wantText(t, "the first number", overview, "1 trong 34 tỉnh, thành phố đã đặt liên kết")
	wantNoText(t, "the first number", overview, "Bốn bước")
	wantText(t, "an older period is no new instance", b.get(Root+"?period=custom&from=2025-01-01&to=2025-01-31").body, "Chưa có lượt bấm nào trong khoảng này.")
}

func TestPortalForm_keepsWhatWasTypedAndNamesFaults(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	res := b.send(Root+"/cong", Root+"/cong", "name", "", "province", "89", "hosts", "a b!\nđúng.vn", "contact_email", `x"><b>`, "id", "Có Dấu")
	if res.StatusCode != 422 {
		t.Fatalf("%d", res.StatusCode)
	}
	wantText(t, "faults", res.body, "Chưa lưu. Xin sửa các ô được nêu.", "Không được để trống.", `<a href="#f-hosts">`, `<a href="#f-name">`, `<a href="#f-id">`,
		`<a href="#f-contact_email">`, `value="Có Dấu"`, "x&#34;&gt;&lt;b&gt;", `aria-describedby="f-name-hint f-name-fault"`)
	wantNoText(t, "faults", res.body, `x"><b>`, "[error.")
	list, _, err := h.registry.Portals(t.Context(), admin, registry.Page{}, registry.Filter{})
	ok(t, err)
	if len(list) != 0 {
		t.Errorf("%d portals were written", len(list))
	}
	h.portal("so-an-giang", "91")
	res = b.send(Root+"/cong", Root+"/cong", "name", "Sở khác", "province", "91", "id", "so-an-giang")
	if res.StatusCode != 422 {
		t.Errorf("id that is taken: %d %s", res.StatusCode, res.body)
	}
	wantText(t, "id that is taken", res.body, `value="Sở khác"`, `<option value="91" selected>`, `role="alert"`)
}

func TestPlacement_change(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	p, err := h.registry.CreatePlacement(t.Context(), admin, registry.PlacementInput{Portal: text1("so-an-giang"), Kind: text1("qr"), Destination: text1("support_portal")})
	ok(t, err)
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/vi-tri/" + string(p.Code)
	res := b.send(page, page, "destination", "hub", "label", "Đợt 2", "state", "open", "reason", "")
	if res.StatusCode != 422 {
		t.Fatalf("a printed code without a reason: %d", res.StatusCode)
	}
	wantText(t, "no reason", res.body, `<a href="#f-reason">`, `value="Đợt 2"`)
	res = b.send(page, page, "destination", "hub", "label", "Đợt 2", "state", "open", "reason", "theo công văn 12")
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "changed", b.get(res.Header.Get("Location")).body, "Đã lưu.", "theo công văn 12", "hub", "· editor.", "Nhãn: – ")
}

func TestPlacement_campaign(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	h.campaign("tet")
	b := h.signedIn(referral.RoleEditor, 0)
	page := Root + "/vi-tri/" + string(p.Code)
	wantText(t, "none yet", b.get(page).body, `<option value="" selected>Không thuộc chiến dịch nào</option>`, `<option value="tet">Chiến dịch tet</option>`)
	campaign := func() string {
		got, err := h.registry.Placement(t.Context(), admin, p.Code)
		ok(t, err)
		return got.Campaign
	}
	for _, c := range []struct {
		sent   []string
		status int
		want   string
	}{
		{[]string{"campaign", "tet", "destination", "support_portal", "label", p.Label, "state", "open"}, 303, "tet"},
		{[]string{"label", "Đầu trang"}, 303, "tet"}, // a form without it changes nothing
		{[]string{"campaign", "khong-co"}, 422, "tet"},
		{[]string{"campaign", ""}, 303, ""},
	} {
		if res := b.send(page, page, c.sent...); res.StatusCode != c.status {
			t.Errorf("%q: %d %s", c.sent, res.StatusCode, res.body)
		}
		if got := campaign(); got != c.want {
			t.Errorf("%q: campaign %q, want %q", c.sent, got, c.want)
		}
	}
	wantText(t, "history", b.get(page).body, "Chiến dịch: – ", "Chiến dịch: tet ")
}

func TestDestination_confirm(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	page := Root + "/dich-den/postmart"
	wantText(t, "list", b.get(Root+"/dich-den").body, "7 địa chỉ chưa được xác nhận.")
	sent := []string{"url", "https://buudien.vn/ban-hang", "confirmed", "1", "name/vi", "Bán trên Bưu điện", "name/en", "Sell on Buudien"}
	res := b.send(page, page, append(sent, "reason", " ")...)
	if res.StatusCode != 422 {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	wantText(t, "without a reason", res.body, `value="https://buudien.vn/ban-hang"`, `value="1" checked`)
	for _, bad := range []string{"http://buudien.vn/", "//evil.example", "https://a@b.example/", "javascript:alert(1)", ""} {
		if res := b.send(page, page, append(append([]string{}, sent...), "url", bad, "reason", "vì thế")...); res.StatusCode != 422 {
			t.Errorf("url %q: %d", bad, res.StatusCode)
		}
	}
	res = b.send(page, page, append(sent, "reason", "gọi điện ngày 24/11")...)
	if res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	list := b.get(res.Header.Get("Location")).body
	wantText(t, "list", list, "6 địa chỉ chưa được xác nhận.", "Đã lưu “Bán trên Bưu điện”.", "https://buudien.vn/ban-hang")
	wantText(t, "history", b.get(page).body, "gọi điện ngày 24/11", "· admin.", "Địa chỉ: https://buudien.vn/")
	if res := b.get(Root + "/dich-den/khong-co"); res.StatusCode != 404 {
		t.Errorf("unknown destination: %d", res.StatusCode)
	}
}

func TestKeys(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	res := b.send(Root+"/khoa", Root+"/khoa", "label", "", "role", "province", "province", "", "destination", "")
	if res.StatusCode != 422 {
		t.Errorf("faulty key: %d", res.StatusCode)
	}
	wantText(t, "faulty key", res.body, `<a href="#f-label">`, `<a href="#f-province">`, `<option value="province" selected>`)
	res = b.send(Root+"/khoa", Root+"/khoa", "label", "Cổng dữ liệu", "role", "province", "province", "91", "destination", "")
	secret := regexp.MustCompile(`<pre tabindex="0"><code>([^<]+)</code>`).FindStringSubmatch(res.body)
	if res.StatusCode != 200 || secret == nil {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	actor, err := h.access.KeyActor(t.Context(), secret[1])
	ok(t, err)
	if actor.Role != referral.RoleProvince || actor.Province != 911 {
		t.Errorf("key is %+v", actor)
	}
	list := b.get(Root + "/khoa").body
	wantText(t, "list", list, "Cổng dữ liệu", "An Giang")
	wantNoText(t, "list", list, secret[1])
	revoke := regexp.MustCompile(`action="(/thong-ke/khoa/\d+/thu-hoi)"`).FindStringSubmatch(list)
	if revoke == nil {
		t.Fatal("no way to revoke")
	}
	res = b.send(Root+"/khoa", revoke[1])
	wantText(t, "revoked", b.get(res.Header.Get("Location")).body, "Đã thu hồi khóa.", "đã thu hồi 14:05 24/11/2026")
	if _, err := h.access.KeyActor(t.Context(), secret[1]); err == nil {
		t.Error("the key still works")
	}
	for path, want := range map[string]int{"/khoa/x/thu-hoi": 404, "/khoa/99/thu-hoi": 404} {
		if res := b.send(Root+"/khoa", Root+path); res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestInvite(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	page := Root + "/moi"
	for _, c := range []struct {
		role, province string
		status         int
	}{{"province", "", 422}, {"viewer", "91", 422}, {"marketplace", "", 422}, {"", "", 422}, {"province", "99", 404}, {"province", "89", 422}} {
		if res := b.send(page, page, "role", c.role, "province", c.province); res.StatusCode != c.status {
			t.Errorf("%+v: %d", c, res.StatusCode)
		}
	}
	res := b.send(page, page, "role", "province", "province", "91")
	found := regexp.MustCompile(`http://localhost:8080(/thong-ke/loi-moi/[^<]+)<`).FindStringSubmatch(res.body)
	if res.StatusCode != 200 || found == nil {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantNoText(t, "the link again", b.get(page).body, found[1])
	guest := h.browser()
	guest.send(found[1], found[1], "name", "an.giang", "password", testPassword, "again", testPassword)
	wantText(t, "the guest's page", guest.get(Root+"/cong").body, `value="91"`, ">an.giang</span>")
	if res := guest.get(page); res.StatusCode != 403 {
		t.Errorf("a guest may invite: %d", res.StatusCode)
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Sở TT&TT An Giang":       "so-tt-tt-an-giang",
		"  Đắk Lắk – Cổng số 1  ": "dak-lak-cong-so-1",
		"ỦY BAN NHÂN DÂN":         "uy-ban-nhan-dan",
		"!!!":                     "",
		"":                        "",
	} {
		if got := slug(name); got != want {
			t.Errorf("slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	for _, seed := range []string{"Sở TT&TT An Giang", "đĐ", "\xff", "a-", "-a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s := slug(name); s != "" && !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`).MatchString(s) {
			t.Errorf("slug(%q) = %q", name, s)
		}
	})
}
