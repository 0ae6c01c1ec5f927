package registry

import (
	"context"

	"lensan/server/referral"
)

// Page asks for a part of a list. Cursor is "" for the first part, else what
// the previous part returned; another text is ErrInvalid at /cursor. Limit 0
// stands for 50; at most 500. Search ignores case and accents and matches ids,
// names, labels, codes and hosts; a placement is also found by its portal's.
type Page struct {
	Cursor string
	Limit  int
	Search string
}

// Filter narrows a list of placements or portals; empty fields do not.
type Filter struct {
	Portal, Destination, Campaign, Kind, State string
	Portals                                    []string            // of a list of portals alone: no others
	Province                                   referral.ProvinceID // today's: its lineage is included
	// Provinces are those that Province stands for and that the actor may
	// see; the registry sets it for the store, callers leave it empty.
	Provinces []referral.ProvinceID
}

// Store is what the registry needs of a database. Lists are ordered by id
// (portals, campaigns), by position and id (destinations), newest first
// (placements, history); next is "" at the end. Find... return ErrNotFound.
type Store interface {
	Snapshot(ctx context.Context) (s referral.Snapshot, version int64, err error)
	// Version grows with every committed Write.
	Version(ctx context.Context) (int64, error)
	Destinations(ctx context.Context) ([]referral.Destination, error)
	FindDestination(ctx context.Context, id string) (referral.Destination, error)
	FindPortal(ctx context.Context, id string) (referral.Portal, error)
	FindCampaign(ctx context.Context, id string) (referral.Campaign, error)
	FindPlacement(ctx context.Context, code referral.Code) (referral.Placement, error)
	Portals(ctx context.Context, p Page, f Filter) (list []referral.Portal, next string, err error)
	// PortalsByRegistration counts the portals that are not merged.
	PortalsByRegistration(ctx context.Context) ([]Registration, error)
	// PlacementCounts counts the placements of each portal, by its id, that are
	// not retired.
	PlacementCounts(ctx context.Context) (map[string]int64, error)
	Campaigns(ctx context.Context, p Page) (list []referral.Campaign, next string, err error)
	Placements(ctx context.Context, p Page, f Filter) (list []referral.Placement, next string, err error)
	Release(ctx context.Context) (referral.Release, error)
	Batches(ctx context.Context, p Page, f Filter) (list []referral.PrintBatch, next string, err error)
	FindBatch(ctx context.Context, id string) (referral.PrintBatch, error)
	BatchCounts(ctx context.Context, id string) (referral.BatchCounts, error)
	// Places lists the places of a batch by position.
	Places(ctx context.Context, batch string, p Page) (list []referral.PrintPlace, next string, err error)
	FindPlace(ctx context.Context, code referral.Code) (referral.PrintPlace, error)
	CodeReports(ctx context.Context, p Page, f Filter) (list []referral.CodeReport, next string, err error)
	FindCodeReport(ctx context.Context, num int64) (referral.CodeReport, error)
	CountCodeReports(ctx context.Context, f Filter) (int, error)
	// Code reports are no part of the registry: writing them raises no version.
	InsertCodeReport(ctx context.Context, x *referral.CodeReport) error
	// CloseCodeReport returns ErrConflict if the report is closed already.
	CloseCodeReport(ctx context.Context, x referral.CodeReport, c referral.Change) error
	History(ctx context.Context, entity, key string, p Page) (list []referral.Change, next string, err error)
	// Write runs fn in one transaction that is rolled back if fn fails, and
	// raises the version.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Tx is one writing transaction. Insert sets Num and returns ErrConflict if the
// id or code is taken, the transaction going on. Find... return ErrNotFound.
type Tx interface {
	Destinations() ([]referral.Destination, error)
	FindDestination(id string) (referral.Destination, error)
	FindPortal(id string) (referral.Portal, error)
	FindCampaign(id string) (referral.Campaign, error)
	FindPlacement(code referral.Code) (referral.Placement, error)
	InsertDestination(*referral.Destination) error
	UpdateDestination(*referral.Destination) error
	InsertPortal(*referral.Portal) error
	UpdatePortal(*referral.Portal) error
	InsertCampaign(*referral.Campaign) error
	UpdateCampaign(*referral.Campaign) error
	InsertPlacement(*referral.Placement) error
	UpdatePlacement(*referral.Placement) error
	FindBatch(id string) (referral.PrintBatch, error)
	InsertBatch(*referral.PrintBatch) error
	UpdateBatch(*referral.PrintBatch) error
	// Places returns all places of a batch by position, those of retired codes too.
	Places(batch string) ([]referral.PrintPlace, error)
	FindPlace(code referral.Code) (referral.PrintPlace, error)
	// InsertPlace sets Position.
	InsertPlace(*referral.PrintPlace) error
	UpdatePlace(*referral.PrintPlace) error // its label and state are the placement's
	// TakeSerials gives out n serial numbers that no other call ever gets.
	TakeSerials(n int64) (referral.SerialRange, error)
	Release() (referral.Release, error)
	UpdateRelease(referral.Release) error
	AppendChange(referral.Change) error
	LastChange() (num int64, err error) // of the change appended last
}
