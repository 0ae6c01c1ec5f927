package dashboard

import (
	"testing"

	"lensan/server/referral"
)

func TestRoles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	code := string(p.Code)
	for _, c := range []struct {
		role                                 referral.Role
		province                             referral.ProvinceID
		keys, destination, createForm, editP int // status, or 1 and 0 for shown and not
	}{
		{referral.RoleAdmin, 0, 200, 200, 1, 1},
		{referral.RoleEditor, 0, 403, 403, 1, 1},
		{referral.RoleProvince, 911, 403, 403, 1, 1},
		{referral.RoleViewer, 0, 403, 403, 0, 0},
	} {
		t.Run(string(c.role), func(t *testing.T) {
			b := h.signedIn(c.role, c.province)
			if res := b.get(Root + "/khoa"); res.StatusCode != c.keys {
				t.Errorf("keys: %d", res.StatusCode)
			}
			if res := b.get(Root + "/dich-den/postmart"); res.StatusCode != c.destination {
				t.Errorf("destination: %d", res.StatusCode)
			}
			for _, page := range []string{Root, Root + "/cong", Root + "/vi-tri", Root + "/vi-tri/" + code, Root + "/dich-den", Root + "/dinh-nghia"} {
				if res := b.get(page); res.StatusCode != 200 {
					t.Errorf("%s: %d", page, res.StatusCode)
				}
			}
			show := func(page, part string, want int) {
				t.Helper()
				check := wantText
				if want == 0 {
					check = wantNoText
				}
				check(t, page, b.get(page).body, part)
			}
			show(Root+"/cong", `id="moi"`, c.createForm)
			show(Root+"/vi-tri", `id="moi"`, c.createForm)
			show(Root+"/vi-tri/"+code, `id="sua"`, c.editP)
			show(Root+"/dich-den", `href="/thong-ke/khoa"`, shown(c.keys))
			show(Root+"/dich-den", `href="/thong-ke/dich-den/postmart"`, shown(c.destination))
		})
	}
}

func shown(status int) int {
	if status == 200 {
		return 1
	}
	return 0
}

// What the pages do not show must not be reachable by sending a form either.
func TestRoles_writesAreRefused(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	viewer := h.signedIn(referral.RoleViewer, 0)
	editor := h.signedIn(referral.RoleEditor, 0)
	for _, c := range []struct {
		who  *browser
		path string
		form []string
	}{
		{viewer, "/cong", []string{"id", "x", "name", "X", "province", "91"}},
		{viewer, "/vi-tri", []string{"portal", "so-an-giang", "kind", "qr", "destination", "hub"}},
		{viewer, "/vi-tri/" + string(p.Code), []string{"destination", "hub", "state", "open", "reason", "vì thế"}},
		{viewer, "/dich-den/postmart", []string{"url", "https://evil.example/", "reason", "vì thế", "name/vi", "A", "name/en", "A"}},
		{viewer, "/khoa", []string{"label", "x", "role", "admin"}},
		{viewer, "/khoa/1/thu-hoi", nil},
		{viewer, "/moi", []string{"role", "admin"}},
		{editor, "/moi", []string{"role", "admin"}},
		{editor, "/dich-den/postmart", []string{"url", "https://evil.example/", "reason", "vì thế", "name/vi", "A", "name/en", "A"}},
		{editor, "/khoa", []string{"label", "x", "role", "admin"}},
		{editor, "/khoa/1/thu-hoi", nil},
		{viewer, "/widget", []string{"stable", "aaaaaaaaaa"}},
		{editor, "/widget", []string{"stable", "aaaaaaaaaa"}},
		{editor, "/widget/quay-lai", nil},
	} {
		if res := c.who.send(Root, Root+c.path, c.form...); res.StatusCode != 403 {
			t.Errorf("POST %s: %d", c.path, res.StatusCode)
		}
	}
	d, err := h.registry.Destination(t.Context(), "postmart")
	ok(t, err)
	if d.URL == "https://evil.example/" {
		t.Error("the destination was changed")
	}
	keys, err := h.access.Keys(t.Context())
	ok(t, err)
	if len(keys) > 0 {
		t.Error("a key was made")
	}
}

func TestProvince_seesOnlyItsOwn(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	own, foreign := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	today := referral.DayOf(testNow)
	before := referral.MustDay("2025-06-01")
	seq := h.clicks(0, today, 911, referral.ChannelWidget, 7)
	seq = h.clicks(seq, today, 10, referral.ChannelQR, 90210)
	seq = h.clicks(seq, before, 890, referral.ChannelWidget, 5)
	seq = h.clicks(seq, before, 910, referral.ChannelWidget, 4)
	h.clicks(seq, before, 10, referral.ChannelWidget, 90211)
	for _, registered := range []referral.ProvinceID{911, 890} {
		b := h.signedIn(referral.RoleProvince, registered)
		overview := b.get(Root).body
		wantText(t, "overview", overview, "An Giang: 7 lượt đến")
		wantNoText(t, "overview", overview, "90.210", "90.217", "Hà Nội", "chưa đặt liên kết")

		const spring = "?period=custom&from=2025-06-01&to=2025-06-01"
		wantText(t, "spring", b.get(Root+spring).body, "An Giang: 9 lượt đến")
		recorded := b.get(Root + spring + "&boundaries=recorded").body
		wantText(t, "recorded", recorded, "An Giang (89, đến 30/06/2025)", "Kiên Giang (91, đến 30/06/2025)", "An Giang: 9 lượt đến")
		wantNoText(t, "recorded", recorded, "90.211", "90.220", "Hà Nội")

		for _, page := range []string{"/cong", "/vi-tri", "/cong?q=ha-noi", "/cong?made=so-ha-noi"} {
			wantNoText(t, page, b.get(Root+page).body, ">so-ha-noi", "so-ha-noi.gov.vn", "Sở Khoa học so-ha-noi", string(foreign.Code))
		}
		wantText(t, "placements", b.get(Root+"/vi-tri").body, string(own.Code))
		wantNoText(t, "provinces to choose", b.get(Root+"/cong").body, `value="01"`)

		missing, unknown := b.get(Root+"/vi-tri/"+string(foreign.Code)), b.get(Root+"/vi-tri/222222")
		if missing.StatusCode != 404 || unknown.StatusCode != 404 {
			t.Errorf("another's placement: %d, an unknown one: %d", missing.StatusCode, unknown.StatusCode)
		}
		wantNoText(t, "another's placement", missing.body, "so-ha-noi", "Chân trang")

		res := b.send(Root+"/cong", Root+"/cong", "name", "Sở khác", "province", "01")
		if res.StatusCode != 422 && res.StatusCode != 404 && res.StatusCode != 403 {
			t.Errorf("portal in another province: %d", res.StatusCode)
		}
		res = b.send(Root+"/cong", Root+"/vi-tri/"+string(foreign.Code), "destination", "hub", "state", "retired", "reason", "vì thế")
		if res.StatusCode != 404 {
			t.Errorf("change of another's placement: %d", res.StatusCode)
		}
	}
	p, err := h.registry.Placement(t.Context(), admin, foreign.Code)
	ok(t, err)
	if p.State != referral.PlacementOpen || p.Destination != "support_portal" {
		t.Errorf("another's placement was changed: %+v", p)
	}
}
