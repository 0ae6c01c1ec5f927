package succession_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/succession"
	"lensan/server/testkit"
)

var (
	admin = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleAdmin}
	now   = time.Date(2026, 11, 24, 14, 5, 0, 0, referral.Zone)
)

// world is an assistant over a real database.
type world struct {
	*succession.Assistant
	t        *testing.T
	ctx      context.Context
	registry *registry.Registry
	store    *store.Store
	seq      uint64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context()}
	w.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		w.fatal(err)
		return string(raw)
	}
	provinces, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	w.fatal(err)
	clock := func() time.Time { return now }
	w.registry = registry.New(w.store, provinces, new(referral.LinkTable), clock)
	w.Assistant = succession.New(w.registry, stats.New(w.store, provinces, func() rollup.Status { return rollup.Status{} }, clock), clock)
	return w
}

func (w *world) fatal(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// portal makes a portal, of 2021 if the code is one of then, with a placement
// that people clicked on some days ago.
func (w *world) portal(id, name, code string, clicks int64, daysAgo int) {
	w.t.Helper()
	in := registry.PortalInput{ID: &id, Name: &name, Province: &code}
	if code[0] == '-' { // of 2021
		old := referral.MustDay("2021-07-21")
		in.Province, in.ProvinceOn = new(string), &old
		*in.Province = code[1:]
	}
	_, err := w.registry.CreatePortal(w.ctx, admin, in)
	w.fatal(err)
	kind, hub := "link", referral.HubID
	p, err := w.registry.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: &id, Kind: &kind, Destination: &hub})
	w.fatal(err)
	if clicks == 0 {
		return
	}
	day := referral.DayOf(now) - referral.Day(daysAgo)
	d := &rollup.Delta{Journal: "test", After: w.seq, Seq: w.seq + uint64(clicks), Clicks: clicks, LastMilli: now.UnixMilli(),
		ByPlacementDay: map[rollup.PlacementDayKey]rollup.Counts{{Day: day, Placement: p.Num, Channel: referral.ChannelLink}: {People: clicks}}}
	w.fatal(w.store.Apply(w.ctx, d))
	w.seq = d.Seq
}

func (w *world) overview() succession.Overview {
	w.t.Helper()
	o, err := w.Overview(w.ctx, admin)
	w.fatal(err)
	return o
}

// lines writes an overview as people would: one line for each portal.
func lines(o succession.Overview) (out []string) {
	for _, g := range o.Groups {
		out = append(out, fmt.Sprintf("%s %s: %d open", g.Province.Code, g.Province.NameVi, g.Open))
		for _, p := range g.Portals {
			line := fmt.Sprintf("%s of %s (%s), %s, %d placements, %d clicks", p.ID, p.Registered.NameVi, p.Registered.Code, p.State, p.Placements, p.Arrivals)
			if p.Why != "" {
				line += fmt.Sprintf(": %s %s (%s)", p.Proposal.Do, p.Proposal.Into, p.Why)
			}
			out = append(out, line)
		}
	}
	return out
}

func TestOverview(t *testing.T) {
	w := newWorld(t)
	if o := w.overview(); o.Open != 0 || o.Groups != nil || o.Steps != nil {
		t.Errorf("of nothing: %+v", o)
	}
	w.portal("stttt-ag", "Sở Thông tin và Truyền thông An Giang", "-89", 3, 0)
	w.portal("stttt-kg", "Sở TT&TT tỉnh Kiên Giang", "-91", 9, 89)
	w.portal("snn-kg", "Sở Nông nghiệp Kiên Giang", "-91", 7, 90) // its clicks are too old
	w.portal("hnd-ag", "Hội Nông dân tỉnh An Giang", "-89", 0, 0)
	w.portal("skhcn", "Sở Khoa học và Công nghệ Lào Cai", "15", 0, 0)
	w.portal("stttt-yb", "Sở TT & TT Yên Bái", "-15", 5, 1)
	w.portal("hue", "Cổng Thừa Thiên Huế", "-46", 0, 0)
	w.portal("ha-noi", "Sở Khoa học và Công nghệ Hà Nội", "01", 1, 1)
	want := []string{
		"15 Lào Cai: 1 open",
		"stttt-yb of Yên Bái (15), open, 1 placements, 5 clicks: merge skhcn (same_office)", // the department was folded into that
		"46 Huế: 1 open",
		"hue of Thừa Thiên Huế (46), open, 1 placements, 0 clicks: keep  (alone)",
		"91 An Giang: 4 open",
		"hnd-ag of An Giang (89), open, 1 placements, 0 clicks: keep  (alone)",
		"stttt-ag of An Giang (89), open, 1 placements, 3 clicks: register  (receives)", // bears the new province's name
		"snn-kg of Kiên Giang (91), open, 1 placements, 0 clicks: keep  (alone)",
		"stttt-kg of Kiên Giang (91), open, 1 placements, 9 clicks: merge stttt-ag (same_office)",
	}
	o := w.overview()
	if d := cmp.Diff(want, lines(o)); d != "" || o.Open != 6 {
		t.Fatalf("%d open %s", o.Open, d)
	}
	if n, err := w.Open(w.ctx, admin); n != 6 || err != nil {
		t.Errorf("%d open, %v", n, err)
	}
	var candidates []string
	for _, c := range o.Groups[2].Candidates {
		candidates = append(candidates, c.ID)
	}
	if d := cmp.Diff([]string{"hnd-ag", "snn-kg", "stttt-ag", "stttt-kg"}, candidates); d != "" {
		t.Errorf("candidates: %s", d)
	}

	// What is proposed can be done in one step.
	var choices []registry.SuccessionChoice
	for _, g := range o.Groups {
		for _, p := range g.Portals {
			choices = append(choices, p.Proposal)
		}
	}
	preview, err := w.Preview(w.ctx, admin, choices)
	w.fatal(err)
	step, err := w.Apply(w.ctx, admin, choices, "sáp nhập")
	w.fatal(err)
	if d := cmp.Diff(preview, step.Changes); d != "" || len(step.Changes) != 6 {
		t.Errorf("%d changes %s", len(step.Changes), d)
	}
	o = w.overview()
	want = []string{
		"15 Lào Cai: 0 open",
		"stttt-yb of Yên Bái (15), merged, 1 placements, 5 clicks",
		"46 Huế: 0 open",
		"hue of Thừa Thiên Huế (46), kept, 1 placements, 0 clicks",
		"91 An Giang: 0 open",
		"hnd-ag of An Giang (89), kept, 1 placements, 0 clicks",
		"snn-kg of Kiên Giang (91), kept, 1 placements, 0 clicks",
		"stttt-kg of Kiên Giang (91), merged, 1 placements, 9 clicks",
	}
	if d := cmp.Diff(want, lines(o)); d != "" || o.Open != 0 || len(o.Steps) != 1 || o.Steps[0].ID != step.ID {
		t.Errorf("%d open, %+v %s", o.Open, o.Steps, d)
	}
	if _, err := w.Undo(w.ctx, admin, step.ID, "nhầm"); err != nil {
		t.Error(err)
	}
	if o := w.overview(); o.Open != 6 || o.Steps[0].UndoneAt.IsZero() {
		t.Errorf("after the undo: %+v", o)
	}
}

// Of several portals of one office the one with the most clicks stays, unless
// one is registered under the new province or one that bears its name.
func TestOverview_whoStays(t *testing.T) {
	for name, c := range map[string]struct {
		make func(w *world)
		want []string
	}{
		"most clicks": {func(w *world) {
			w.portal("a", "Sở Y tế Kiên Giang", "-91", 2, 0)
			w.portal("b", "Sở Y tế KIÊN GIANG", "-91", 5, 0)
		}, []string{"91 An Giang: 2 open", "a of Kiên Giang (91), open, 1 placements, 2 clicks: merge b (same_office)",
			"b of Kiên Giang (91), open, 1 placements, 5 clicks: register  (receives)"}},
		"the new province's own": {func(w *world) {
			w.portal("a", "Sở Y tế An Giang", "-89", 9, 0)
			w.portal("b", "Sở Y tế", "91", 0, 0)
		}, []string{"91 An Giang: 1 open", "a of An Giang (89), open, 1 placements, 9 clicks: merge b (same_office)"}},
		"a department of today": {func(w *world) {
			w.portal("a", "Sở TT&TT An Giang", "-89", 9, 0)
			w.portal("b", "Sở KH&CN Kiên Giang", "-91", 0, 0)
		}, []string{"91 An Giang: 2 open", "a of An Giang (89), open, 1 placements, 9 clicks: merge b (same_office)",
			"b of Kiên Giang (91), open, 1 placements, 0 clicks: register  (receives)"}},
		"a name that is the province alone": {func(w *world) {
			w.portal("a", "Kiên Giang", "-91", 0, 0)
			w.portal("b", "Tỉnh An Giang", "-89", 0, 0)
		}, []string{"91 An Giang: 2 open", "b of An Giang (89), open, 1 placements, 0 clicks: keep  (alone)",
			"a of Kiên Giang (91), open, 1 placements, 0 clicks: keep  (alone)"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.make(w)
			if d := cmp.Diff(c.want, lines(w.overview())); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOverview_rights(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "Sở Y tế An Giang", "-89", 0, 0)
	for _, a := range []referral.Actor{{Role: referral.RoleProvince, Province: 911}, {Role: referral.RoleViewer}, {Role: referral.RoleMarketplace}} {
		o, err := w.Overview(w.ctx, a)
		if !errors.Is(err, referral.ErrForbidden) || o.Groups != nil {
			t.Errorf("%s: %v %+v", a.Role, err, o)
		}
	}
}
