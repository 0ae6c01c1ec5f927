package registry_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

func newDestination(id string) registry.DestinationInput {
	return registry.DestinationInput{ID: &id, Kind: ptr("marketplace_signup"), NameVi: ptr("Chợ " + id), NameEn: ptr("Market " + id), URL: ptr("https://" + id + ".vn/")}
}

func TestCreateDestination(t *testing.T) {
	w := newWorld(t)
	in := newDestination("cho")
	in.PassParams, in.FallbackID = ptr([]string{"ref", "ref", "q"}), ptr("postmart")
	d, err := w.CreateDestination(w.ctx, admin, in)
	want := referral.Destination{Num: 8, ID: "cho", Kind: "marketplace_signup", Name: referral.Name{Vi: "Chợ cho", En: "Market cho"}, URL: "https://cho.vn/",
		PassParams: []string{"ref", "q"}, FallbackID: "postmart", Position: 8, UpdatedAt: w.now.UTC()}
	if diff := cmp.Diff(want, d); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	if got, err := w.Destination(w.ctx, "cho"); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("read back: %+v, %v", got, err)
	}
	_, err = w.CreateDestination(w.ctx, admin, newDestination("cho"))
	var named *referral.Error
	if !errors.Is(err, referral.ErrConflict) || !errors.As(err, &named) || named.Fields[0].Field != "/id" {
		t.Errorf("taken: %v", err)
	}
	if list, err := w.Destinations(w.ctx); err != nil || len(list) != 8 || list[7].ID != "cho" {
		t.Errorf("%d destinations, %v", len(list), err)
	}
}

func TestCreateDestination_faults(t *testing.T) {
	w := newWorld(t)
	before := w.version()
	_, err := w.CreateDestination(w.ctx, admin, registry.DestinationInput{})
	wantFaults(t, err, "/id error.required", "/kind error.kind", "/name/vi error.required", "/name/en error.required", "/url error.url")
	in := newDestination("hub")
	in.URL, in.PassParams, in.FallbackID, in.Position = ptr("https://{portal}.vn/"), ptr([]string{"a b"}), ptr("x"), ptr(1_000_000)
	_, err = w.CreateDestination(w.ctx, admin, in)
	wantFaults(t, err, "/id error.reserved", "/url error.url_host", "/pass_params/0 error.param", "/position error.position", "/fallback_id error.destination_unknown")
	in = newDestination("cho")
	in.FallbackID = ptr("cho")
	_, err = w.CreateDestination(w.ctx, admin, in)
	wantFaults(t, err, "/fallback_id error.fallback_self")
	if w.version() != before {
		t.Error("something was written")
	}
}

func TestUpdateDestination(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(time.Hour)
	d, err := w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{URL: ptr(" https://voso.vn/dang-ky "), Confirmed: ptr(true)}, "đã gọi điện")
	if err != nil || !d.Confirmed || d.URL != "https://voso.vn/dang-ky" {
		t.Fatalf("%+v, %v", d, err)
	}
	list := w.changes("destination", "voso")
	if last := list[len(list)-1]; string(last.Before) != `{"confirmed":false,"url":"https://voso.vn/"}` || string(last.After) != `{"confirmed":true,"url":"https://voso.vn/dang-ky"}` {
		t.Errorf("%s → %s", last.Before, last.After)
	}
	d, err = w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{URL: ptr("https://voso.vn/moi")}, "")
	if err != nil || d.Confirmed {
		t.Errorf("a new URL is confirmed by itself: %+v, %v", d, err)
	}
	d, err = w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{NameVi: ptr("Vo\u0309 So\u0300")}, "")
	if err != nil || d.Name.Vi != "Vỏ Sò" {
		t.Errorf("not in NFC: %q, %v", d.Name.Vi, err)
	}
	before := w.version()
	if _, err := w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{ID: ptr("voso"), URL: ptr(d.URL), PassParams: ptr([]string{})}, ""); err != nil || w.version() != before {
		t.Errorf("no-op: %v", err)
	}
	_, err = w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{ID: ptr("x"), Kind: ptr("x"), URL: ptr("")}, "")
	wantFaults(t, err, "/id error.fixed", "/kind error.kind", "/url error.url")
	_, err = w.UpdateDestination(w.ctx, admin, "x", registry.DestinationInput{}, "")
	wantError(t, err, referral.ErrNotFound, "error.destination_unknown")
}

func TestUpdateDestination_fallbackCircles(t *testing.T) {
	w := newWorld(t)
	set := func(id, fallback string) error {
		_, err := w.UpdateDestination(w.ctx, admin, id, registry.DestinationInput{FallbackID: &fallback}, "")
		return err
	}
	for _, step := range [][2]string{{"postmart", "voso"}, {"voso", "guide"}} {
		if err := set(step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	wantFaults(t, set("guide", "postmart"), "/fallback_id error.fallback_circle")
	wantFaults(t, set("guide", "voso"), "/fallback_id error.fallback_circle")
	wantFaults(t, set("guide", "guide"), "/fallback_id error.fallback_self")
	wantFaults(t, set("guide", "hub"), "/fallback_id error.destination_unknown")
	if err := set("voso", ""); err != nil {
		t.Fatal(err)
	}
	if err := set("guide", "postmart"); err != nil {
		t.Errorf("after the chain was cut: %v", err)
	}
}

func TestSeed(t *testing.T) {
	w := newWorld(t)
	var ids []string
	list, err := w.Destinations(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		ids = append(ids, d.ID)
		if d.Confirmed || d.Paused || d.Name.Vi == "" || d.Name.En == "" {
			t.Errorf("%+v", d)
		}
		if c := w.changes("destination", d.ID); len(c) != 1 || c[0].Actor != "system" || c[0].Verb != "create" {
			t.Errorf("history of %s: %+v", d.ID, c)
		}
	}
	if d := cmp.Diff([]string{"support_portal", "guide", "postmart", "voso", "feedback", "mard", "moit"}, ids); d != "" {
		t.Error(d)
	}
	if w.links.Load() == nil || len(w.links.Load().Destinations()) != 7 {
		t.Error("the links are not in force after seeding")
	}

	changed, err := w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{URL: ptr("https://moi.vn/"), Paused: ptr(true), NameVi: ptr("Mới")}, "")
	if err != nil {
		t.Fatal(err)
	}
	before := w.version()
	if err := w.Seed(w.ctx, seed(t)); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Destination(w.ctx, "voso"); cmp.Diff(changed, got) != "" || w.version() != before {
		t.Errorf("seeding again changed something: %+v", got)
	}
	// A destination that a later version adds is inserted beside them.
	more := append(seed(t), referral.Destination{ID: "new", Kind: "guide", Name: referral.Name{Vi: "a", En: "b"}, URL: "https://new.vn/"})
	if err := w.Seed(w.ctx, more); err != nil {
		t.Fatal(err)
	}
	if list, _ := w.Destinations(w.ctx); len(list) != 8 {
		t.Errorf("%d destinations", len(list))
	}
	if err := w.Seed(w.ctx, []referral.Destination{{ID: "bad"}}); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestReadSeed_refuses(t *testing.T) {
	const good = "[[destination]]\nid = \"a\"\nkind = \"guide\"\nname = { vi = \"a\", en = \"b\" }\nurl = \"https://a.vn/\"\n"
	if list, err := registry.ReadSeed([]byte(good)); err != nil || len(list) != 1 || list[0].Position != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	for name, bad := range map[string]string{"empty": "", "no TOML": "[[", "unknown entry": good + "uri = \"x\"\n", "twice": good + good,
		"plain http": "[[destination]]\nid = \"a\"\nkind = \"guide\"\nname = { vi = \"a\", en = \"b\" }\nurl = \"http://a.vn/\"\n"} {
		if _, err := registry.ReadSeed([]byte(bad)); !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCampaigns(t *testing.T) {
	w := newWorld(t)
	from, to := referral.MustDay("2026-01-15"), referral.MustDay("2026-02-28")
	c, err := w.CreateCampaign(w.ctx, editor, registry.CampaignInput{ID: ptr("tet-2026"), Name: ptr(" Tết Bính Ngọ "), From: &from, To: &to})
	want := referral.Campaign{Num: 1, ID: "tet-2026", Name: "Tết Bính Ngọ", From: from, To: to, CreatedAt: w.now.UTC(), UpdatedAt: w.now.UTC()}
	if d := cmp.Diff(want, c); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	if open, err := w.CreateCampaign(w.ctx, editor, registry.CampaignInput{ID: ptr("open"), Name: ptr("a")}); err != nil || open.From != referral.NoDay || open.To != referral.NoDay {
		t.Errorf("%+v, %v", open, err)
	}
	_, err = w.CreateCampaign(w.ctx, editor, registry.CampaignInput{ID: ptr("tet-2026"), Name: ptr("a")})
	if !errors.Is(err, referral.ErrConflict) {
		t.Errorf("taken: %v", err)
	}
	_, err = w.CreateCampaign(w.ctx, editor, registry.CampaignInput{From: &to, To: &from})
	wantFaults(t, err, "/id error.required", "/name error.required", "/to error.before_from")
	c, err = w.UpdateCampaign(w.ctx, editor, "tet-2026", registry.CampaignInput{To: ptr(referral.NoDay)}, "kéo dài")
	if err != nil || c.To != referral.NoDay {
		t.Errorf("%+v, %v", c, err)
	}
	list := w.changes("campaign", "tet-2026")
	if last := list[len(list)-1]; string(last.Before) != `{"to":"2026-02-28"}` || string(last.After) != `{"to":""}` || last.Reason != "kéo dài" {
		t.Errorf("%s → %s", last.Before, last.After)
	}
	before := w.version()
	if _, err := w.UpdateCampaign(w.ctx, editor, "tet-2026", registry.CampaignInput{Name: ptr("Tết Bính Ngọ")}, ""); err != nil || w.version() != before {
		t.Errorf("no-op: %v", err)
	}
	_, err = w.UpdateCampaign(w.ctx, editor, "tet-2026", registry.CampaignInput{ID: ptr("x"), To: ptr(from - 1)}, "")
	wantFaults(t, err, "/id error.fixed", "/to error.before_from")
	_, err = w.UpdateCampaign(w.ctx, editor, "x", registry.CampaignInput{}, "")
	wantError(t, err, referral.ErrNotFound, "error.campaign_unknown")
	if list, next, err := w.Campaigns(w.ctx, registry.Page{Limit: 1}); err != nil || len(list) != 1 || list[0].ID != "open" || next == "" {
		t.Errorf("%+v, %q, %v", list, next, err)
	}
	if got, err := w.Campaign(w.ctx, "tet-2026"); err != nil || got.Num != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
