package rollup

import (
	"fmt"
	"testing"

	"github.com/axiomhq/hyperloglog"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/classify"
	"lensan/server/referral"
)

// sorted is a click with what a classifier said of it.
type sorted struct {
	referral.Click
	Class referral.Class
	Agent classify.Agent
}

// naive adds up cube by cube, straight from the definitions.
func naive(list []sorted) *Delta {
	d := &Delta{ByDay: map[DayKey]Counts{}, ByHour: map[HourKey]Counts{}, ByPlacementHour: map[PlacementHourKey]Counts{},
		ByPlacementDay: map[PlacementDayKey]Counts{}, ByAgent: map[AgentKey]Counts{}, ByAgentMonth: map[AgentMonthKey]Counts{},
		ByReferrer: map[ReferrerKey]Counts{}}
	for _, c := range list {
		one := Counts{}
		switch c.Class {
		case referral.ClassPeople:
			one.People = 1
		case referral.ClassRepeat:
			one.Repeat = 1
		case referral.ClassBot:
			one.Bot = 1
		case referral.ClassPreview:
			one.Preview = 1
		}
		day := referral.DayOfMilli(c.Milli)
		hour := day.Start().Unix()/3600 + (c.Milli-day.Start().UnixMilli())/3_600_000
		var y, m int32
		fmt.Sscanf(day.String(), "%d-%d", &y, &m)
		d.Clicks++
		d.LastMilli = c.Milli
		addTo(d.ByDay, DayKey{day, c.Province, c.Destination, c.Channel}, &one)
		addTo(d.ByHour, HourKey{hour, c.Province, c.Channel}, &one)
		addTo(d.ByPlacementHour, PlacementHourKey{hour, c.Placement, c.Province}, &one)
		addTo(d.ByPlacementDay, PlacementDayKey{day, c.Placement, c.Destination, c.Channel, c.Portal, c.Province, c.Campaign}, &one)
		addTo(d.ByAgent, AgentKey{day, c.Province, c.Channel, c.Agent.Device, c.Agent.OS, c.Agent.Browser, c.Agent.App}, &one)
		addTo(d.ByAgentMonth, AgentMonthKey{y*12 + m - 1, c.Placement, c.Province, c.Agent.Device, c.Agent.OS, c.Agent.Browser, c.Agent.App}, &one)
		if c.Referrer != "" {
			addTo(d.ByReferrer, ReferrerKey{day, c.Placement, c.Province, c.Referrer}, &one)
		}
	}
	return d
}

func sortedClicks() *rapid.Generator[sorted] {
	base := referral.MustDay("2025-12-31").Start().UnixMilli()
	return rapid.Custom(func(t *rapid.T) sorted {
		return sorted{
			Click: referral.Click{
				Milli: base + rapid.Int64Range(-3*86_400_000, 3*86_400_000).Draw(t, "milli"), Placement: rapid.Int64Range(1, 3).Draw(t, "placement"),
				Portal: rapid.Int64Range(1, 2).Draw(t, "portal"), Province: rapid.SampledFrom([]referral.ProvinceID{10, 890, 911}).Draw(t, "province"),
				Destination: rapid.Int64Range(0, 2).Draw(t, "destination"), Campaign: rapid.Int64Range(0, 1).Draw(t, "campaign"),
				Channel: rapid.SampledFrom(referral.Channels).Draw(t, "channel"), Visitor: hash(rapid.Uint64().Draw(t, "visitor")),
				Referrer: rapid.SampledFrom([]string{"", "a.vn", "b.vn"}).Draw(t, "referrer"),
			},
			Class: referral.Class(rapid.IntRange(1, 4).Draw(t, "class")),
			Agent: classify.Agent{Device: rapid.SampledFrom([]string{"phone", "tablet"}).Draw(t, "device"), OS: rapid.SampledFrom([]string{"android", "ios"}).Draw(t, "os"),
				Browser: "chrome", App: rapid.SampledFrom([]string{"zalo", "browser"}).Draw(t, "app")},
		}
	})
}

func sumUp(t interface{ Fatal(...any) }, list []sorted) *Delta {
	a := NewAccumulator()
	for i := range list {
		a.Add(&list[i].Click, list[i].Class, &list[i].Agent)
	}
	d, err := a.Delta("", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAccumulator_everyCubeIsTheSumOfItsClicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(sortedClicks(), 0, 60).Draw(t, "clicks")
		got, want := sumUp(t, list), naive(list)
		visitors := got.Visitors
		got.Visitors = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		seen := map[VisitorKey]map[uint64]bool{}
		for _, c := range list {
			for _, key := range []VisitorKey{{referral.DayOfMilli(c.Milli), c.Province}, {referral.DayOfMilli(c.Milli), 0}} {
				if c.Class == referral.ClassPeople {
					if seen[key] == nil {
						seen[key] = map[uint64]bool{}
					}
					seen[key][c.Visitor] = true
				}
			}
		}
		if len(seen) != len(visitors) {
			t.Fatalf("%d sketches, want %d", len(visitors), len(seen))
		}
		for key, set := range seen {
			if n := estimate(t, visitors[key]); n != uint64(len(set)) {
				t.Fatalf("%v: %d visitors, want %d", key, n, len(set))
			}
		}
	})
}

func estimate(t interface{ Fatal(...any) }, sketches ...[]byte) uint64 {
	sum := hyperloglog.New14()
	for _, raw := range sketches {
		s := hyperloglog.New14()
		if err := s.UnmarshalBinary(raw); err != nil {
			t.Fatal(err)
		}
		if err := sum.Merge(s); err != nil {
			t.Fatal(err)
		}
	}
	return sum.Estimate()
}

// The sketches of two deltas merge into that of both: 40,000 visitors in each,
// half of them in both, are 60,000 within 3 %.
func TestAccumulator_sketchesMerge(t *testing.T) {
	key := VisitorKey{referral.MustDay("2026-01-01"), 10}
	var sketches [][]byte
	for part := range uint64(2) {
		a := NewAccumulator()
		for i := range uint64(40_000) {
			a.Add(&referral.Click{Milli: key.Day.Start().UnixMilli(), Province: key.Province, Visitor: hash(i + part*20_000)}, referral.ClassPeople, &classify.Agent{})
		}
		d, err := a.Delta("", 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		sketches = append(sketches, d.Visitors[key])
		if len(d.Visitors[key]) > 20_000 {
			t.Errorf("a sketch of %d bytes", len(d.Visitors[key]))
		}
	}
	if n := estimate(t, sketches...); n < 58_200 || n > 61_800 {
		t.Errorf("%d visitors, want 60,000 ± 3 %%", n)
	}
}

func TestAccumulator_isBounded(t *testing.T) {
	a := NewAccumulator()
	n := 0
	for ; !a.Full(); n++ {
		a.Add(&referral.Click{Placement: int64(n % (maxCells + 1)), Referrer: fmt.Sprintf("h%d.vn", n)}, referral.ClassBot, &classify.Agent{})
	}
	if n > maxCells {
		t.Errorf("full after %d clicks, all of them different", n)
	}
	d, err := a.Delta("j", 0, uint64(n))
	if err != nil {
		t.Fatal(err)
	}
	hosts := map[string]int64{}
	for key, c := range d.ByReferrer {
		hosts[key.Host] += c.Bot
	}
	if len(hosts) != maxHosts+1 || hosts[OtherHost] != int64(n-maxHosts) {
		t.Errorf("%d hosts, %d clicks from others of %d", len(hosts), hosts[OtherHost], n)
	}
	a.Reset()
	for n = 0; !a.Full(); n++ {
		a.Add(&referral.Click{}, referral.ClassBot, &classify.Agent{})
	}
	if n != maxClicks {
		t.Errorf("full after %d clicks of one cell", n)
	}
}

// hash spreads numbers as the visitor key does (SplitMix64, a bijection).
func hash(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
