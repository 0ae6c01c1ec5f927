package referral

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func destination(id, fallback string) Destination {
	return Destination{ID: id, Kind: KindGuide, Name: Name{Vi: id, En: id}, URL: "https://" + id + ".vn/", FallbackID: fallback}
}

// snapshot holds one portal of An Giang, registered in 2021, and one placement
// for each destination and the hub, their codes being the ids.
func snapshot(destinations ...Destination) Snapshot {
	s := Snapshot{
		Destinations: destinations,
		Portals:      []Portal{{Num: 3, ID: "stttt-an-giang", Name: "Sở TT&TT An Giang", Province: 890, Hosts: []string{"stttt.angiang.gov.vn"}}},
		Campaigns:    []Campaign{{Num: 7, ID: "tet-2026"}},
		Placements:   []Link{{Num: 1, Code: "hub", LinkWay: &LinkWay{PortalID: "stttt-an-giang", Wanted: HubID, State: PlacementOpen}}},
	}
	for i, d := range destinations {
		s.Placements = append(s.Placements, Link{Num: int64(i) + 2, Code: Code(d.ID), LinkWay: &LinkWay{PortalID: "stttt-an-giang", Wanted: d.ID,
			State: PlacementOpen, Campaign: "tet-2026"}})
	}
	return s
}

func build(t *testing.T, s Snapshot, dead ...string) *Links {
	t.Helper()
	set := map[string]bool{}
	for _, id := range dead {
		set[id] = true
	}
	l, err := BuildLinks(s, realProvinces(t), set)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// leadsTo returns the id of the destination, "hub", or "none" for a code that
// is not known.
func leadsTo(l *Links, code Code) string {
	link := l.Find(code)
	switch {
	case link == nil:
		return "none"
	case link.Destination == nil:
		return HubID
	}
	return link.Destination.ID
}

func TestLinks_fallbacks(t *testing.T) {
	paused := func(d Destination) Destination { d.Paused = true; return d }
	for _, c := range []struct {
		name         string
		destinations []Destination
		dead         []string
		code, want   string
	}{
		{"open", []Destination{destination("a", "b"), destination("b", "")}, nil, "a", "a"},
		{"the hub", []Destination{destination("a", "")}, nil, "hub", "hub"},
		{"dead with a fallback", []Destination{destination("a", "b"), destination("b", "")}, []string{"a"}, "a", "b"},
		{"paused with a fallback", []Destination{paused(destination("a", "b")), destination("b", "")}, nil, "a", "b"},
		{"chain", []Destination{destination("a", "b"), paused(destination("b", "c")), destination("c", "")}, []string{"a"}, "a", "c"},
		{"chain that ends", []Destination{destination("a", "b"), paused(destination("b", ""))}, []string{"a"}, "a", "hub"},
		{"dead without a fallback", []Destination{destination("a", "")}, []string{"a"}, "a", "hub"},
		{"paused without a fallback", []Destination{paused(destination("a", ""))}, nil, "a", "hub"},
		{"circle", []Destination{destination("a", "b"), destination("b", "a")}, []string{"a", "b"}, "a", "hub"},
		{"circle with an open one", []Destination{destination("a", "b"), destination("b", "a")}, []string{"a"}, "a", "b"},
		{"fallback to itself", []Destination{destination("a", "a")}, []string{"a"}, "a", "hub"},
		{"fallback that is gone", []Destination{destination("a", "x")}, []string{"a"}, "a", "hub"},
		{"unknown code", []Destination{destination("a", "")}, nil, "x", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := build(t, snapshot(c.destinations...), c.dead...)
			if got := leadsTo(l, Code(c.code)); got != c.want {
				t.Errorf("leads to %s, want %s", got, c.want)
			}
			if c.want != "none" && c.code != HubID {
				chosen := HubID
				if d := l.Choose(c.code); d != nil {
					chosen = d.ID
				}
				if chosen != c.want {
					t.Errorf("chosen on the hub it leads to %s, want %s", chosen, c.want)
				}
			}
		})
	}
}

func TestLinks_state(t *testing.T) {
	for state, want := range map[PlacementState]string{PlacementOpen: "a", PlacementPaused: "hub", PlacementRetired: "hub"} {
		s := snapshot(destination("a", ""))
		s.Placements[1].State = state
		if got := leadsTo(build(t, s), "a"); got != want {
			t.Errorf("%s leads to %s, want %s", state, got, want)
		}
	}
}

// Whatever the fallbacks, a code ends at a destination that is open, or on the hub.
func TestLinks_neverLeadToWhatIsClosed(t *testing.T) {
	ps := realProvinces(t)
	ids := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		var list []Destination
		dead := map[string]bool{}
		for _, id := range ids {
			d := destination(id, rapid.SampledFrom(append([]string{"", "x"}, ids...)).Draw(t, "fallback of "+id))
			d.Paused = rapid.Bool().Draw(t, "paused "+id)
			dead[id] = rapid.Bool().Draw(t, "dead "+id)
			list = append(list, d)
		}
		l, err := BuildLinks(snapshot(list...), ps, dead)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			d := l.Find(Code(id)).Destination
			if d != nil && !d.Open() {
				t.Fatalf("%s leads to %s, which is closed", id, d.ID)
			}
			// The hub is right only if no open destination can be reached.
			reached := map[string]bool{}
			for at := l.byID[id]; at != nil && !reached[at.ID]; at = l.byID[at.FallbackID] {
				reached[at.ID] = true
				if at.Open() {
					if d == nil || d.ID != at.ID {
						t.Fatalf("%s leads to %v, want %s", id, d, at.ID)
					}
					break
				}
			}
		}
	})
}

func TestLinks_provinceAcrossTheMerger(t *testing.T) {
	link := build(t, snapshot(destination("a", ""))).Find("a")
	for day, want := range map[string]string{"2021-07-21": "89", "2025-06-30": "89", "2025-07-01": "91", "2026-01-01": "91", "2000-01-01": "89"} {
		p := link.Portal.Province(MustDay(day))
		if p.Code != want || p.NameVi != "An Giang" {
			t.Errorf("on %s the portal belongs to %s %s, want %s", day, p.Code, p.NameVi, want)
		}
		if got := link.Values(ChannelQR, MustDay(day)).Province; got != want {
			t.Errorf("on %s a click's province is %s, want %s", day, got, want)
		}
	}
	if d := cmp.Diff(TargetValues{Code: "a", Portal: "stttt-an-giang", Province: "91", Campaign: "tet-2026", Channel: ChannelWidget},
		link.Values(ChannelWidget, merger)); d != "" {
		t.Error(d)
	}
	// The last instant of 89 and the first of 91, as a click's time gives them.
	last := time.Date(2025, 6, 30, 23, 59, 59, 999e6, Zone)
	if got := link.Portal.Province(DayOf(last)).ID; got != 890 {
		t.Errorf("a click at %s belongs to %d", last, got)
	}
	if got := link.Portal.Province(DayOf(last.Add(time.Millisecond))).ID; got != 911 {
		t.Errorf("a click at midnight belongs to %d", got)
	}
}

func TestBuildLinks(t *testing.T) {
	s := snapshot(destination("b", ""), destination("a", ""), destination("c", ""))
	s.Destinations[2].Position = -1
	l := build(t, s)
	var order []string
	for _, d := range l.Destinations() {
		order = append(order, d.ID)
	}
	if d := cmp.Diff([]string{"c", "a", "b"}, order); d != "" {
		t.Errorf("order: %s", d)
	}
	if l.Len() != 4 {
		t.Errorf("%d placements", l.Len())
	}
	link := l.Find("a")
	if link.Num != 3 || link.CampaignNum != 7 || link.Campaign != "tet-2026" || link.Portal.Num != 3 || link.Destination.Target.Host() != "a.vn" {
		t.Errorf("%+v", link)
	}
	if l.Choose(HubID) != nil || l.Choose("x") != nil {
		t.Error("the hub or an unknown destination can be chosen")
	}

	s = snapshot(destination("a", ""))
	s.Placements[1].Wanted = "gone"
	if got := leadsTo(build(t, s), "a"); got != HubID {
		t.Errorf("a missing destination leads to %s", got)
	}
}

func TestBuildLinks_refuses(t *testing.T) {
	for name, change := range map[string]func(*Snapshot){
		"a placement without its portal": func(s *Snapshot) { s.Placements[0].PortalID = "gone" },
		"a portal of no province":        func(s *Snapshot) { s.Portals[0].Province = 999 },
		"a destination without a URL":    func(s *Snapshot) { s.Destinations[0].URL = "http://evil.vn/" },
	} {
		t.Run(name, func(t *testing.T) {
			s := snapshot(destination("a", ""))
			change(&s)
			if _, err := BuildLinks(s, realProvinces(t), nil); !errors.Is(err, ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Readers see the old links or the new, whole, while they are swapped.
func TestLinkTable_swap(t *testing.T) {
	var table LinkTable
	if table.Load() != nil {
		t.Fatal("an empty table has links")
	}
	one, two := build(t, snapshot(destination("a", ""))), build(t, snapshot(destination("a", ""), destination("b", "")))
	table.Swap(one)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10_000 {
				l := table.Load()
				if n := l.Len(); n != 2 && n != 3 || (n == 3) != (l.Find("b") != nil) {
					t.Errorf("%d placements", n)
					return
				}
			}
		})
	}
	for range 1000 {
		table.Swap(two)
		table.Swap(one)
	}
	wg.Wait()
}
