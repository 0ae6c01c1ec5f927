package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

// call is one method of the registry, with inputs that an admin may send.
type call struct {
	name string
	do   func(w *world, a referral.Actor) error
}

func ask[T any](fn func(ctx context.Context, a referral.Actor) (T, error)) func(w *world, a referral.Actor) error {
	return func(w *world, a referral.Actor) error { _, err := fn(w.ctx, a); return err }
}

// tag tells actors apart.
func tag(a referral.Actor) string { return fmt.Sprintf("%s-%d", a.Role, a.Province) }

// writes on portal "a" of An Giang and its placement code.
func writes(w *world, code referral.Code) []call {
	return []call{
		{"destination create", ask(func(ctx context.Context, a referral.Actor) (referral.Destination, error) {
			return w.CreateDestination(ctx, a, registry.DestinationInput{ID: ptr("d-" + tag(a)), Kind: ptr("guide"), NameVi: ptr("a"), NameEn: ptr("a"), URL: ptr("https://a.vn/")})
		})},
		{"destination update", ask(func(ctx context.Context, a referral.Actor) (referral.Destination, error) {
			return w.UpdateDestination(ctx, a, "guide", registry.DestinationInput{NameVi: ptr("Hướng dẫn " + tag(a))}, "")
		})},
		{"campaign create", ask(func(ctx context.Context, a referral.Actor) (referral.Campaign, error) {
			return w.CreateCampaign(ctx, a, registry.CampaignInput{ID: ptr("c-" + tag(a)), Name: ptr("c")})
		})},
		{"campaign update", ask(func(ctx context.Context, a referral.Actor) (referral.Campaign, error) {
			return w.UpdateCampaign(ctx, a, "tet", registry.CampaignInput{Name: ptr("Tết " + tag(a))}, "")
		})},
		{"portal create", ask(func(ctx context.Context, a referral.Actor) (referral.Portal, error) {
			return w.CreatePortal(ctx, a, registry.PortalInput{ID: ptr("p-" + tag(a)), Name: ptr("p"), Province: ptr("91")})
		})},
		{"portal update", ask(func(ctx context.Context, a referral.Actor) (referral.Portal, error) {
			return w.UpdatePortal(ctx, a, "a", registry.PortalInput{Name: ptr("Cổng " + tag(a))}, "")
		})},
		{"placement create", ask(func(ctx context.Context, a referral.Actor) (referral.Placement, error) {
			return w.CreatePlacement(ctx, a, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("link"), Destination: ptr("hub")})
		})},
		{"placement update", ask(func(ctx context.Context, a referral.Actor) (referral.Placement, error) {
			return w.UpdatePlacement(ctx, a, code, registry.PlacementInput{Label: ptr(tag(a))}, "")
		})},
		{"portal merge", ask(func(ctx context.Context, a referral.Actor) (referral.Portal, error) {
			if _, err := w.CreatePortal(ctx, admin, registry.PortalInput{ID: ptr("old-" + tag(a)), Name: ptr("p"), Province: ptr("91")}); err != nil {
				w.t.Fatal(err)
			}
			return w.MergePortal(ctx, a, "old-"+tag(a), "a", "")
		})},
		{"portals import", ask(func(ctx context.Context, a referral.Actor) ([]referral.Portal, error) {
			return w.ImportPortals(ctx, a, strings.NewReader("id,name,province\ni-"+tag(a)+",a,91\n"))
		})},
		{"placements import", ask(func(ctx context.Context, a referral.Actor) ([]referral.Placement, error) {
			return w.ImportPlacements(ctx, a, strings.NewReader("portal,kind,destination\na,qr,hub\n"))
		})},
	}
}

func reads(w *world, code referral.Code) []call {
	return []call{
		{"portals", func(w *world, a referral.Actor) error {
			_, _, err := w.Portals(w.ctx, a, registry.Page{}, registry.Filter{})
			return err
		}},
		{"portal", ask(func(ctx context.Context, a referral.Actor) (referral.Portal, error) { return w.Portal(ctx, a, "a") })},
		{"placements", func(w *world, a referral.Actor) error {
			_, _, err := w.Placements(w.ctx, a, registry.Page{}, registry.Filter{})
			return err
		}},
		{"placement", ask(func(ctx context.Context, a referral.Actor) (referral.Placement, error) {
			return w.Placement(ctx, a, code)
		})},
		{"portal history", func(w *world, a referral.Actor) error {
			_, _, err := w.History(w.ctx, a, "portal", "a", registry.Page{})
			return err
		}},
		{"placement history", func(w *world, a referral.Actor) error {
			_, _, err := w.History(w.ctx, a, "placement", string(code), registry.Page{})
			return err
		}},
		{"destination history", func(w *world, a referral.Actor) error {
			_, _, err := w.History(w.ctx, a, "destination", "guide", registry.Page{})
			return err
		}},
		{"campaign history", func(w *world, a referral.Actor) error {
			_, _, err := w.History(w.ctx, a, "campaign", "tet", registry.Page{})
			return err
		}},
	}
}

func TestRights(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	p := w.placement("a", "widget", "guide")
	if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết")}); err != nil {
		t.Fatal(err)
	}
	own, foreign := provinceActor(911), provinceActor(10)
	nobody := referral.Actor{Kind: "key", ID: "9", Role: "chief"}
	// Forbidden, not found, an invalid field (on creation), or allowed.
	const (
		yes       = "yes"
		forbidden = "forbidden"
		hidden    = "not found"
		invalid   = "invalid"
	)
	all := func(answer string) func(string) string { return func(string) string { return answer } }
	for _, c := range []struct {
		name        string
		actor       referral.Actor
		write, read func(call string) string
	}{
		{"admin", admin, all(yes), all(yes)},
		{"editor", editor, func(name string) string {
			if strings.HasPrefix(name, "destination") {
				return forbidden
			}
			return yes
		}, all(yes)},
		{"own province", own, func(name string) string {
			if strings.HasPrefix(name, "destination") || strings.HasPrefix(name, "campaign") {
				return forbidden
			}
			return yes
		}, func(name string) string {
			if name == "destination history" || name == "campaign history" {
				return hidden
			}
			return yes
		}},
		{"another province", foreign, func(name string) string {
			switch name {
			case "portal create", "placement create", "portals import", "placements import":
				return invalid
			case "portal update", "placement update", "portal merge":
				return hidden
			}
			return forbidden
		}, func(name string) string {
			if name == "portals" || name == "placements" {
				return yes // but empty, see below
			}
			return hidden
		}},
		{"viewer", viewer, all(forbidden), all(yes)},
		{"marketplace", seller, all(forbidden), all(forbidden)},
		{"an unknown role", nobody, all(forbidden), all(forbidden)},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(calls []call, want func(string) string) {
				for _, call := range calls {
					before := w.version()
					err := call.do(w, c.actor)
					got := yes
					for kind, name := range map[error]string{referral.ErrForbidden: forbidden, referral.ErrNotFound: hidden, referral.ErrInvalid: invalid} {
						if errors.Is(err, kind) {
							got = name
						}
					}
					if got != want(call.name) || got == yes && err != nil {
						t.Errorf("%s: %v, want %s", call.name, err, want(call.name))
					}
					// "portal merge" first creates a portal as admin.
					if got != yes && call.name != "portal merge" && w.version() != before {
						t.Errorf("%s was refused and changed something", call.name)
					}
				}
			}
			check(reads(w, p.Code), c.read)
			check(writes(w, p.Code), c.write)
		})
	}
}

// A province sees what it was, is and will be, and nothing else.
func TestRights_provinceSeesItsOwn(t *testing.T) {
	w := newWorld(t)
	on := referral.MustDay("2021-07-21")
	for id, code := range map[string]string{"old-an-giang": "89", "old-kien-giang": "91", "old-ha-noi": "01"} {
		if _, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: &id, Name: &id, Province: &code, ProvinceOn: &on}); err != nil {
			t.Fatal(err)
		}
		w.placement(id, "widget", "guide")
	}
	w.portal("new-an-giang", "91")
	w.placement("new-an-giang", "widget", "guide")
	for _, c := range []struct {
		actor  referral.Actor
		filter registry.Filter
		want   []string
	}{
		{admin, registry.Filter{}, []string{"new-an-giang", "old-an-giang", "old-ha-noi", "old-kien-giang"}},
		{admin, registry.Filter{Province: 911}, []string{"new-an-giang", "old-an-giang", "old-kien-giang"}},
		{admin, registry.Filter{Province: 890}, []string{"old-an-giang"}},
		{admin, registry.Filter{Province: 999}, nil},
		{viewer, registry.Filter{Province: 10}, []string{"old-ha-noi"}},
		{provinceActor(911), registry.Filter{}, []string{"new-an-giang", "old-an-giang", "old-kien-giang"}},
		{provinceActor(911), registry.Filter{Province: 10}, nil},
		{provinceActor(911), registry.Filter{Province: 910}, []string{"old-kien-giang"}},
		{provinceActor(890), registry.Filter{}, []string{"new-an-giang", "old-an-giang"}},
		{provinceActor(890), registry.Filter{Province: 911}, []string{"new-an-giang", "old-an-giang"}},
		{provinceActor(10), registry.Filter{}, []string{"old-ha-noi"}},
		{provinceActor(0), registry.Filter{}, nil},
		{provinceActor(911), registry.Filter{Provinces: []referral.ProvinceID{10}}, []string{"new-an-giang", "old-an-giang", "old-kien-giang"}},
	} {
		list, _, err := w.Portals(w.ctx, c.actor, registry.Page{}, c.filter)
		var got []string
		for _, p := range list {
			got = append(got, p.ID)
		}
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%v %+v: %v %s", c.actor, c.filter, err, d)
		}
		placements, _, err := w.Placements(w.ctx, c.actor, registry.Page{}, c.filter)
		if err != nil || len(placements) != len(c.want) {
			t.Errorf("%v %+v: %d placements, %v", c.actor, c.filter, len(placements), err)
		}
		for _, p := range placements {
			if _, err := w.Placement(w.ctx, c.actor, p.Code); err != nil {
				t.Errorf("%v cannot read %s, which it lists: %v", c.actor, p.Code, err)
			}
		}
	}
}

// What a stranger gets for another province's portal is what he gets for none.
func TestRights_hiddenLooksLikeMissing(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	p := w.placement("a", "widget", "guide")
	stranger := provinceActor(10)
	same := func(name string, err1, err2 error, id, other string) {
		t.Helper()
		if err1 == nil || err2 == nil || strings.ReplaceAll(err1.Error(), id, "?") != strings.ReplaceAll(err2.Error(), other, "?") {
			t.Errorf("%s: %v against %v", name, err1, err2)
		}
	}
	_, err1 := w.Portal(w.ctx, stranger, "a")
	_, err2 := w.Portal(w.ctx, stranger, "z")
	same("portal", err1, err2, `"a"`, `"z"`)
	_, err1 = w.Placement(w.ctx, stranger, p.Code)
	_, err2 = w.Placement(w.ctx, stranger, "222222")
	same("placement", err1, err2, string(p.Code), "222222")
	in := func(portal string) registry.PlacementInput {
		return registry.PlacementInput{Portal: &portal, Kind: ptr("qr"), Destination: ptr("hub")}
	}
	_, err1 = w.CreatePlacement(w.ctx, stranger, in("a"))
	_, err2 = w.CreatePlacement(w.ctx, stranger, in("z"))
	same("new placement", err1, err2, `"a"`, `"z"`)
	w.portal("ha-noi", "01")
	_, err1 = w.MergePortal(w.ctx, stranger, "ha-noi", "a", "")
	_, err2 = w.MergePortal(w.ctx, stranger, "ha-noi", "z", "")
	same("merge", err1, err2, `"a"`, `"z"`)
}

func TestRights_provinceCannotGiveAPortalAway(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	_, err := w.UpdatePortal(w.ctx, provinceActor(911), "a", registry.PortalInput{Province: ptr("01")}, "")
	wantFaults(t, err, "/province error.province_foreign")
}
