package dashboard

import (
	"slices"

	"lensan/server/atlas"
	"lensan/server/referral"
	"lensan/server/stats"
	"lensan/server/web"
)

// maps draws the boundaries that the numbers are read by: those of today, or
// those under which the clicks of the period were recorded, which can be both.
func (n *numbers) maps(v *visit) (out []web.Map) {
	today := v.today()
	provinces := v.d.Registry.Provinces()
	if n.boundaries == stats.BoundariesCurrent {
		return []web.Map{n.drawMap(v, v.d.Map34, provinces.At(today), "34")}
	}
	if n.period.From < merger {
		out = append(out, n.drawMap(v, v.d.Map63, provinces.At(merger-1), "63"))
	}
	if n.period.To >= merger {
		out = append(out, n.drawMap(v, v.d.Map34, provinces.At(today), "34"))
	}
	if len(out) > 1 {
		for i := range out {
			out[i].Caption = v.l.T("overview.map.caption", "n", out[i].ID)
		}
	}
	return out
}

// merger is the first day of the 34 (Resolution 202/2025/QH15).
var merger = referral.MustDay("2025-07-01")

func (n *numbers) drawMap(v *visit, m *atlas.Map, list []referral.Province, id string) web.Map {
	byID := map[referral.ProvinceID]int64{}
	var values []int64
	for _, row := range n.provinces.Rows {
		p := v.provinceOf(row)
		if p == nil {
			continue
		}
		values = append(values, row.Arrivals)
		if m == v.d.Map63 { // Huế was renamed while there were 63
			p = v.d.Registry.Provinces().Follow(p.ID, merger-1)
		}
		byID[p.ID] += row.Arrivals
	}
	bounds := thresholds(values)
	byCode := map[string]web.MapShape{}
	for i := range list {
		p := &list[i]
		count := byID[p.ID]
		byCode[p.Code] = web.MapShape{Href: v.to(Root, "province", n.provinceKey(p)), Step: stepOf(count, bounds),
			Title: v.l.T("overview.map.province", "province", v.provinceLabel(p), "n", v.l.Number(count))}
	}
	out := web.NewMap(m, v.l, func(code string) web.MapShape { return byCode[code] })
	out.ID, out.Title, out.Picture = id, v.l.T("overview.map.title", "days", v.daysText(n.period.From, n.period.To)), v.l.T("overview.download.png")
	out.Legend = v.legend(bounds)
	return out
}

// thresholds returns the highest value of each step, so that about as many
// provinces fall into each; the values are rounded up to two digits, and equal
// ones are one.
func thresholds(values []int64) (out []int64) {
	values = slices.DeleteFunc(slices.Clone(values), func(n int64) bool { return n <= 0 })
	slices.Sort(values)
	for i := 1; i <= web.MapSteps && len(values) > 0; i++ {
		n := roundUp(values[(len(values)*i+web.MapSteps-1)/web.MapSteps-1])
		if len(out) == 0 || n > out[len(out)-1] {
			out = append(out, n)
		}
	}
	return out
}

// roundUp keeps two digits.
func roundUp(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit - 1) / unit * unit
}

// stepOf returns which step a value is of. With few steps the darker ones are used.
func stepOf(n int64, bounds []int64) int {
	if n <= 0 {
		return 0
	}
	i, _ := slices.BinarySearch(bounds, n)
	return web.MapSteps - len(bounds) + min(i, len(bounds)-1) + 1
}

func (v *visit) legend(bounds []int64) (out []web.MapStep) {
	out = append(out, web.MapStep{Text: v.l.T("overview.map.none")})
	low := int64(1)
	for i, high := range bounds {
		text := v.l.Number(low)
		if high > low {
			text += "–" + v.l.Number(high)
		}
		out = append(out, web.MapStep{Step: web.MapSteps - len(bounds) + i + 1, Text: text})
		low = high + 1
	}
	return out
}
