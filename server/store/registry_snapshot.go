package store

import (
	"context"
	"database/sql"
	"fmt"

	"lensan/server/referral"
)

// Snapshot reads all that redirects depend on, as it was at one moment, with
// the version of that moment. The times of placements are left zero.
func (s *Store) Snapshot(ctx context.Context) (snap referral.Snapshot, version int64, err error) {
	err = s.inReadTx(ctx, func(tx *sql.Tx) (err error) {
		if err := tx.QueryRowContext(ctx, s.query.get("registry_version")).Scan(&version); err != nil {
			return err
		}
		if snap.Destinations, err = all(ctx, tx, scanDestination, s.query.get("destinations")); err != nil {
			return err
		}
		if snap.Portals, err = all(ctx, tx, scanPortal, s.query.get("portals")); err != nil {
			return err
		}
		if snap.Campaigns, err = all(ctx, tx, scanCampaign, s.query.get("campaigns")); err != nil {
			return err
		}
		if snap.Release, err = scanRelease(tx.QueryRowContext(ctx, s.query.get("widget_release"))); err != nil {
			return err
		}
		if snap.Batches, err = all(ctx, tx, scanBatch, s.query.get("batches")); err != nil {
			return err
		}
		if snap.Places, err = all(ctx, tx, scanPlaceSerials, s.query.get("places_snapshot")); err != nil {
			return err
		}
		return s.snapshotPlacements(ctx, tx, &snap)
	})
	if err != nil {
		return referral.Snapshot{}, 0, fmt.Errorf("read registry: %w", err)
	}
	return snap, version, nil
}

// The numbers that the snapshot's query gives to kinds and states.
var (
	snapshotKinds  = [...]referral.PlacementKind{referral.PlacementWidget, referral.PlacementQR, referral.PlacementLink}
	snapshotStates = [...]referral.PlacementState{referral.PlacementOpen, referral.PlacementPaused, referral.PlacementRetired}
)

// snapshotPlacements reads numbers in place of ids and gives all placements of
// one portal the same string: at a million rows this saves most of the memory.
func (s *Store) snapshotPlacements(ctx context.Context, tx *sql.Tx, snap *referral.Snapshot) error {
	portals, destinations, campaigns := map[int64]string{}, map[int64]string{referral.HubNum: referral.HubID}, map[int64]string{0: ""}
	for i := range snap.Portals {
		portals[snap.Portals[i].Num] = snap.Portals[i].ID
	}
	for i := range snap.Destinations {
		destinations[snap.Destinations[i].Num] = snap.Destinations[i].ID
	}
	for i := range snap.Campaigns {
		campaigns[snap.Campaigns[i].Num] = snap.Campaigns[i].ID
	}
	var count int
	if err := tx.QueryRowContext(ctx, s.query.get("placement_count")).Scan(&count); err != nil {
		return err
	}
	snap.Placements = make([]referral.Placement, 0, count)
	rows, err := tx.QueryContext(ctx, s.query.get("placements_snapshot"))
	if err != nil {
		return err
	}
	defer rows.Close()
	var num, portal, destination, campaign, kind, state int64
	var code, label sql.RawBytes
	into := []any{&num, &code, &portal, &destination, &label, &campaign, &kind, &state}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		snap.Placements = append(snap.Placements, referral.Placement{
			Num: num, Code: referral.Code(code), Portal: portals[portal], Kind: snapshotKinds[kind],
			Destination: destinations[destination], Label: string(label), Campaign: campaigns[campaign], State: snapshotStates[state],
		})
	}
	return rows.Err()
}
