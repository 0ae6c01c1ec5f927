package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lensan/server/referral"
	"lensan/server/registry"
)

const (
	keep, register, merge = registry.DecideKeep, registry.DecideRegister, registry.DecideMerge
	because               = "theo Nghị quyết 202/2025/QH15"
)

// oldPortal creates a portal that was registered under one of the 63.
func (w *world) oldPortal(id, code string) referral.Portal {
	w.t.Helper()
	on := referral.MustDay("2021-07-21")
	p, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: &id, Name: ptr("Cổng " + id), Province: &code, ProvinceOn: &on})
	fatal(w.t, err)
	return p
}

func (w *world) find(id string) referral.Portal {
	w.t.Helper()
	p, err := w.Portal(w.ctx, admin, id)
	fatal(w.t, err)
	return p
}

func (w *world) open(want int) {
	w.t.Helper()
	if n, err := w.OpenSuccession(w.ctx, admin); n != want || err != nil {
		w.t.Errorf("%d open, %v; want %d", n, err, want)
	}
}

// choice is "portal do" or "portal merge into".
func choice(portal string, do registry.Decision, into ...string) registry.SuccessionChoice {
	c := registry.SuccessionChoice{Portal: portal, Do: do}
	if len(into) > 0 {
		c.Into = into[0]
	}
	return c
}

var sinceChange = cmpopts.IgnoreFields(referral.Portal{}, "UpdatedAt")

func TestSuccession_applyAndUndo(t *testing.T) {
	w := newWorld(t)
	w.oldPortal("ag", "89")
	w.oldPortal("kg", "91")
	w.oldPortal("hnd", "91")
	w.oldPortal("hue", "46") // Thừa Thiên Huế
	w.oldPortal("ha-noi", "01")
	w.portal("new", "91")
	code := w.placement("ag", "qr", "guide").Code
	w.open(4)
	was := map[string]referral.Portal{}
	for _, id := range []string{"ag", "kg", "hnd", "hue", "new"} {
		was[id] = w.find(id)
	}
	choices := []registry.SuccessionChoice{choice("ag", register), choice("kg", merge, "ag"), choice("hnd", keep), choice("hue", keep)}

	version := w.version()
	preview, err := w.PreviewSuccession(w.ctx, editor, choices)
	if err != nil || w.version() != version || len(w.changes("portal", "ag")) != 1 {
		t.Fatalf("a preview wrote something: %v", err)
	}
	w.now = w.now.Add(time.Hour)
	step, err := w.ApplySuccession(w.ctx, editor, choices, " "+because)
	if d := cmp.Diff(preview, step.Changes); err != nil || d != "" {
		t.Fatalf("%v, the preview differs: %s", err, d)
	}
	w.open(0)
	for id, change := range map[string]func(*referral.Portal){
		"ag":  func(p *referral.Portal) { p.Province, p.Former = 911, 890 },
		"kg":  func(p *referral.Portal) { p.MergedInto = "ag" },
		"hnd": func(p *referral.Portal) { p.Kept = 911 },
		"hue": func(p *referral.Portal) { p.Kept = 461 },
		"new": func(p *referral.Portal) {},
	} {
		want := was[id]
		change(&want)
		if d := cmp.Diff(want, w.find(id), sinceChange); d != "" {
			t.Errorf("%s: %s", id, d)
		}
	}
	for id, verb := range map[string]string{"ag": "register", "kg": "merge", "hnd": "keep"} {
		if c := w.newest("portal", id); c.Verb != verb || c.Reason != because || c.Actor != "account:minh" || !c.Time.Equal(w.now) {
			t.Errorf("%s: %+v", id, c)
		}
	}
	if c := w.newest("portal", "ag"); string(c.After) != `{"former_province":"89~2008-08-01","province":"91","province_valid_from":"2025-07-01"}` {
		t.Errorf("history says %s", c.After)
	}
	// Days before the merger stay with the province of that time.
	for day, want := range map[string]referral.ProvinceID{"2021-07-21": 890, "2025-06-30": 890, "2025-07-01": 911} {
		if got := w.links.Load().Find(code).Portal.Province(referral.MustDay(day)).ID; got != want {
			t.Errorf("on %s it belongs to %d, want %d", day, got, want)
		}
	}

	steps, err := w.SuccessionSteps(w.ctx, admin, 10)
	if d := cmp.Diff([]registry.SuccessionStep{step}, steps); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	w.now = w.now.Add(time.Hour)
	if _, err := w.UndoSuccession(w.ctx, admin, step.ID, " "); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	undone, err := w.UndoSuccession(w.ctx, admin, step.ID, "nhầm")
	if err != nil || !undone.UndoneAt.Equal(w.now) || undone.UndoneBy != "account:lan" || undone.UndoneReason != "nhầm" {
		t.Fatalf("%+v, %v", undone, err)
	}
	for id, want := range was {
		if d := cmp.Diff(want, w.find(id), sinceChange); d != "" {
			t.Errorf("%s after the undo: %s", id, d)
		}
	}
	w.open(4)
	if c := w.newest("portal", "kg"); c.Verb != "undo" || c.Reason != "nhầm" {
		t.Errorf("%+v", c)
	}
	if steps, err := w.SuccessionSteps(w.ctx, admin, 10); err != nil || len(steps) != 1 || cmp.Diff(undone, steps[0]) != "" {
		t.Errorf("%+v, %v", steps, err)
	}
	_, err = w.UndoSuccession(w.ctx, admin, step.ID, "nhầm")
	wantError(t, err, referral.ErrConflict, "error.succession_undone")
	_, err = w.UndoSuccession(w.ctx, admin, step.ID+1, "nhầm") // the undoing itself
	wantError(t, err, referral.ErrNotFound, "error.succession_step_unknown")

	// It can be decided anew.
	again, err := w.ApplySuccession(w.ctx, admin, choices, because)
	if err != nil || again.ID == step.ID {
		t.Fatalf("%+v, %v", again, err)
	}
	if steps, err := w.SuccessionSteps(w.ctx, admin, 1); err != nil || len(steps) != 1 || steps[0].ID != again.ID || !steps[0].UndoneAt.IsZero() {
		t.Errorf("%+v, %v", steps, err)
	}
}

func TestSuccession_faults(t *testing.T) {
	w := newWorld(t)
	w.oldPortal("ag", "89")
	w.oldPortal("kg", "91")
	w.oldPortal("x", "91")
	w.oldPortal("yb", "15")
	w.portal("new", "91")
	w.portal("ha-noi", "01")
	w.oldPortal("gone", "89")
	_, err := w.MergePortal(w.ctx, admin, "gone", "new", "")
	fatal(t, err)
	good := choice("x", keep)
	for _, c := range []struct {
		name    string
		choices []registry.SuccessionChoice
		reason  string
		want    []string
	}{
		{"nothing chosen", nil, because, []string{"/choices error.required"}},
		{"nothing at all", nil, "", []string{"/reason error.reason_missing", "/choices error.required"}},
		{"too many", make([]registry.SuccessionChoice, 5001), because, []string{"/choices error.too_many"}},
		{"no reason", []registry.SuccessionChoice{good}, " ", []string{"/reason error.reason_missing"}},
		{"no such portal", []registry.SuccessionChoice{good, choice("z", keep)}, because, []string{"/choices/1/portal error.portal_unknown"}},
		{"twice", []registry.SuccessionChoice{good, choice("x", register)}, because, []string{"/choices/1/portal error.succession_twice"}},
		{"stands", []registry.SuccessionChoice{good, choice("ha-noi", keep)}, because, []string{"/choices/1/portal error.succession_stands"}},
		{"merged", []registry.SuccessionChoice{good, choice("gone", register)}, because, []string{"/choices/1/portal error.portal_merged"}},
		{"merged into another", []registry.SuccessionChoice{choice("gone", merge, "ag"), good}, because, []string{"/choices/0/portal error.portal_merged"}},
		{"what", []registry.SuccessionChoice{good, choice("ag", "drop")}, because, []string{"/choices/1/do error.one_of"}},
		{"into without a merge", []registry.SuccessionChoice{good, choice("ag", keep, "new")}, because, []string{"/choices/1/into error.succession_into"}},
		{"into nothing", []registry.SuccessionChoice{good, choice("ag", merge)}, because, []string{"/choices/1/into error.required"}},
		{"into itself", []registry.SuccessionChoice{good, choice("ag", merge, "ag")}, because, []string{"/choices/1/into error.merge_self"}},
		{"into what is not there", []registry.SuccessionChoice{good, choice("ag", merge, "z")}, because, []string{"/choices/1/into error.portal_unknown"}},
		{"into a merged one", []registry.SuccessionChoice{good, choice("ag", merge, "gone")}, because, []string{"/choices/1/into error.portal_merged"}},
		{"into another province", []registry.SuccessionChoice{good, choice("ag", merge, "yb")}, because, []string{"/choices/1/into error.succession_elsewhere"}},
		{"a chain", []registry.SuccessionChoice{choice("kg", merge, "new"), good, choice("ag", merge, "kg")}, because, []string{"/choices/2/into error.succession_chain"}},
		{"the same chain the other way round", []registry.SuccessionChoice{choice("ag", merge, "kg"), good, choice("kg", merge, "new")}, because, []string{"/choices/0/into error.succession_chain"}},
		{"all faults together", []registry.SuccessionChoice{choice("z", keep), choice("ag", "drop"), choice("kg", merge)}, "",
			[]string{"/reason error.reason_missing", "/choices/0/portal error.portal_unknown", "/choices/1/do error.one_of", "/choices/2/into error.required"}},
		{"as they are", []registry.SuccessionChoice{choice("gone", merge, "new")}, because, []string{"/choices error.succession_nothing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, version := w.find("x"), w.version()
			step, err := w.ApplySuccession(w.ctx, admin, c.choices, c.reason)
			wantFaults(t, err, c.want...)
			if d := cmp.Diff(registry.SuccessionStep{}, step); d != "" {
				t.Errorf("a step is returned: %s", d)
			}
			if w.version() != version || cmp.Diff(before, w.find("x")) != "" {
				t.Error("something was written")
			}
			if c.reason == because {
				_, err := w.PreviewSuccession(w.ctx, admin, c.choices)
				wantFaults(t, err, c.want...)
			}
		})
	}
	// What is as chosen already is left out.
	step, err := w.ApplySuccession(w.ctx, admin, []registry.SuccessionChoice{choice("gone", merge, "new"), good}, because)
	if err != nil || len(step.Changes) != 1 || step.Changes[0].Portal != "x" {
		t.Errorf("%+v, %v", step, err)
	}
}

func TestUndoSuccession_laterChanges(t *testing.T) {
	w := newWorld(t)
	w.oldPortal("ag", "89")
	w.oldPortal("kg", "91")
	w.portal("new", "91")
	w.portal("other", "91")
	step, err := w.ApplySuccession(w.ctx, admin, []registry.SuccessionChoice{choice("ag", register), choice("kg", merge, "new")}, because)
	fatal(t, err)
	// Changes of other fields and of other portals do not stand in the way.
	_, err = w.UpdatePortal(w.ctx, editor, "ag", registry.PortalInput{Name: ptr("Tên mới")}, "")
	fatal(t, err)
	_, err = w.MergePortal(w.ctx, editor, "new", "other", "")
	fatal(t, err)
	w.now = w.now.Add(time.Hour)
	_, err = w.UpdatePortal(w.ctx, editor, "ag", registry.PortalInput{Province: ptr("01")}, "chọn nhầm")
	fatal(t, err)
	if p := w.find("ag"); p.Former != 0 || p.Province != 10 {
		t.Errorf("a corrected registration has a former one: %+v", p)
	}
	when := w.now
	w.now = w.now.Add(time.Hour)
	before, version := w.find("kg"), w.version()
	_, err = w.UndoSuccession(w.ctx, admin, step.ID, "nhầm")
	wantError(t, err, referral.ErrConflict, "error.succession_since")
	var named *referral.Error
	if errors.As(err, &named); len(named.Fields) != 1 {
		t.Fatalf("%v", err)
	}
	want := referral.FieldError{Field: "/portals/ag", Key: "error.succession_portal_since",
		Args: referral.Args{"id": "ag", "name": "Tên mới", "by": "minh", "at": when.Format("15:04 02/01/2006")}}
	if d := cmp.Diff(want, named.Fields[0]); d != "" {
		t.Error(d)
	}
	if w.version() != version || cmp.Diff(before, w.find("kg")) != "" {
		t.Error("a part of the step was taken back")
	}
	// Once that is out of the way, the whole step goes back.
	w.undo("portal", "ag")
	if p := w.find("ag"); p.Former != 890 || p.Province != 911 {
		t.Errorf("the correction undone: %+v", p)
	}
	_, err = w.UndoSuccession(w.ctx, admin, step.ID, "nhầm")
	fatal(t, err)
	if ag, kg := w.find("ag"), w.find("kg"); ag.Province != 890 || ag.Former != 0 || ag.Name != "Tên mới" || kg.MergedInto != "" {
		t.Errorf("%+v, %+v", ag, kg)
	}
}

// A single decision can be taken back on the portal's page, too.
func TestUndo_decision(t *testing.T) {
	w := newWorld(t)
	before := w.oldPortal("ag", "89")
	for _, c := range []registry.SuccessionChoice{choice("ag", keep), choice("ag", register)} {
		_, err := w.ApplySuccession(w.ctx, admin, []registry.SuccessionChoice{c}, because)
		fatal(t, err)
		after := w.find("ag")
		w.undo("portal", "ag")
		if d := cmp.Diff(before, w.find("ag"), sinceChange); d != "" {
			t.Errorf("%s: %s", c.Do, d)
		}
		w.undo("portal", "ag")
		if d := cmp.Diff(after, w.find("ag"), sinceChange); d != "" {
			t.Errorf("%s, an undo undone: %s", c.Do, d)
		}
		w.undo("portal", "ag")
	}
}

// A merge can be taken back as long as it stands, whatever was changed since.
func TestUndo_mergeAfterLaterChanges(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.portal("b", "91")
	_, err := w.MergePortal(w.ctx, admin, "a", "b", "hợp nhất")
	fatal(t, err)
	merged := w.newest("portal", "a")
	_, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{ContactEmail: ptr("lan@a.vn")}, "")
	fatal(t, err)
	fatal(t, w.Undo(w.ctx, admin, "portal", "a", merged.ID, "chưa hợp nhất"))
	if p := w.find("a"); p.MergedInto != "" || p.ContactEmail != "lan@a.vn" {
		t.Errorf("%+v", p)
	}
	if err := w.Undo(w.ctx, admin, "portal", "a", merged.ID, "nữa"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	_, err = w.MergePortal(w.ctx, admin, "a", "b", "lại")
	fatal(t, err)
	if err := w.Undo(w.ctx, admin, "portal", "a", merged.ID+99, "x"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("no such change: %v", err)
	}
}

func TestSuccession_rights(t *testing.T) {
	w := newWorld(t)
	w.oldPortal("ag", "89")
	step, err := w.ApplySuccession(w.ctx, admin, []registry.SuccessionChoice{choice("ag", keep)}, because)
	fatal(t, err)
	w.oldPortal("kg", "91")
	for _, a := range []referral.Actor{viewer, seller, provinceActor(911), provinceActor(890), provinceActor(10)} {
		version := w.version()
		_, err1 := w.PreviewSuccession(w.ctx, a, []registry.SuccessionChoice{choice("kg", keep)})
		_, err2 := w.ApplySuccession(w.ctx, a, []registry.SuccessionChoice{choice("kg", keep)}, because)
		_, err3 := w.UndoSuccession(w.ctx, a, step.ID, because)
		_, err4 := w.SuccessionSteps(w.ctx, a, 10)
		_, err5 := w.PlacementCounts(w.ctx, a)
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if !errors.Is(err, referral.ErrForbidden) {
				t.Errorf("%v, %d: %v", a, i, err)
			}
		}
		if n, err := w.OpenSuccession(w.ctx, a); n != 0 || err != nil || w.version() != version {
			t.Errorf("%v: %d open, %v", a, n, err)
		}
	}
}

// Whatever is chosen: all of it happens or nothing does; no day of any portal
// goes to another province; the order of the choices is of no account; and an
// undo gives back what was.
func TestSuccession_anyChoices(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for _, code := range []string{"89", "91", "15", "10", "46"} {
		for n := range 3 {
			id := fmt.Sprintf("p%s-%d", code, n)
			w.oldPortal(id, code)
			w.placement(id, "link", "hub")
			ids = append(ids, id)
		}
	}
	for _, code := range []string{"91", "15", "01"} {
		w.portal("new-"+code, code)
		ids = append(ids, "new-"+code)
	}
	days := []referral.Day{referral.MustDay("2024-12-31"), referral.MustDay("2025-01-01"), referral.MustDay("2025-06-30"), referral.MustDay("2025-07-01"), referral.MustDay("2026-03-01")}
	type state struct {
		Portals   []referral.Portal
		Provinces [][]referral.ProvinceID
	}
	look := func() (s state) {
		placements, _, err := w.Placements(w.ctx, admin, registry.Page{Limit: 500}, registry.Filter{})
		fatal(t, err)
		for _, p := range placements {
			var row []referral.ProvinceID
			for _, day := range days {
				row = append(row, w.links.Load().Find(p.Code).Portal.Province(day).ID)
			}
			s.Provinces = append(s.Provinces, row)
		}
		s.Portals, _, err = w.Portals(w.ctx, admin, registry.Page{Limit: 500}, registry.Filter{})
		fatal(t, err)
		return s
	}
	applied, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.SampledFrom(ids)
		choices := rapid.SliceOfNDistinct(rapid.Custom(func(rt *rapid.T) registry.SuccessionChoice {
			c := registry.SuccessionChoice{Portal: id.Draw(rt, "portal"), Do: rapid.SampledFrom([]registry.Decision{keep, keep, register, register, merge}).Draw(rt, "do")}
			if c.Do == merge {
				c.Into = id.Draw(rt, "into")
			}
			return c
		}), 1, 5, func(c registry.SuccessionChoice) string { return c.Portal }).Draw(rt, "choices")
		before, version := look(), w.version()
		step, err := w.ApplySuccession(w.ctx, admin, choices, because)
		after := look()
		if err != nil {
			refused++
			if !errors.Is(err, referral.ErrInvalid) || w.version() != version || cmp.Diff(before, after) != "" {
				rt.Fatalf("refused with %v and changed: %s", err, cmp.Diff(before, after))
			}
			return
		}
		applied++
		if d := cmp.Diff(before.Provinces, after.Provinces); d != "" {
			rt.Fatalf("days went to other provinces: %s", d)
		}
		if d := cmp.Diff(len(choices), len(step.Changes)); d != "" {
			rt.Fatalf("changes of fresh portals: %s", d)
		}
		if _, err := w.UndoSuccession(w.ctx, admin, step.ID, "nhầm"); err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(before, look(), sinceChange); d != "" {
			rt.Fatalf("after the undo: %s", d)
		}
		slices.Reverse(choices)
		again, err := w.ApplySuccession(w.ctx, admin, choices, because)
		if d := cmp.Diff(after, look(), sinceChange); err != nil || d != "" {
			rt.Fatalf("in another order: %v %s", err, d)
		}
		if _, err := w.UndoSuccession(w.ctx, admin, again.ID, "nhầm"); err != nil {
			rt.Fatal(err)
		}
	})
	if applied < 10 || refused < 10 {
		t.Errorf("%d steps were taken, %d refused", applied, refused)
	}
}
