package registry_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lensan/server/referral"
	"lensan/server/registry"
)

func (w *world) newest(entity, key string) referral.Change {
	w.t.Helper()
	list, _, err := w.History(w.ctx, admin, entity, key, registry.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		w.t.Fatal(err, len(list))
	}
	return list[0]
}

func (w *world) undo(entity, key string) {
	w.t.Helper()
	if err := w.Undo(w.ctx, admin, entity, key, w.newest(entity, key).ID, "nhầm"); err != nil {
		w.t.Fatalf("undo %s %s: %v", entity, key, err)
	}
	if c := w.newest(entity, key); c.Verb != "undo" || c.Reason != "nhầm" {
		w.t.Errorf("history says %s, %q", c.Verb, c.Reason)
	}
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestUndo_givesBackWhatWas(t *testing.T) {
	w := newWorld(t)
	on := referral.MustDay("2021-07-21")
	_, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("a"), Name: ptr("Cổng A"), Province: ptr("91"), ProvinceOn: &on, Hosts: ptr([]string{"a.vn"}), Pages: ptr([]string{"/lien-ket", "https://a.vn/x"})})
	fatal(t, err)
	w.portal("b", "91")
	same := func(what string, want, got any) {
		t.Helper()
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(referral.Portal{}, "UpdatedAt"), cmpopts.IgnoreFields(referral.Placement{}, "UpdatedAt"),
			cmpopts.IgnoreFields(referral.Destination{}, "UpdatedAt"), cmpopts.IgnoreFields(referral.Campaign{}, "UpdatedAt"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}

	before, err := w.Portal(w.ctx, admin, "a")
	fatal(t, err)
	// Kiên Giang then, An Giang now: the same code, so that only its first day differs.
	after, err := w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Name: ptr("Khác & <b>"), Province: ptr("91"), Hosts: ptr([]string{}), Pages: ptr([]string{})}, "")
	fatal(t, err)
	if before.Province != 910 || after.Province != 911 {
		t.Fatalf("provinces %d, %d", before.Province, after.Province)
	}
	w.undo("portal", "a")
	got, err := w.Portal(w.ctx, admin, "a")
	fatal(t, err)
	same("portal", before, got)
	w.undo("portal", "a")
	got, err = w.Portal(w.ctx, admin, "a")
	fatal(t, err)
	same("an undo undone", after, got)

	_, err = w.MergePortal(w.ctx, admin, "a", "b", "hợp nhất")
	fatal(t, err)
	w.undo("portal", "a")
	got, err = w.Portal(w.ctx, admin, "a")
	fatal(t, err)
	same("merge", after, got)

	p := w.placement("b", "qr", "guide")
	_, err = w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("hub"), State: ptr("retired"), Label: ptr("x")}, "nhầm")
	fatal(t, err)
	w.undo("placement", string(p.Code))
	q, err := w.Placement(w.ctx, admin, p.Code)
	fatal(t, err)
	same("placement", p, q)

	d, err := w.UpdateDestination(w.ctx, admin, "postmart", registry.DestinationInput{Confirmed: ptr(true)}, "đã xem")
	fatal(t, err)
	_, err = w.UpdateDestination(w.ctx, admin, "postmart", registry.DestinationInput{URL: ptr("https://sai.example/"), Confirmed: ptr(true), NameEn: ptr("Wrong"),
		FallbackID: ptr("guide"), Paused: ptr(true), Position: ptr(77), PassParams: ptr([]string{"q"})}, "đổi")
	fatal(t, err)
	w.undo("destination", "postmart")
	e, err := w.Destination(w.ctx, "postmart")
	fatal(t, err)
	same("destination", d, e)

	c, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết")})
	fatal(t, err)
	from := referral.MustDay("2026-01-01")
	_, err = w.UpdateCampaign(w.ctx, admin, "tet", registry.CampaignInput{Name: ptr("Khác"), From: &from, Posters: &referral.PosterTexts{"title": "Bán hàng"}}, "")
	fatal(t, err)
	w.undo("campaign", "tet")
	k, err := w.Campaign(w.ctx, "tet")
	fatal(t, err)
	same("campaign", c, k)
}

func TestUndo_refused(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.portal("ha-noi", "01")
	old := w.newest("portal", "a")
	if err := w.Undo(w.ctx, admin, "portal", "a", old.ID, "x"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("a creation: %v", err)
	}
	for _, name := range []string{"A2", "A3"} {
		_, err := w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Name: &name}, "")
		fatal(t, err)
	}
	newest := w.newest("portal", "a")
	hanoi := referral.Actor{Kind: "account", ID: "mai", Role: referral.RoleProvince, Province: 10}
	for _, c := range []struct {
		name   string
		by     referral.Actor
		entity string
		change int64
		reason string
		want   error
	}{
		{"a viewer", viewer, "portal", newest.ID, "x", referral.ErrForbidden},
		{"another province", hanoi, "portal", newest.ID, "x", referral.ErrNotFound},
		{"no reason", admin, "portal", newest.ID, " ", referral.ErrInvalid},
		{"an older change", admin, "portal", newest.ID - 1, "x", referral.ErrConflict},
		{"no such change", admin, "portal", 0, "x", referral.ErrConflict},
		{"no such kind", admin, "account", newest.ID, "x", referral.ErrConflict},
		{"an editor, a destination", editor, "destination", 1, "x", referral.ErrForbidden},
	} {
		if err := w.Undo(w.ctx, c.by, c.entity, "a", c.change, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	p, err := w.Portal(w.ctx, admin, "a")
	fatal(t, err)
	if p.Name != "A3" {
		t.Errorf("name is %q", p.Name)
	}
	w.undo("portal", "a")
	if err := w.Undo(w.ctx, admin, "portal", "a", newest.ID, "x"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
}

// What becomes of portals of ended provinces is not a province's to decide, nor
// to undo.
func TestUndo_decisionsAreNoProvinces(t *testing.T) {
	w := newWorld(t)
	on := referral.MustDay("2021-07-21")
	_, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("a"), Name: ptr("Cổng A"), Province: ptr("89"), ProvinceOn: &on})
	fatal(t, err)
	own := provinceActor(911)
	for _, do := range []registry.Decision{registry.DecideKeep, registry.DecideRegister} {
		_, err := w.ApplySuccession(w.ctx, admin, []registry.SuccessionChoice{{Portal: "a", Do: do}}, "đã bàn")
		fatal(t, err)
		c := w.newest("portal", "a")
		wantError(t, w.Undo(w.ctx, own, "portal", "a", c.ID, "khác ý"), referral.ErrConflict, "error.undo_never")
		if registry.Undoable(own, c) || !registry.Undoable(editor, c) {
			t.Errorf("%s is offered to whom it is not for", do)
		}
	}
	_, err = w.UpdatePortal(w.ctx, own, "a", registry.PortalInput{Name: ptr("Cổng khác")}, "")
	fatal(t, err)
	fatal(t, w.Undo(w.ctx, own, "portal", "a", w.newest("portal", "a").ID, "nhầm"))
}

func FuzzReadBefore(f *testing.F) {
	for _, seed := range []string{`{"name":"a"}`, `{"name":{"vi":"a","en":"b"}}`, `{"copies":3}`, `{"from":"2026-01-01","poster_texts":null}`, `{"from":"x"}`, `{}`, `[]`, ``, `{"a":1}{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if registry.ReadBefore(raw) && len(raw) < len(`{"a":0}`) {
			t.Errorf("%q was understood", raw)
		}
	})
}
