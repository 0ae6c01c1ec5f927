package demo

import (
	"math"
	"math/rand/v2"
	"time"

	"lensan/server/referral"
)

// growth rises from a third to one, faster at first.
func growth(day, begin, today referral.Day) float64 {
	if today == begin {
		return 1
	}
	return 0.35 + 0.65*math.Sqrt(float64(day-begin)/float64(today-begin))
}

// weekday: portals are read at work, posters on market days, fairs at weekends.
func weekday(day referral.Day, kind referral.PlacementKind, fair bool) float64 {
	d := day.Start().Weekday()
	weekend := d == time.Saturday || d == time.Sunday
	switch {
	case fair && weekend:
		return 2.4
	case fair:
		return 0.4
	case kind == referral.PlacementQR && weekend:
		return 1.25
	case weekend:
		return 0.5
	case d == time.Monday:
		return 1.15
	}
	return 1
}

// tet are the first days of the lunar years around now.
var tet = []referral.Day{referral.MustDay("2024-02-10"), referral.MustDay("2025-01-29"), referral.MustDay("2026-02-17"),
	referral.MustDay("2027-02-06"), referral.MustDay("2028-01-26"), referral.MustDay("2029-02-13")}

// season: hardly anybody in the week of Tết, many in the three before; more in
// the two harvests, in early summer and in autumn.
func season(day referral.Day) float64 {
	for _, t := range tet {
		switch {
		case day >= t-1 && day <= t+6:
			return 0.2
		case day >= t-22 && day < t-1:
			return 1.5
		}
	}
	switch day.Start().Month() {
	case time.May, time.June:
		return 1.2
	case time.September, time.October:
		return 1.15
	}
	return 1
}

// hours weighs the hours of a day, from midnight on; farmers rise early and
// rest at noon.
var hours = [24]float64{1, 0.5, 0.3, 0.3, 0.8, 2.5, 5, 6.5, 8, 8.5, 8, 5.5, 4, 5, 7, 7.5, 7, 6, 6.5, 8, 8.5, 6.5, 4, 2}

// moment returns a random time of a day, Unix ms.
func moment(rng *rand.Rand, day referral.Day) int64 {
	hour := pick(rng, hours[:])
	return day.Start().UnixMilli() + int64(hour)*3_600_000 + rng.Int64N(3_600_000)
}

// pick returns an index, each as likely as its weight.
func pick(rng *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := rng.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// poisson draws how many of a mean come. Large means are drawn from the normal
// distribution.
func poisson(rng *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
	}
	n, p, limit := 0, rng.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= rng.Float64()
	}
	return n
}
