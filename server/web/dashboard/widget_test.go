package dashboard

import (
	"testing"

	"lensan/server/referral"
)

func TestWidget_trialAndOneClickBack(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	const page, back = Root + "/widget", Root + "/widget/quay-lai"
	wantNoText(t, "at first", b.get(page).body, back)
	set := func(nameValue ...string) answer { return b.send(page, page, nameValue...) }
	if res := set("stable", "aaaaaaaaaa", "canary", "", "canary_provinces", ""); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if res := set("stable", "aaaaaaaaaa", "canary", "bbbbbbbbbb", "canary_provinces", "91; 01", "reason", "thử"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "on trial", b.get(page).body, "An Giang", "Hà Nội", "Quay lại bản aaaaaaaaaa", "thử")
	if res := b.send(page, back); res.StatusCode != 303 {
		t.Fatalf("%d", res.StatusCode)
	}
	got, err := h.registry.Release(t.Context(), admin)
	ok(t, err)
	if got.Stable != "aaaaaaaaaa" || got.Canary != "" || len(got.Provinces) > 0 {
		t.Errorf("%+v", got)
	}
	wantText(t, "faults", set("stable", "aaaaaaaaaa", "canary", "bbbbbbbbbb", "canary_provinces", "89").body, "Mã tỉnh 89", `value="89"`)
	wantText(t, "faults", set("stable", "x", "canary", "").body, "Không có phiên bản x")
}
