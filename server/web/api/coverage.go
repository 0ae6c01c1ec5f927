package api

import (
	"encoding/base64"
	"time"

	"lensan/server/coverage"
	"lensan/server/referral"
)

// Coverage is what the API needs of coverage.
type Coverage interface{ Report() *coverage.Report }

type coverageView struct {
	Province     provinceRef          `json:"province"`
	Portal       *portalRef           `json:"portal"`
	State        coverage.State       `json:"state"`
	Disagreement bool                 `json:"disagreement"`
	Since        *referral.Day        `json:"since"`
	LastView     *referral.Day        `json:"last_view"`
	LastFound    *referral.Day        `json:"last_found"`
	LastCheck    *time.Time           `json:"last_check"`
	Views        int64                `json:"views_28d"`
	Clicks       int64                `json:"clicks_28d"`
	Checks       []coverage.HostCheck `json:"checks"`
}

type portalRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func coverageRow(r coverage.Row) coverageView {
	v := coverageView{Province: referTo(r.Province), State: r.State, Disagreement: r.State.Disagrees(), Since: dayOrNull(r.Since), LastView: dayOrNull(r.LastSeen),
		LastFound: dayOrNull(r.LastFound), LastCheck: momentOrNull(r.CheckedAt), Views: r.Views, Clicks: r.Clicks, Checks: r.Checks}
	if r.Portal != nil {
		v.Portal = &portalRef{r.Portal.ID, r.Portal.Name}
	}
	if v.Checks == nil {
		v.Checks = []coverage.HostCheck{}
	}
	return v
}

type coverageWeekView struct {
	Monday    referral.Day           `json:"monday"`
	Portals   map[coverage.State]int `json:"portals"`
	Provinces int                    `json:"provinces"`
}

type coverageListView struct {
	At         *time.Time             `json:"at"`
	Items      []coverageView         `json:"items"`
	NextCursor *string                `json:"next_cursor"`
	Portals    map[coverage.State]int `json:"portals"`
	Provinces  int                    `json:"provinces"`
	Weeks      []coverageWeekView     `json:"weeks"`
}

// handleCoverage answers with the rows that the actor may see. The sums are of
// all of those, whatever the filter.
func (a *API) handleCoverage(c *call) error {
	q := c.query()
	words := make([]string, len(coverage.States))
	for i, s := range coverage.States {
		words[i] = string(s)
	}
	state, province := coverage.State(q.oneOf("state", words...)), q.province(a.d.Registry.Provinces(), a.today())
	limit := q.whole("limit", 100, 1, 500)
	cursor, ok := readPlace(q.text("cursor"))
	if !ok {
		q.faults.Add("/cursor", "error.cursor")
	}
	if err := q.done(); err != nil {
		return err
	}
	report := a.d.Coverage.Report()
	rows := report.Rows
	v := coverageListView{At: momentOrNull(report.At), Items: []coverageView{}, Portals: map[coverage.State]int{}, Weeks: []coverageWeekView{}}
	if c.actor.Role == referral.RoleProvince {
		rows = report.Within(a.ownProvinces(c.actor))
	} else {
		for _, w := range report.Weeks {
			v.Weeks = append(v.Weeks, coverageWeekView{w.Monday, w.Portals, w.Provinces})
		}
	}
	covered, last := map[referral.ProvinceID]bool{}, ""
	for _, row := range rows {
		if row.Portal != nil {
			v.Portals[row.State]++
		}
		if row.State.Covered() {
			covered[row.Province.ID] = true
		}
		if state != "" && row.State != state || province != 0 && row.Province.ID != province || placeOf(row) <= cursor {
			continue
		}
		switch {
		case len(v.Items) < limit:
			v.Items = append(v.Items, coverageRow(row))
			last = placeOf(row)
		case v.NextCursor == nil:
			v.NextCursor = orNull(base64.RawURLEncoding.EncodeToString([]byte(last)))
		}
	}
	v.Provinces = len(covered)
	return c.send(200, v)
}

// placeOf is a row's place in the order of the report.
func placeOf(r coverage.Row) string { return r.Province.Code + "/" + r.ID() }

func readPlace(cursor string) (place string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	return string(raw), err == nil
}

// ownProvinces are those of a province's actor.
func (a *API) ownProvinces(actor referral.Actor) []referral.ProvinceID {
	provinces := a.d.Registry.Provinces()
	if today := provinces.Follow(actor.Province, a.today()); today != nil {
		return provinces.Lineage(today.ID)
	}
	return []referral.ProvinceID{}
}
