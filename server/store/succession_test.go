package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
)

var root = referral.Actor{Kind: "cli", Role: referral.RoleAdmin}

// merged is a world with two portals each of An Giang, Kiên Giang, Yên Bái,
// Lào Cai and Thừa Thiên Huế, registered in 2021, two of what these became, and
// one of Hà Nội, which stands; each has a placement.
type merged struct {
	world
	registry *registry.Registry
	links    *referral.LinkTable
	portals  []string
	codes    []referral.Code
}

func newMerged(t *testing.T, s *Store) *merged {
	t.Helper()
	m := &merged{world: world{Store: s, provinces: readProvinces(t)}, links: new(referral.LinkTable)}
	now := func() time.Time { return worldNow }
	m.stats = stats.New(s, m.provinces, func() rollup.Status { return rollup.Status{} }, now)
	m.registry = registry.New(s, m.provinces, m.links, now)
	old := referral.MustDay("2021-07-21")
	id := func(i int) string { return fmt.Sprintf("cong-%d", i) }
	for i, code := range []string{"89", "89", "91", "91", "15", "15", "10", "10", "46", "46", "91", "15", "01"} {
		in := registry.PortalInput{ID: new(string), Name: new(string), Province: &code, ProvinceOn: &old}
		*in.ID, *in.Name = id(i), "Cổng số "+code
		if i >= 10 {
			in.ProvinceOn = nil
		}
		if _, err := m.registry.CreatePortal(background, root, in); err != nil {
			t.Fatal(err)
		}
		kind, hub := "link", referral.HubID
		p, err := m.registry.CreatePlacement(background, root, registry.PlacementInput{Portal: in.ID, Kind: &kind, Destination: &hub})
		if err != nil {
			t.Fatal(err)
		}
		m.portals, m.codes = append(m.portals, *in.ID), append(m.codes, p.Code)
	}
	return m
}

// click is one on a placement, in the province that its portal is in that day.
func (m *merged) click(t *rapid.T, day referral.Day) seenClick {
	link := m.links.Load().Find(rapid.SampledFrom(m.codes).Draw(t, "code"))
	return seenClick{Click: referral.Click{Milli: day.Start().UnixMilli() + 3_600_000, Placement: link.Num, Portal: link.Portal.Num, Province: link.Portal.Province(day).ID,
		Channel: referral.ChannelLink, Visitor: rapid.Uint64Range(1, 6).Draw(t, "visitor") * 0x9e3779b97f4a7c15},
		class: referral.Class(rapid.IntRange(1, 4).Draw(t, "class")), agent: classify.Agent{Device: "phone"}}
}

var turningDays = []referral.Day{referral.MustDay("2024-12-31"), referral.MustDay("2025-01-01"), referral.MustDay("2025-06-30"), referral.MustDay("2025-07-01"), referral.MustDay("2026-11-20")}

// reports answers each question by both boundaries.
func (m *merged) reports(t fataler) map[string]stats.Report {
	out := map[string]stats.Report{}
	for _, by := range []stats.GroupBy{"", "month", "province", "portal", "placement"} {
		for _, b := range []stats.Boundaries{stats.BoundariesCurrent, stats.BoundariesRecorded} {
			r, err := m.stats.Query(context.Background(), stats.Query{From: turningDays[0], To: referral.DayOf(worldNow), GroupBy: by, Boundaries: b, Lang: "vi"})
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(r.Rows, func(a, b stats.Row) int {
				if a.Key == b.Key {
					return int(a.ValidFrom - b.ValidFrom)
				}
				return map[bool]int{true: -1, false: 1}[a.Key < b.Key]
			})
			out[string(by)+" "+string(b)] = r
		}
	}
	return out
}

// drawChoices makes choices that may be taken: portals are merged only into
// such as stay.
func (m *merged) drawChoices(t *rapid.T) (choices []registry.SuccessionChoice) {
	families := [][]string{m.portals[0:4:4], m.portals[4:8:8], m.portals[8:10:10]}
	families[0], families[1] = append(families[0], m.portals[10]), append(families[1], m.portals[11])
	for i, family := range families {
		stays := rapid.SampledFrom(family).Draw(t, "stays")
		for _, id := range family {
			c := registry.SuccessionChoice{Portal: id, Do: rapid.SampledFrom([]registry.Decision{"", registry.DecideKeep, registry.DecideRegister, registry.DecideMerge}).Draw(t, "do")}
			if c.Do == registry.DecideMerge {
				c.Into = stays
			}
			if c.Do != "" && c.Into != id && !slices.Contains(m.portals[10:], id) {
				choices = append(choices, c)
			}
		}
		if i == len(families)-1 && choices == nil {
			choices = append(choices, registry.SuccessionChoice{Portal: m.portals[0], Do: registry.DecideKeep})
		}
	}
	return choices
}

// Whatever is decided about portals of ended provinces, what was recorded reads
// as before; by today's boundaries provinces do too and portals are added up
// anew; and all totals agree, before, after, and with clicks that come later.
func TestSuccession_changesNothingRecorded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		m := newMerged(t, s)
		rapid.Check(t, func(t *rapid.T) {
			m.forget(t)
			var clicks []seenClick
			for _, day := range turningDays {
				for range rapid.IntRange(0, 6).Draw(t, "clicks") {
					clicks = append(clicks, m.click(t, day))
				}
			}
			applyInParts(t, &m.world, clicks)
			agree := func(when string, all map[string]stats.Report) {
				for name, r := range all {
					total := all[" recorded"].Total
					if total.Visitors = r.Total.Visitors; r.Total != total { // whom some questions cannot tell
						t.Fatalf("%s: the total of %s is %+v, want %+v", when, name, r.Total, total)
					}
					var rows rollup.Counts
					for _, row := range r.Rows {
						rows.People += row.People
						rows.Repeat += row.Repeat
						rows.Bot += row.Bot
						rows.Preview += row.Preview
					}
					if name[0] != ' ' && rows != r.Total.Counts {
						t.Fatalf("%s: the rows of %s are %+v, its total %+v", when, name, rows, r.Total.Counts)
					}
				}
			}
			before := m.reports(t)
			agree("before", before)
			step, err := m.registry.ApplySuccession(background, root, m.drawChoices(t), "thử")
			if err != nil {
				t.Fatal(err)
			}
			after := m.reports(t)
			agree("after", after)
			for name := range before {
				if name == "portal current" {
					continue
				}
				if d := cmp.Diff(before[name], after[name]); d != "" {
					t.Fatalf("%s changed: %s", name, d)
				}
			}
			// Clicks of today, counted after the step, go where they went before it.
			m.apply(t, []seenClick{m.click(t, referral.DayOf(worldNow)), m.click(t, referral.DayOf(worldNow))})
			agree("with later clicks", m.reports(t))
			late := m.reports(t)
			if _, err := m.registry.UndoSuccession(background, root, step.ID, "nhầm"); err != nil {
				t.Fatal(err)
			}
			undone := m.reports(t)
			agree("after the undo", undone)
			for name := range late {
				if d := cmp.Diff(late[name], undone[name]); name != "portal current" && d != "" {
					t.Fatalf("%s changed with the undo: %s", name, d)
				}
			}
		})
	})
}

// A report of sign-ups for days before the merger, corrected after a portal was
// registered under the successor, still counts for the province of those days.
func TestSuccession_lateFactsGoWhereTheyBelong(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		m := newMerged(t, s)
		write(t, s, func(tx registry.Tx) error {
			return tx.InsertDestination(&referral.Destination{ID: "postmart", Kind: referral.KindMarketplaceSignup, Name: referral.Name{Vi: "Postmart", En: "Postmart"}, URL: "https://buudien.vn/"})
		})
		if err := m.registry.Refresh(background); err != nil {
			t.Fatal(err)
		}
		taker := signups.New(s, m.registry, m.links, func() time.Time { return worldNow })
		report := func(count int64, correct bool) map[string]int64 {
			in := signups.Input{ReportID: "r1", Destination: "postmart", Correct: correct, Reason: "đính chính"}
			for _, day := range []string{"2024-05-01", "2025-06-30", "2025-07-01"} {
				in.Rows = append(in.Rows, signups.Row{Day: referral.MustDay(day), Code: m.codes[0], Stage: signups.SignUp, Count: count})
			}
			if _, _, err := taker.Take(background, root, in); err != nil {
				t.Fatal(err)
			}
			r, err := m.stats.Query(background, stats.Query{From: referral.MustDay("2024-01-01"), To: referral.MustDay("2025-12-31"), GroupBy: "province", Boundaries: stats.BoundariesRecorded})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, row := range r.Rows {
				if row.Signups > 0 {
					got[row.Key+" "+row.ValidFrom.String()] = row.Signups
				}
			}
			return got
		}
		if d := cmp.Diff(map[string]int64{"89 2008-08-01": 2, "91 2025-07-01": 1}, report(1, false)); d != "" {
			t.Fatal(d)
		}
		if _, err := m.registry.ApplySuccession(background, root, []registry.SuccessionChoice{{Portal: m.portals[0], Do: registry.DecideRegister}}, "thử"); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[string]int64{"89 2008-08-01": 6, "91 2025-07-01": 3}, report(3, true)); d != "" {
			t.Error(d)
		}
	})
}

func TestPortalsAndPlacements_counted(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		snap := filled(t, s)
		p := snap.Portals[1]
		p.Kept = 461
		write(t, s, func(tx registry.Tx) error {
			q := referral.Portal{ID: "moi", Name: "Mới", Province: 870, MergedInto: "snn-hue"}
			if err := tx.InsertPortal(&q); err != nil {
				return err
			}
			q.ID, q.MergedInto = "moi-2", ""
			if err := tx.InsertPortal(&q); err != nil {
				return err
			}
			return tx.UpdatePortal(&p)
		})
		got, err := s.PortalsByRegistration(background)
		slices.SortFunc(got, func(a, b registry.Registration) int { return int(a.Province - b.Province) })
		want := []registry.Registration{{Province: 460, Kept: 461, Portals: 1}, {Province: 870, Portals: 2}} // those that are not merged
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		counts, err := s.PlacementCounts(background)
		if d := cmp.Diff(map[string]int64{"stttt-dong-thap": 1, "snn-hue": 1}, counts); err != nil || d != "" { // one of Đồng Tháp's two is retired
			t.Errorf("%v %s", err, d)
		}
		list, _, err := s.Portals(background, registry.Page{}, registry.Filter{Portals: []string{"snn-hue", "moi", "x"}})
		if d := cmp.Diff([]string{"moi", "snn-hue"}, ids(list)); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
	})
}
