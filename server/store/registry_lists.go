package store

import (
	"context"
	"database/sql"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Portals lists portals by id.
func (s *Store) Portals(ctx context.Context, p registry.Page, f registry.Filter) ([]referral.Portal, string, error) {
	var n narrowing
	n.search(p.Search, "search")
	n.provinces("province", f.Provinces)
	if f.Portal != "" {
		n.and("id = ?", f.Portal)
	}
	n.among("id", f.Portals)
	if f.State == "merged" {
		n.and("merged_into IS NOT NULL")
	} else if f.State == "open" {
		n.and("merged_into IS NULL")
	}
	return listByID(ctx, s, p, n, s.query.get("portals"), scanPortal, func(p referral.Portal) string { return p.ID })
}

// PortalsByRegistration counts the portals that stand by what they are registered under.
func (s *Store) PortalsByRegistration(ctx context.Context) ([]registry.Registration, error) {
	list, err := all(ctx, s.read, func(r row) (x registry.Registration, err error) {
		err = r.Scan(&x.Province, &x.Kept, &x.Portals)
		return x, err
	}, s.query.get("portals_by_registration"))
	return list, classed(err)
}

// PlacementCounts counts the placements of each portal that are not retired.
func (s *Store) PlacementCounts(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	err := s.each(ctx, s.query.get("placement_counts"), nil, func(rows *sql.Rows) error {
		var id string
		var count int64
		err := rows.Scan(&id, &count)
		counts[id] = count
		return err
	})
	return counts, err
}

// Campaigns lists campaigns by id.
func (s *Store) Campaigns(ctx context.Context, p registry.Page) ([]referral.Campaign, string, error) {
	var n narrowing
	n.search(p.Search, "search")
	return listByID(ctx, s, p, n, s.query.get("campaigns"), scanCampaign, func(c referral.Campaign) string { return c.ID })
}

// Placements lists placements, newest first.
func (s *Store) Placements(ctx context.Context, p registry.Page, f registry.Filter) ([]referral.Placement, string, error) {
	var n narrowing
	n.search(p.Search, "placements.search", "portals.search")
	n.provinces("portals.province", f.Provinces)
	if f.Portal != "" {
		n.and("placements.portal = (SELECT num FROM portals WHERE id = ?)", f.Portal)
	}
	switch f.Destination {
	case "":
	case referral.HubID:
		n.and("placements.destination IS NULL")
	default:
		n.and("placements.destination = (SELECT num FROM destinations WHERE id = ?)", f.Destination)
	}
	if f.Campaign != "" {
		n.and("placements.campaign = (SELECT num FROM campaigns WHERE id = ?)", f.Campaign)
	}
	if f.Kind != "" {
		n.and("placements.kind = ?", f.Kind)
	}
	if f.State != "" {
		n.and("placements.state = ?", f.State)
	}
	return listByNum(ctx, s, p, n, s.query.get("placements"), "placements.num", scanPlacement, func(p referral.Placement) int64 { return p.Num })
}

// History lists the changes of one entity, newest first.
func (s *Store) History(ctx context.Context, entity, key string, p registry.Page) ([]referral.Change, string, error) {
	var n narrowing
	n.and("entity = ?", entity)
	n.and("entity_key = ?", key)
	return listByNum(ctx, s, p, n, s.query.get("history"), "num", scanChange, func(c referral.Change) int64 { return c.ID })
}
