package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lensan/server/referral"
)

// reader is what *sql.DB and *sql.Tx have in common.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// all scans every row of a query.
func all[T any](ctx context.Context, from reader, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// one scans one row; none is the error when there is no such row.
func one[T any](ctx context.Context, from reader, scan func(row) (T, error), none *referral.Error, query string, args ...any) (T, error) {
	item, err := scan(from.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return item, none
	}
	return item, classed(err)
}

func (q queries) findDestination(ctx context.Context, from reader, id string) (referral.Destination, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.destination_unknown", "id", id)
	return one(ctx, from, scanDestination, none, q.get("destination_by_id"), id)
}

func (q queries) findPortal(ctx context.Context, from reader, id string) (referral.Portal, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.portal_unknown", "id", id)
	return one(ctx, from, scanPortal, none, q.get("portals")+" WHERE id = $1", id)
}

func (q queries) findCampaign(ctx context.Context, from reader, id string) (referral.Campaign, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.campaign_unknown", "id", id)
	return one(ctx, from, scanCampaign, none, q.get("campaigns")+" WHERE id = $1", id)
}

func (q queries) findPlacement(ctx context.Context, from reader, code referral.Code) (referral.Placement, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.code_unknown", "code", string(code))
	return one(ctx, from, scanPlacement, none, q.get("placements")+" WHERE placements.code = $1", string(code))
}

// Destinations returns all destinations by position, then id.
func (s *Store) Destinations(ctx context.Context) ([]referral.Destination, error) {
	list, err := all(ctx, s.read, scanDestination, s.query.get("destinations"))
	return list, classed(err)
}

// FindDestination returns referral.ErrNotFound if there is no such destination.
func (s *Store) FindDestination(ctx context.Context, id string) (referral.Destination, error) {
	return s.query.findDestination(ctx, s.read, id)
}

// FindPortal returns referral.ErrNotFound if there is no such portal.
func (s *Store) FindPortal(ctx context.Context, id string) (referral.Portal, error) {
	return s.query.findPortal(ctx, s.read, id)
}

// FindCampaign returns referral.ErrNotFound if there is no such campaign.
func (s *Store) FindCampaign(ctx context.Context, id string) (referral.Campaign, error) {
	return s.query.findCampaign(ctx, s.read, id)
}

// FindPlacement returns referral.ErrNotFound if there is no such placement.
func (s *Store) FindPlacement(ctx context.Context, code referral.Code) (referral.Placement, error) {
	return s.query.findPlacement(ctx, s.read, code)
}

// Version returns a number that grows with every committed Write.
func (s *Store) Version(ctx context.Context) (version int64, err error) {
	if err := s.read.QueryRowContext(ctx, s.query.get("registry_version")).Scan(&version); err != nil {
		return 0, fmt.Errorf("registry version: %w", classed(err))
	}
	return version, nil
}
