package store

import (
	"database/sql"
	"strings"
	"testing"

	"lensan/server/stats"
)

// TestCellsQuery_usesIndexes asks SQLite how it would answer: no question that
// is bounded in time or by placement may read a whole table.
func TestCellsQuery_usesIndexes(t *testing.T) {
	s := openMigrated(t, "sqlite")
	day := stats.Part{From: 20_000, To: 20_029}
	month := stats.Part{From: 24_300, To: 24_311}
	on := func(d stats.Dimension, nums ...int64) stats.Condition { return stats.Condition{On: d, Nums: nums} }
	for _, test := range []struct {
		cube  stats.Cube
		span  stats.Part
		by    stats.Dimension
		where []stats.Condition
		want  string // index, or PRIMARY KEY
	}{
		{stats.CubeCountryDay, day, stats.ByTime, nil, "PRIMARY KEY (day"},
		{stats.CubeDay, day, stats.ByDestination, nil, "PRIMARY KEY (day"},
		{stats.CubeDay, day, stats.ByTime, []stats.Condition{on(stats.ByProvince, 890, 910, 911)}, "rollup_day_by_province (province=? AND day"},
		{stats.CubeMonth, month, stats.ByProvince, nil, "PRIMARY KEY (month"},
		{stats.CubeHour, day, stats.ByTime, []stats.Condition{on(stats.ByProvince, 890)}, "PRIMARY KEY (hour"},
		{stats.CubePlacementHour, day, stats.ByTime, []stats.Condition{on(stats.ByPlacement, 1, 2)}, "rollup_placement_hour_by_placement (placement=? AND hour"},
		{stats.CubePlacementDay, day, stats.ByPlacement, nil, "PRIMARY KEY (day"},
		{stats.CubePlacementDay, day, stats.ByTime, []stats.Condition{on(stats.ByPlacement, 1, 2)}, "rollup_placement_day_by_placement (placement=? AND day"},
		{stats.CubePlacementDay, day, stats.ByTime, []stats.Condition{on(stats.ByCampaign, 1)}, "rollup_placement_day_by_placement (placement=? AND day"},
		{stats.CubePlacementDay, day, stats.ByTime, []stats.Condition{on(stats.ByCampaign, 1)}, "rollup_placement_month_by_campaign (campaign="},
		{stats.CubePlacementDay, day, stats.ByPlacement, []stats.Condition{on(stats.ByProvince, 1, 2)}, "rollup_placement_day_by_placement (placement=? AND day"},
		{stats.CubePlacementDay, day, stats.ByPlacement, []stats.Condition{on(stats.ByProvince, 1, 2)}, "rollup_placement_month_by_province (province="},
		{stats.CubePlacementMonth, month, stats.ByTime, []stats.Condition{on(stats.ByPlacement, 1)}, "rollup_placement_month_by_placement (placement=? AND month"},
		{stats.CubePlacementMonth, month, stats.ByPlacement, []stats.Condition{on(stats.ByProvince, 1)}, "rollup_placement_month_by_province (province=? AND month"},
		{stats.CubePlacementTotalMonth, month, stats.ByPlacement, nil, "SCAN rollup_placement_total_month"}, // in order, see its migration
		{stats.CubePlacementTotalMonth, month, stats.ByTime, []stats.Condition{on(stats.ByPlacement, 1)}, "PRIMARY KEY (placement=? AND month"},
		{stats.CubePlacementTotalMonth, month, stats.ByPlacement, []stats.Condition{on(stats.ByProvince, 1)}, "rollup_placement_total_month_by_province (province=? AND month"},
		{stats.CubeCampaignDay, day, stats.ByCampaign, nil, "PRIMARY KEY (day"},
		{stats.CubeCampaignDay, day, stats.ByTime, []stats.Condition{on(stats.ByCampaign, 1)}, "rollup_campaign_day_by_campaign (campaign=? AND day"},
		{stats.CubeCampaignMonth, month, stats.ByCampaign, nil, "PRIMARY KEY (month"},
		{stats.CubeAgentCountryDay, day, stats.ByDevice, nil, "PRIMARY KEY (day"},
		{stats.CubeAgentDay, day, stats.ByDevice, []stats.Condition{on(stats.ByProvince, 1)}, "rollup_agent_day_by_province (province=? AND day"},
		{stats.CubeAgentMonth, month, stats.ByApp, nil, "PRIMARY KEY (month"},
		{stats.CubePlacementAgentMonth, month, stats.ByApp, []stats.Condition{on(stats.ByPlacement, 1)}, "rollup_placement_agent_month_by_placement (placement=? AND month"},
		{stats.CubeReferrerDay, day, stats.ByHost, nil, "PRIMARY KEY (day"},
		{stats.CubeReferrerDay, day, stats.ByHost, []stats.Condition{on(stats.ByPlacement, 1)}, "rollup_referrer_day_by_placement (placement=? AND day"},
		{stats.CubeViews, day, stats.ByTime, []stats.Condition{on(stats.ByPlacement, 1)}, "views_by_placement (placement=? AND day"},
		{stats.CubeViewsCampaignDay, day, stats.ByTime, []stats.Condition{on(stats.ByCampaign, 1)}, "views_campaign_day_by_campaign (campaign=? AND day"},
		{stats.CubeViews, day, stats.ByTime, []stats.Condition{on(stats.ByCampaign, 1)}, "views_by_placement (placement=? AND day"},
		{stats.CubeViewsProvinceDay, day, stats.ByTime, nil, "PRIMARY KEY (day"},
	} {
		p := test.span
		p.Cube, p.By, p.Where = test.cube, test.by, test.where
		query, args := cellsQuery(p)
		plan := explain(t, s, query, args...)
		if !strings.Contains(plan, test.want) {
			t.Errorf("%s by %s, %v: want %s\n%s", test.cube, test.by, test.where, test.want, plan)
		}
		for line := range strings.Lines(plan) {
			if strings.HasPrefix(line, "SCAN ") && !strings.HasPrefix(line, "SCAN s") && strings.TrimSpace(line) != test.want {
				t.Errorf("%s by %s: %s", test.cube, test.by, line)
			}
		}
	}
}

func explain(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	var plan strings.Builder
	err := s.each(t.Context(), "EXPLAIN QUERY PLAN "+query, args, func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan.WriteString(detail + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

func TestScans_useIndexes(t *testing.T) {
	s := openMigrated(t, "sqlite")
	plan := explain(t, s, s.query.get("batch_scans"), "dot-1")
	if !strings.Contains(plan, "rollup_placement_day_by_placement (placement=?)") || !strings.Contains(plan, "print_places_by_batch (batch=?)") || strings.Contains(plan, "SCAN ") {
		t.Error(plan)
	}
	plan = explain(t, s, s.query.get("batches_never_scanned"))
	if !strings.Contains(plan, "rollup_placement_month_by_placement (placement=?)") || strings.Contains(plan, "SCAN rollup") || strings.Contains(plan, "SCAN placements") {
		t.Error(plan)
	}
}
