package demo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/testkit"
)

// filled is sample data in a real database.
type filled struct {
	Deps
	Result
	store *store.Store
	stats *stats.Stats
	now   time.Time
}

func fill(t *testing.T, o Options) *filled {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	asset := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		must(err)
		return string(raw)
	}
	ctx := context.Background()
	f := &filled{now: o.Now}
	f.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	provinces, err := referral.ReadProvinces(asset("provinces_63.csv"), asset("provinces_34.csv"))
	must(err)
	f.Clock, f.Links, f.Sink = new(Clock), new(referral.LinkTable), f.store
	f.Registry = registry.New(f.store, provinces, f.Links, f.Clock.Now)
	seed, err := registry.ReadSeed([]byte(asset("destinations.toml")))
	must(err)
	must(f.Registry.Seed(ctx, seed))
	f.Signups = signups.New(f.store, f.Registry, f.Links, f.Clock.Now)
	f.Classifier, err = classify.New()
	must(err)
	f.Result, err = Fill(ctx, f.Deps, o)
	must(err)
	f.stats = stats.New(f.store, provinces, func() rollup.Status { return rollup.Status{} }, func() time.Time { return o.Now })
	return f
}

// ask answers a question over all days of the samples.
func (f *filled) ask(t *testing.T, q stats.Query) stats.Report {
	t.Helper()
	q.From, q.To = f.First, referral.DayOf(f.now)
	r, err := f.stats.Query(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(day string) time.Time { return referral.MustDay(day).Start().Add(15 * time.Hour) }

func TestFill_addsUpAndShowsEveryState(t *testing.T) {
	f := fill(t, Options{Seed: 1, Now: at("2026-11-24"), Days: 90})
	if off, err := f.store.Reconcile(context.Background()); err != nil || len(off) > 0 {
		t.Fatalf("reconcile: %v, %v", off, err)
	}
	total := f.ask(t, stats.Query{}).Total
	if total.Recorded() != f.Clicks || total.People == 0 || total.Repeat == 0 || total.Bot == 0 || total.Preview == 0 || total.Views == 0 || total.Through == 0 {
		t.Errorf("%d clicks made, counted: %+v", f.Clicks, total)
	}
	for _, row := range f.ask(t, stats.Query{GroupBy: "destination"}).Rows {
		if market := row.Key == "postmart" || row.Key == "voso"; market && (row.Signups == 0 || row.Signups > row.Through/4) || !market && row.Signups > 0 {
			t.Errorf("%s: %d sign-ups of %d people who went there", row.Key, row.Signups, row.Through)
		}
	}
	provinces := map[string]bool{}
	for _, row := range f.ask(t, stats.Query{GroupBy: "province"}).Rows {
		provinces[row.Key] = row.Recorded() > 0
	}
	portals := map[referral.ProvinceID]bool{}
	for _, p := range f.allPortals(t) {
		portals[p.Province] = true
	}
	for _, p := range f.Registry.Provinces().At(f.First) {
		if !portals[p.ID] || provinces[p.Code] == isQuiet(p.Code) {
			t.Errorf("%s: has a portal: %v, has clicks: %v, is to be without placements: %v", p.NameEn, portals[p.ID], provinces[p.Code], isQuiet(p.Code))
		}
	}
	recent := map[string]bool{}
	week, err := f.stats.Query(context.Background(), stats.Query{From: referral.DayOf(f.now) - 30, To: referral.DayOf(f.now), GroupBy: "placement"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range week.Rows {
		recent[row.Key] = row.Recorded() > 0
	}
	silent := 0
	ever := map[string]bool{}
	for _, row := range f.ask(t, stats.Query{GroupBy: "placement"}).Rows {
		ever[row.Key] = true
		if !recent[row.Key] {
			silent++
		}
	}
	unseen := 0
	placements := f.allPlacements(t)
	kinds := map[referral.PlacementKind]int{}
	for _, p := range placements {
		kinds[p.Kind]++
		if p.Kind == referral.PlacementQR && !ever[string(p.Code)] {
			unseen++
		}
	}
	if silent == 0 || unseen == 0 || len(kinds) != 3 || len(placements) != f.Placements {
		t.Errorf("silent %d, posters never scanned %d, kinds %v", silent, unseen, kinds)
	}
	if d, err := f.Registry.Destination(context.Background(), "voso"); err != nil || !d.Paused {
		t.Errorf("voso: %+v, %v", d, err)
	}
	if open, err := f.Registry.OpenCodeReports(context.Background(), clerk); err != nil || open != 1 {
		t.Errorf("%d reports wait, %v", open, err)
	}
	batches, _, err := f.Registry.Batches(context.Background(), clerk, registry.Page{}, registry.Filter{})
	states := map[referral.BatchState]int{}
	for _, b := range batches {
		states[b.State]++
	}
	if err != nil || states[referral.BatchDraft] != 1 || states[referral.BatchPrinted] != 1 || states[referral.BatchPlaced] < 5 {
		t.Errorf("batches: %v, %v", states, err)
	}
}

func (f *filled) allPortals(t *testing.T) (all []referral.Portal) {
	t.Helper()
	for page := (registry.Page{Limit: 500}); ; {
		list, next, err := f.Registry.Portals(context.Background(), clerk, page, registry.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if page.Cursor = next; next == "" {
			return all
		}
	}
}

func (f *filled) allPlacements(t *testing.T) (all []referral.Placement) {
	t.Helper()
	for page := (registry.Page{Limit: 500}); ; {
		list, next, err := f.Registry.Placements(context.Background(), clerk, page, registry.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if page.Cursor = next; next == "" {
			return all
		}
	}
}

// TestFill_merger: figures from both sides of the day on which 63 provinces
// became 34 read either way, and add up to the same.
func TestFill_merger(t *testing.T) {
	f := fill(t, Options{Seed: 1, Now: at("2025-08-10"), Days: 60})
	recorded := f.ask(t, stats.Query{GroupBy: "province", Boundaries: stats.BoundariesRecorded})
	current := f.ask(t, stats.Query{GroupBy: "province"})
	if len(current.Rows) != 34-len(quiet) || len(recorded.Rows) < 63 || recorded.Total != current.Total || current.Total.Recorded() != f.Clicks {
		t.Errorf("recorded: %d rows, %d clicks; today: %d rows, %d clicks; made: %d", len(recorded.Rows), recorded.Total.Recorded(),
			len(current.Rows), current.Total.Recorded(), f.Clicks)
	}
	for _, p := range f.allPortals(t) {
		if p.ID == "stttt-kien-giang" && p.MergedInto != "stttt-an-giang" {
			t.Errorf("%s is merged into %q", p.ID, p.MergedInto)
		}
	}
}

func TestFill_sameSeedSameFigures(t *testing.T) {
	figures := func(seed uint64) (list []stats.Row) {
		f := fill(t, Options{Seed: seed, Now: at("2026-11-24"), Days: 8})
		for _, by := range []stats.GroupBy{"day", "hour", "province", "portal", "destination", "channel", "app"} {
			list = append(list, f.ask(t, stats.Query{GroupBy: by}).Rows...)
		}
		return list
	}
	first := figures(7)
	if diff := cmp.Diff(first, figures(7)); diff != "" {
		t.Errorf("with one seed:\n%s", diff)
	}
	if cmp.Equal(first, figures(8)) {
		t.Error("two seeds made the same figures")
	}
}

// TestAgents_areFixtures: no User-Agent is invented here, and each is what the
// mix takes it for.
func TestAgents_areFixtures(t *testing.T) {
	raw, err := os.ReadFile("../classify/testdata/agents.tsv")
	if err != nil {
		t.Fatal(err)
	}
	class := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); len(cells) == 6 {
			class[cells[5]] = cells[0]
		}
	}
	m, err := readMix()
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]string{byPhone: "people", byDesk: "people", byBot: "bot", byPreview: "preview"} {
		if len(m.texts[who]) == 0 {
			t.Errorf("nobody is a %s", who)
		}
		for _, agent := range m.texts[who] {
			if class[agent] != want {
				t.Errorf("%s: %q is %q in the fixtures", who, agent, class[agent])
			}
		}
	}
}

func TestOptions_first(t *testing.T) {
	for _, test := range []struct {
		now  string
		days int
		want string
	}{
		{"2026-11-27", 0, "2025-05-01"}, // a year would miss the merger
		{"2026-03-01", 0, "2025-03-02"},
		{"2028-07-01", 0, "2027-07-03"}, // the merger is too long past
		{"2026-11-27", 10, "2026-11-18"},
	} {
		o := Options{Now: at(test.now), Days: test.days}
		if got := o.first(); got.String() != test.want {
			t.Errorf("%s, %d days: from %s, want %s", test.now, test.days, got, test.want)
		}
	}
}
