package registry_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestRelease(t *testing.T) {
	w := newWorld(t)
	known := []string{"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"}
	update := func(in registry.ReleaseInput) error {
		_, err := w.UpdateRelease(w.ctx, admin, in, known, "thử")
		return err
	}
	inForce := func(province *referral.Province) string { return w.links.Load().Release().For(province) }
	anGiang, err := w.Provinces().Find("91", referral.DayOf(w.now))
	if err != nil {
		t.Fatal(err)
	}
	haNoi, err := w.Provinces().Find("01", referral.DayOf(w.now))
	if err != nil {
		t.Fatal(err)
	}
	check := func(step, everywhere, trial string) {
		t.Helper()
		if got := []string{inForce(nil), inForce(haNoi), inForce(anGiang)}; !cmp.Equal(got, []string{everywhere, everywhere, trial}) {
			t.Errorf("%s: %v", step, got)
		}
	}
	check("at first", "", "")
	if err := update(registry.ReleaseInput{Stable: ptr("aaaaaaaaaa")}); err != nil {
		t.Fatal(err)
	}
	if err := update(registry.ReleaseInput{Canary: ptr("bbbbbbbbbb"), Provinces: &[]string{"91", "91"}}); err != nil {
		t.Fatal(err)
	}
	check("on trial", "aaaaaaaaaa", "bbbbbbbbbb")
	rollBack := func() {
		t.Helper()
		if _, err := w.RollBackRelease(w.ctx, admin, "hỏng"); err != nil {
			t.Fatal(err)
		}
	}
	rollBack()
	check("trial ended", "aaaaaaaaaa", "aaaaaaaaaa")
	if err := update(registry.ReleaseInput{Stable: ptr("bbbbbbbbbb")}); err != nil {
		t.Fatal(err)
	}
	check("for all", "bbbbbbbbbb", "bbbbbbbbbb")
	rollBack()
	check("rolled back", "aaaaaaaaaa", "aaaaaaaaaa")

	changes, _, err := w.History(w.ctx, admin, "widget", "v1", registry.Page{})
	if err != nil || len(changes) != 5 || changes[0].Verb != "roll_back" || changes[0].Reason != "hỏng" {
		t.Errorf("%v %+v", err, changes)
	}
	for name, in := range map[string]registry.ReleaseInput{
		"/stable":            {Stable: ptr("dddddddddd")},
		"/canary":            {Canary: ptr("x"), Provinces: &[]string{"91"}},
		"/canary_provinces":  {Canary: ptr("cccccccccc")},
		"/canary_provinces ": {Canary: ptr("cccccccccc"), Provinces: &[]string{"89"}}, // ended on 30/06/2025
	} {
		var told *referral.Error
		if err := update(in); !errors.As(err, &told) || len(told.Fields) != 1 || told.Fields[0].Field != name && told.Fields[0].Field+" " != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range []referral.Actor{editor, viewer, seller} {
		if _, err := w.Release(w.ctx, a); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("%s reads: %v", a.Role, err)
		}
		if _, err := w.UpdateRelease(w.ctx, a, registry.ReleaseInput{Stable: ptr("")}, known, ""); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("%s changes: %v", a.Role, err)
		}
		if _, err := w.RollBackRelease(w.ctx, a, ""); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("%s rolls back: %v", a.Role, err)
		}
	}
	// Another process sees it, and it outlives a restart.
	got, err := w.Release(w.ctx, admin)
	want := referral.Release{Stable: "aaaaaaaaaa", Previous: "bbbbbbbbbb", UpdatedAt: w.now.UTC()}
	if err != nil || !cmp.Equal(got, want, cmp.Comparer(time.Time.Equal)) {
		t.Errorf("%v %s", err, cmp.Diff(want, got))
	}
}
