package dashboard

import (
	"slices"
	"strconv"

	"lensan/server/coverage"
	"lensan/server/referral"
	"lensan/server/web"
)

// coverageCountry is the map of all provinces, and the table beside it.
type coverageCountry struct {
	Ways []link // of shading the map
	Map  web.Map
	Rows []coverageProvince
}

type coverageProvince struct {
	Name, Href, Share string
	State, Class      string
	Step              int
	Current           bool
	covered, portals  int
	best              coverage.State
	province          *referral.Province
}

// coverageCountry shades each province by its best portal, or by the share of
// its portals that carry the link.
func (d *Dashboard) coverageCountry(v *visit, rows []coverage.Row) *coverageCountry {
	byShare := v.query.Get("map") == "share"
	out := &coverageCountry{Ways: []link{
		{Label: v.l.T("dashboard.coverage.by_best"), Href: v.coverageAddress(coveragePath, "map", ""), Current: !byShare},
		{Label: v.l.T("dashboard.coverage.by_share"), Href: v.coverageAddress(coveragePath, "map", "share"), Current: byShare}}}
	asked := v.query.Get("province")
	shapes := map[string]web.MapShape{}
	for _, p := range coverageProvinces(rows) {
		p.Name, p.Current = v.provinceName(p.province), p.province.Code == asked
		p.Href = v.coverageAddress(coveragePath, "province", p.province.Code, "state", "") + "#cong"
		p.State, p.Class = v.l.T("dashboard.coverage.state."+string(p.best)), stateClass[p.best]
		p.Share = v.l.T("dashboard.coverage.share", "n", v.l.Number(int64(p.covered)), "all", v.l.Number(int64(p.portals)))
		title := "dashboard.coverage.province_best"
		p.Step = bestStep(p.best)
		if byShare {
			title, p.Step = "dashboard.coverage.province_share", shareStep(p.covered, p.portals)
		}
		shapes[p.province.Code] = web.MapShape{Href: p.Href, Step: p.Step, Title: v.l.T(title, "province", p.Name, "state", p.State, "share", p.Share)}
		out.Rows = append(out.Rows, p)
	}
	out.Map = web.NewMap(d.Map34, v.l, func(code string) web.MapShape { return shapes[code] })
	out.Map.ID, out.Map.Picture = "do-phu", v.l.T("overview.download.png")
	out.Map.Title, out.Map.Legend = v.l.T("dashboard.coverage.map_best"), v.bestLegend()
	if byShare {
		out.Map.Title, out.Map.Legend = v.l.T("dashboard.coverage.map_share"), v.shareLegend()
	}
	return out
}

// coverageProvinces sums up rows, which stand by province.
func coverageProvinces(rows []coverage.Row) (out []coverageProvince) {
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].province.ID != r.Province.ID {
			out = append(out, coverageProvince{province: r.Province, best: coverage.Never})
		}
		p := &out[len(out)-1]
		if slices.Index(coverage.States, r.State) < slices.Index(coverage.States, p.best) {
			p.best = r.State
		}
		if r.Portal == nil {
			continue
		}
		p.portals++
		if r.State.Covered() {
			p.covered++
		}
	}
	return out
}

// bestStep is darker the better a state is; never is hatched.
func bestStep(s coverage.State) int {
	return len(coverage.States) - 1 - slices.Index(coverage.States, s)
}

// shareStep is a fifth of the portals each; none is hatched.
func shareStep(covered, portals int) int {
	if covered == 0 {
		return 0
	}
	return (covered*web.MapSteps + portals - 1) / portals
}

func (v *visit) bestLegend() (out []web.MapStep) {
	for _, s := range slices.Backward(coverage.States) {
		out = append(out, web.MapStep{Step: bestStep(s), Text: v.l.T("dashboard.coverage.state." + string(s))})
	}
	return out
}

func (v *visit) shareLegend() []web.MapStep {
	out := []web.MapStep{{Text: v.l.T("dashboard.coverage.share_none")}}
	const fifth = 100 / web.MapSteps
	for step := 1; step <= web.MapSteps; step++ {
		low := strconv.Itoa((step-1)*fifth + 1)
		out = append(out, web.MapStep{Step: step, Text: low + "–" + v.percent(float64(step*fifth))})
	}
	return out
}
