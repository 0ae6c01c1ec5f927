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

// PortalsNow reads all portals with the version of that moment.
func (s *Store) PortalsNow(ctx context.Context) (portals []referral.Portal, version int64, err error) {
	err = s.inReadTx(ctx, func(tx *sql.Tx) (err error) {
		if err := tx.QueryRowContext(ctx, s.query.get("registry_version")).Scan(&version); err != nil {
			return err
		}
		portals, err = all(ctx, tx, scanPortal, s.query.get("portals"))
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read portals: %w", err)
	}
	return portals, version, nil
}

// The numbers that the snapshot's query gives to kinds and states.
var (
	snapshotKinds  = [...]referral.PlacementKind{referral.PlacementWidget, referral.PlacementQR, referral.PlacementLink}
	snapshotStates = [...]referral.PlacementState{referral.PlacementOpen, referral.PlacementPaused, referral.PlacementRetired}
)

// snapshotWay tells ways of placements apart by the numbers of a row.
type snapshotWay struct{ portal, destination, campaign, kind, state int64 }

// snapshotPlacements reads numbers in place of ids, and each way once: at a
// million rows this saves most of the memory.
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
	snap.Placements = make([]referral.Link, 0, count)
	rows, err := tx.QueryContext(ctx, s.query.get("placements_snapshot"))
	if err != nil {
		return err
	}
	defer rows.Close()
	var num int64
	var code, label sql.RawBytes
	var way snapshotWay
	ways, texts := map[snapshotWay]*referral.LinkWay{}, snapshotTexts{}
	into := []any{&num, &code, &way.portal, &way.destination, &label, &way.campaign, &way.kind, &way.state}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		shared := ways[way]
		if shared == nil {
			shared = &referral.LinkWay{PortalID: portals[way.portal], Kind: snapshotKinds[way.kind], Wanted: destinations[way.destination],
				Campaign: campaigns[way.campaign], State: snapshotStates[way.state]}
			ways[way] = shared
		}
		snap.Placements = append(snap.Placements, referral.Link{Num: num, LinkWay: shared})
		texts.add(code, label)
		if len(texts.codes) == textsTogether {
			texts.give(snap.Placements)
		}
	}
	texts.give(snap.Placements)
	return rows.Err()
}

// snapshotTexts makes one string of the codes and labels of many placements:
// two for each would cost more than what they hold.
type snapshotTexts struct {
	text          []byte
	codes, labels []int // lengths
}

const textsTogether = 1000

func (t *snapshotTexts) add(code, label []byte) {
	t.text = append(append(t.text, code...), label...)
	t.codes, t.labels = append(t.codes, len(code)), append(t.labels, len(label))
}

// give hands the texts to the last placements, and begins anew.
func (t *snapshotTexts) give(links []referral.Link) {
	text := string(t.text)
	last := links[len(links)-len(t.codes):]
	for i := range last {
		last[i].Code, text = referral.Code(text[:t.codes[i]]), text[t.codes[i]:]
		last[i].Label, text = text[:t.labels[i]], text[t.labels[i]:]
	}
	t.text, t.codes, t.labels = t.text[:0], t.codes[:0], t.labels[:0]
}
