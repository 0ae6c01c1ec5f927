package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/stats"
)

// statsTables says where the cubes are kept. Their dimensions are columns of
// the same name; agents and hosts are numbers of their tables.
var statsTables = map[stats.Cube]struct{ table, time string }{
	stats.CubeCountryDay:          {"rollup_country_day", "day"},
	stats.CubeDay:                 {"rollup_day", "day"},
	stats.CubeMonth:               {"rollup_month", "month"},
	stats.CubeHour:                {"rollup_hour", "hour"},
	stats.CubePlacementHour:       {"rollup_placement_hour", "hour"},
	stats.CubePlacementDay:        {"rollup_placement_day", "day"},
	stats.CubePlacementMonth:      {"rollup_placement_month", "month"},
	stats.CubePlacementTotalMonth: {"rollup_placement_total_month", "month"},
	stats.CubeCampaignDay:         {"rollup_campaign_day", "day"},
	stats.CubeCampaignMonth:       {"rollup_campaign_month", "month"},
	stats.CubeAgentCountryDay:     {"rollup_agent_country_day", "day"},
	stats.CubeAgentDay:            {"rollup_agent_day", "day"},
	stats.CubeAgentMonth:          {"rollup_agent_month", "month"},
	stats.CubePlacementAgentMonth: {"rollup_placement_agent_month", "month"},
	stats.CubeReferrerDay:         {"rollup_referrer_day", "day"},
	stats.CubeViews:               {"views", "day"},
	stats.CubeViewsMonth:          {"views_month", "month"},
	stats.CubeViewsProvinceDay:    {"views_province_day", "day"},
	stats.CubeViewsCampaignDay:    {"views_campaign_day", "day"},
	stats.CubeViewsProvinceMonth:  {"views_province_month", "month"},
	stats.CubeSignups:             {"signups_day", "day"},
}

// Cells sums a part of a cube. Its statement is put together here and not kept
// in query/: twenty cubes by a dozen dimensions, narrowed by any others.
func (s *Store) Cells(ctx context.Context, p stats.Part) ([]stats.Cell, error) {
	query, args := cellsQuery(p)
	var cells []stats.Cell
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		var c stats.Cell
		err := rows.Scan(&c.Num, &c.Text, &c.People, &c.Repeat, &c.Bot, &c.Preview, &c.Through, &c.Views, &c.Loads)
		if p.Cube == stats.CubeSignups {
			c.Signups, c.Views = c.Views, 0
		}
		cells = append(cells, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cells of %s by %s: %w", p.Cube, p.By, err)
	}
	return cells, nil
}

const (
	clickColumns    = "sum(people), sum(repeat), sum(bot), sum(preview), "
	throughColumn   = "sum(CASE WHEN destination <> 0 THEN people ELSE 0 END), 0, 0"
	throughSum      = "sum(through), 0, 0"
	noThroughColumn = "0, 0, 0"
	viewColumns     = "0, 0, 0, 0, 0, sum(views), sum(loads)"
	signupColumns   = "0, 0, 0, 0, 0, sum(count), 0" // in the place of views
)

func cellsQuery(p stats.Part) (query string, args []any) {
	t := statsTables[p.Cube]
	sums := clickColumns + throughColumn
	switch {
	case strings.HasPrefix(t.table, "views"):
		sums = viewColumns
	case p.Cube == stats.CubeSignups:
		sums = signupColumns
	case p.Cube == stats.CubePlacementTotalMonth:
		sums = clickColumns + throughSum
	case !hasDestination(p.Cube):
		sums = clickColumns + noThroughColumn
	}
	where, args := conditions(p, t.time)
	from := fmt.Sprintf("FROM %s WHERE %s", t.table, where)
	switch p.By {
	case stats.ByNothing:
		// HAVING leaves the row out that sums nothing.
		return fmt.Sprintf("SELECT 0, '', %s %s HAVING count(*) > 0", sums, from), args
	case stats.ByTime:
		return fmt.Sprintf("SELECT %s, '', %s %s GROUP BY 1", t.time, sums, from), args
	case stats.ByDevice, stats.ByOS, stats.ByBrowser, stats.ByApp:
		return named("agent", "agents", string(p.By), sums, from), args
	case stats.ByHost:
		return named("host", "hosts", "host", sums, from), args
	}
	return fmt.Sprintf("SELECT %s, '', %s %s GROUP BY 1", p.By, sums, from), args
}

// named adds up by a number first and only then looks its text up.
func named(column, table, text, sums, from string) string {
	return fmt.Sprintf(`SELECT 0, t.%s, s.c1, s.c2, s.c3, s.c4, s.c5, s.c6, s.c7 FROM (SELECT %s AS num, %s %s GROUP BY 1) AS s JOIN %s AS t ON t.id = s.num`,
		text, column, aliased(sums), from, table)
}

// aliased names the seven sums c1 to c7.
func aliased(sums string) string {
	parts := strings.Split(sums, ", ")
	for i := range parts {
		parts[i] += " AS c" + strconv.Itoa(i+1)
	}
	return strings.Join(parts, ", ")
}

func hasDestination(c stats.Cube) bool {
	switch c {
	case stats.CubeCountryDay, stats.CubeDay, stats.CubeMonth, stats.CubePlacementDay, stats.CubePlacementMonth,
		stats.CubeCampaignDay, stats.CubeCampaignMonth:
		return true
	}
	return false
}

// conditions writes a part's WHERE. Numbers are written out, because SQLite
// looks each $n up in a list; texts are bound.
func conditions(p stats.Part, time string) (where string, args []any) {
	all := []string{fmt.Sprintf("%s BETWEEN %d AND %d", time, p.From, p.To)}
	var placed []string // conditions that say which placements can occur
	hasPlacement := false
	for _, c := range p.Where {
		switch c.On {
		case stats.ByDevice, stats.ByOS, stats.ByBrowser, stats.ByApp:
			args = append(args, c.Text)
			all = append(all, fmt.Sprintf("agent IN (SELECT id FROM agents WHERE %s = $%d)", c.On, len(args)))
			continue
		case stats.ByHost:
			args = append(args, c.Text)
			all = append(all, fmt.Sprintf("host IN (SELECT id FROM hosts WHERE host = $%d)", len(args)))
			continue
		}
		in := fmt.Sprintf("%s IN (%s)", c.On, numbers(c.Nums))
		all = append(all, in)
		switch c.On {
		case stats.ByPlacement:
			hasPlacement = true
		case stats.ByCampaign:
			placed = append(placed, "campaign <> 0", in) // the partial index asks for the first
		case stats.ByProvince:
			placed = append(placed, in)
		}
	}
	if len(placed) > 0 && !hasPlacement {
		switch {
		case p.Cube == stats.CubeViews:
			// Badges are seen that nobody ever clicked: views say where.
			placed = append(placed, fmt.Sprintf("month BETWEEN %d AND %d", referral.Day(p.From).Month(), referral.Day(p.To).Month()))
			all = append(all, fmt.Sprintf("placement IN (SELECT placement FROM views_month WHERE %s)", strings.Join(placed, " AND ")))
		case indexedByPlacement(p.Cube):
			all = append(all, fmt.Sprintf("placement IN (SELECT placement FROM rollup_placement_month WHERE %s)", strings.Join(placed, " AND ")))
		}
	}
	return strings.Join(all, " AND "), args
}

// indexedByPlacement names the large cubes that can be entered by placement and
// by the time alone.
func indexedByPlacement(c stats.Cube) bool {
	switch c {
	case stats.CubePlacementHour, stats.CubePlacementDay, stats.CubeReferrerDay, stats.CubePlacementAgentMonth:
		return true
	}
	return false
}

func numbers(nums []int64) string {
	var b []byte
	for i, n := range nums {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}
