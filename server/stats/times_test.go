package stats

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lensan/server/referral"
)

func TestTimeKey(t *testing.T) {
	day := func(s string) int64 { return int64(referral.MustDay(s)) }
	for _, test := range []struct {
		by   GroupBy
		unit unit
		n    int64
		want string
	}{
		{"hour", unitHour, time.Date(2026, 11, 24, 9, 0, 0, 0, referral.Zone).Unix() / 3600, "2026-11-24T09:00:00+07:00"},
		{"hour", unitHour, firstHour(referral.MustDay("2026-11-24")), "2026-11-24T00:00:00+07:00"},
		{"day", unitDay, day("2026-11-24"), "2026-11-24"},
		{"week", unitDay, day("2026-11-23"), "2026-W48"},
		{"week", unitDay, day("2026-11-29"), "2026-W48"},
		{"week", unitDay, day("2026-11-30"), "2026-W49"},
		{"week", unitDay, day("2027-01-03"), "2026-W53"},
		{"week", unitDay, day("2024-12-30"), "2025-W01"},
		{"month", unitDay, day("2026-11-30"), "2026-11"},
		{"month", unitMonth, 2026*12 + 11, "2026-12"},
	} {
		if got := timeKey(test.by, timeNumber(test.by, test.unit, test.n)); got != test.want {
			t.Errorf("%s of %d: %s, want %s", test.by, test.n, got, test.want)
		}
	}
}

func TestTimeRange_endsNow(t *testing.T) {
	now := time.Date(2026, 11, 24, 15, 30, 0, 0, referral.Zone)
	from, to := referral.MustDay("2026-11-23"), referral.MustDay("2026-12-31")
	for by, want := range map[GroupBy]string{
		"hour": "2026-11-23T00:00:00+07:00 2026-11-24T15:00:00+07:00", "day": "2026-11-23 2026-11-24",
		"week": "2026-W48 2026-W48", "month": "2026-11 2026-11",
	} {
		first, last := timeRange(by, from, to, now)
		if got := timeKey(by, first) + " " + timeKey(by, last); got != want {
			t.Errorf("%s: %s, want %s", by, got, want)
		}
	}
}

// TestParts_coverThePeriod checks that each day of a period lies in one part,
// and no other day of which anything is known in any.
func TestParts_coverThePeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := referral.Day(rapid.IntRange(0, 30_000).Draw(t, "from"))
		to := from + referral.Day(rapid.IntRange(0, 800).Draw(t, "days"))
		known := span{first: from - referral.Day(rapid.IntRange(-40, 40).Draw(t, "known before"))}
		known.last = max(known.first, to+referral.Day(rapid.IntRange(-40, 40).Draw(t, "known after")))
		seen := map[referral.Day]int{}
		months := 0
		for _, p := range routeTo(cubes, "province", []Dimension{ByProvince}).parts(from, to, known, ByProvince, nil) {
			first, last := referral.Day(p.From), referral.Day(p.To)
			if p.Cube == CubeMonth {
				first, last = monthStart(p.From), monthStart(p.To+1)-1
				months += int(p.To - p.From + 1)
			} else if last-first >= 61 {
				t.Fatalf("%s from %s to %s: whole months are read by day", p.Cube, first, last)
			}
			for day := first; day <= last; day++ {
				seen[day]++
			}
		}
		for day := from - 62; day <= to+62; day++ {
			want := 0
			if day >= from && day <= to {
				want = 1
			}
			if seen[day] != want && day >= known.first && day <= known.last {
				t.Fatalf("%s is read %d times, want %d", day, seen[day], want)
			}
		}
		if to-from > 62 && months == 0 {
			t.Fatal("no month is read whole")
		}
	})
}

// TestParts_endsOfWhatIsKnown: all that there is comes from months alone.
func TestParts_endsOfWhatIsKnown(t *testing.T) {
	day := referral.MustDay
	for _, test := range []struct {
		from, to, first, last string
		parts                 int
	}{
		{"2024-05-17", "2026-11-24", "2024-05-17", "2026-11-24", 1}, // from the first click until today
		{"2024-05-17", "2026-11-24", "2024-05-16", "2026-11-24", 2},
		{"2024-05-17", "2026-11-24", "2024-05-17", "2026-11-25", 2},
		{"2024-05-17", "2026-11-24", "2020-01-01", "2026-12-01", 3},
		{"2026-11-03", "2026-11-24", "2026-11-03", "2026-11-24", 1}, // within one month
		{"2026-11-03", "2026-11-24", "2026-11-02", "2026-11-24", 1},
	} {
		parts := routeTo(cubes, "placement", []Dimension{ByPlacement}).parts(day(test.from), day(test.to), span{day(test.first), day(test.last)}, ByPlacement, nil)
		if len(parts) != test.parts {
			t.Errorf("%+v: %+v", test, parts)
		}
	}
}

func TestRoute_takesTheCoarsest(t *testing.T) {
	for _, test := range []struct {
		by   GroupBy
		need []Dimension
		want string // hour, day and month
	}{
		{"", nil, "- country_day month"},
		{"month", []Dimension{ByChannel}, "- country_day month"},
		{"day", []Dimension{ByDestination}, "- country_day -"},
		{"week", []Dimension{ByProvince}, "- day -"},
		{"hour", nil, "hour - -"},
		{"hour", []Dimension{ByPlacement}, "placement_hour - -"},
		{"hour", []Dimension{ByDestination}, "- - -"},
		{"placement", []Dimension{ByPlacement}, "- placement_day placement_total_month"},
		{"placement", []Dimension{ByPlacement, ByChannel}, "- placement_day placement_month"},
		{"campaign", []Dimension{ByCampaign, ByChannel}, "- campaign_day campaign_month"},
		{"day", []Dimension{ByCampaign, ByProvince}, "- placement_day -"},
		{"device", []Dimension{ByDevice, ByProvince}, "- agent_day agent_month"},
		{"device", []Dimension{ByDevice}, "- agent_country_day agent_month"},
		{"device", []Dimension{ByDevice, ByPlacement}, "- - placement_agent_month"},
		{"day", []Dimension{ByDevice, ByPlacement}, "- - -"},
		{"device", []Dimension{ByDevice, ByDestination}, "- - -"},
		{"referrer_host", []Dimension{ByHost, ByProvince}, "- referrer_day -"},
	} {
		r, got := routeTo(cubes, test.by, test.need), ""
		for _, c := range []*cube{r.hour, r.day, r.month} {
			name := Cube("-")
			if c != nil {
				name = c.name
			}
			got += string(name) + " "
		}
		if got != test.want+" " {
			t.Errorf("%s needing %v: %s, want %s", test.by, test.need, got, fmt.Sprint(test.want))
		}
	}
}
