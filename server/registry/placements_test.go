package registry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestCreatePlacement(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết")}); err != nil {
		t.Fatal(err)
	}
	p, err := w.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("qr"), Destination: ptr("hub"), Label: ptr(" Chợ  Long Xuyên "), Campaign: ptr("tet")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := referral.ParseCode(string(p.Code)); err != nil {
		t.Errorf("code %q: %v", p.Code, err)
	}
	want := referral.Placement{Num: 1, Code: p.Code, Portal: "a", Kind: "qr", Destination: "hub", Label: "Chợ  Long Xuyên", Campaign: "tet", State: "open",
		CreatedAt: w.now.UTC(), UpdatedAt: w.now.UTC()}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	list := w.changes("placement", string(p.Code))
	after := `{"campaign":"tet","code":"` + string(p.Code) + `","destination":"hub","kind":"qr","label":"Chợ  Long Xuyên","portal":"a","state":"open"}`
	if len(list) != 1 || list[0].Verb != "create" || list[0].Before != nil || string(list[0].After) != after {
		t.Errorf("%+v %s", list, list[0].After)
	}
}

func TestCreatePlacement_faults(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	before := w.version()
	for _, c := range []struct {
		name string
		in   registry.PlacementInput
		want []string
	}{
		{"nothing sent", registry.PlacementInput{}, []string{"/portal error.required", "/kind error.placement_kind", "/destination error.required"}},
		{"everything wrong", registry.PlacementInput{Portal: ptr("x"), Kind: ptr("poster"), Destination: ptr("x"), Label: ptr(strings.Repeat("a", 201)), Campaign: ptr("x"), State: ptr("lost")},
			[]string{"/portal error.portal_unknown", "/kind error.placement_kind", "/state error.placement_state", "/label error.too_long", "/destination error.destination_unknown", "/campaign error.campaign_unknown"}},
		{"line end in the label", registry.PlacementInput{Portal: ptr("a"), Kind: ptr("qr"), Destination: ptr("hub"), Label: ptr("a\nb")}, []string{"/label error.text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.CreatePlacement(w.ctx, admin, c.in)
			wantFaults(t, err, c.want...)
		})
	}
	if w.version() != before {
		t.Error("something was written")
	}
}

// A code that is taken is drawn again; none free is ErrUnavailable, nothing written.
func TestCreatePlacement_codesCollide(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	taken := w.placement("a", "qr", "hub")
	draws := []referral.Code{taken.Code, taken.Code, "K7Q2PA"}
	w.DrawCodes(func() referral.Code {
		next := draws[0]
		if len(draws) > 1 {
			draws = draws[1:]
		}
		return next
	})
	p := w.placement("a", "link", "guide")
	if p.Code != "K7Q2PA" || p.Num != taken.Num+1 {
		t.Errorf("%+v", p)
	}
	if got, err := w.Placement(w.ctx, admin, taken.Code); err != nil || cmp.Diff(taken, got) != "" {
		t.Errorf("the first was changed: %+v, %v", got, err)
	}
	before := w.version()
	if _, err := w.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("qr"), Destination: ptr("hub")}); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if w.version() != before {
		t.Error("something was written")
	}
}

func TestUpdatePlacement_retargetingPrintedCodesNeedsAReason(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	for kind, needs := range map[string]bool{"qr": true, "widget": false, "link": false} {
		p := w.placement("a", kind, "guide")
		for _, reason := range []string{"", " \u200b "} {
			_, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("moit")}, reason)
			if needs {
				wantFaults(t, err, "/reason error.reason_required")
			} else if err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		if _, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("moit"), Label: ptr("b")}, "lý do"); err != nil {
			t.Errorf("%s with a reason: %v", kind, err)
		}
		// Anything but the destination needs none; sending the same destination neither.
		if _, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("moit"), Label: ptr("c"), State: ptr("paused")}, ""); err != nil {
			t.Errorf("%s without a new destination: %v", kind, err)
		}
	}
}

func TestUpdatePlacement(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết")}); err != nil {
		t.Fatal(err)
	}
	p := w.placement("a", "widget", "guide")
	w.now = w.now.Add(time.Minute)
	got, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("widget"), Destination: ptr("hub"), Label: ptr("Đầu trang"), Campaign: ptr("tet"), State: ptr("retired")}, "")
	want := p
	want.Destination, want.Label, want.Campaign, want.State, want.UpdatedAt = "hub", "Đầu trang", "tet", "retired", w.now.UTC()
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	got, err = w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Campaign: ptr(""), State: ptr("open")}, "")
	if err != nil || got.Campaign != "" || got.State != "open" {
		t.Errorf("%+v, %v", got, err)
	}
	var verbs []string
	for _, c := range w.changes("placement", string(p.Code)) {
		verbs = append(verbs, c.Verb)
	}
	if d := cmp.Diff([]string{"create", "retire", "update"}, verbs); d != "" {
		t.Error(d)
	}

	before, n := w.version(), len(verbs)
	if same, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{State: ptr("open")}, ""); err != nil || cmp.Diff(got, same) != "" {
		t.Errorf("no-op: %+v, %v", same, err)
	}
	if w.version() != before || len(w.changes("placement", string(p.Code))) != n {
		t.Error("a no-op was written")
	}
	_, err = w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Portal: ptr("b"), Kind: ptr("qr"), Destination: ptr(""), State: ptr("")}, "")
	wantFaults(t, err, "/portal error.fixed", "/kind error.fixed", "/destination error.required", "/state error.placement_state")
	_, err = w.UpdatePlacement(w.ctx, admin, "K7Q2PX", registry.PlacementInput{}, "")
	wantError(t, err, referral.ErrNotFound, "error.code_unknown")
}
