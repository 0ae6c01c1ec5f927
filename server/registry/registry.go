// Package registry is the one way in which destinations, portals, campaigns
// and placements change: it checks the actor's role and every field, writes
// the change together with its history, and puts a new link table in force
// before it returns. It knows neither HTTP nor SQL.
package registry

import (
	"context"
	"io"
	"time"

	"lensan/server/referral"
)

// Page asks for a part of a list. Cursor is "" for the first part, else what
// the previous part returned. Limit 0 stands for 50; at most 500.
// Search ignores case and accents and matches ids, names, labels, codes and hosts.
type Page struct {
	Cursor string
	Limit  int
	Search string
}

// Filter narrows a list of placements or portals; empty fields do not.
type Filter struct {
	Portal, Destination, Campaign, Kind, State string
	Province                                   referral.ProvinceID // today's: its lineage is included
}

// Store is what the registry needs of a database. Lists are ordered by id (portals,
// destinations by position, campaigns) or code number (placements, newest first);
// next is "" at the end. Find returns ErrNotFound wrapped.
type Store interface {
	Snapshot(ctx context.Context) (s referral.Snapshot, version int64, err error)
	// Version grows with every committed Write.
	Version(ctx context.Context) (int64, error)
	Portals(ctx context.Context, p Page, f Filter) (list []referral.Portal, next string, err error)
	Campaigns(ctx context.Context, p Page) (list []referral.Campaign, next string, err error)
	Placements(ctx context.Context, p Page, f Filter) (list []referral.Placement, next string, err error)
	History(ctx context.Context, entity, key string, p Page) (list []referral.Change, next string, err error)
	// Write runs fn in one transaction that is rolled back if fn fails, and
	// raises the version.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Tx is one writing transaction. Insert sets Num and returns ErrConflict if the
// id or code is taken. Find... return ErrNotFound.
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
	AppendChange(referral.Change) error
}

// Registry is safe for use by many goroutines.
type Registry struct{}

// New returns a Registry that keeps links up to date with the store.
func New(s Store, p *referral.Provinces, links *referral.LinkTable, now func() time.Time) *Registry {
	panic("skeleton")
}

// Seed inserts the destinations of assets/data that are missing. It is idempotent.
func (r *Registry) Seed(ctx context.Context, destinations []referral.Destination) error {
	panic("skeleton")
}

// Refresh puts new links in force if the store's version is another than the
// one loaded; it is called every second, so that other processes' changes are seen.
func (r *Registry) Refresh(ctx context.Context) error { panic("skeleton") }

// Provinces returns the list that the registry was made with.
func (r *Registry) Provinces() *referral.Provinces { panic("skeleton") }

// PortalInput is what a caller sends to create or change a portal; nil fields
// are left as they are (required ones may not be nil on creation).
type PortalInput struct {
	ID           *string
	Name         *string
	Province     *string // GSO code
	ProvinceOn   *referral.Day
	Hosts        *[]string
	ContactEmail *string
}

// DestinationInput likewise. FallbackID "" takes the fallback away.
type DestinationInput struct {
	ID         *string
	Kind       *string
	NameVi     *string
	NameEn     *string
	URL        *string
	PassParams *[]string
	FallbackID *string
	Confirmed  *bool
	Paused     *bool
	Position   *int
}

// PlacementInput likewise. Portal and Kind cannot be changed after creation.
// Campaign "" takes the campaign away.
type PlacementInput struct {
	Portal      *string
	Kind        *string
	Destination *string
	Label       *string
	Campaign    *string
	State       *string
}

// CampaignInput likewise.
type CampaignInput struct {
	ID   *string
	Name *string
	From *referral.Day
	To   *referral.Day
}

// The rules of who may do what:
//   - admin and editor: everything here, but only an admin changes destinations;
//   - province: portals and placements of its own province, its predecessors and
//     its successors; anything else is ErrNotFound, as if it did not exist;
//   - viewer, marketplace: nothing (ErrForbidden).
// A viewer reads everything; a province reads its own portals and placements.

// Reads.

func (r *Registry) Destinations(ctx context.Context) ([]referral.Destination, error) {
	panic("skeleton")
}
func (r *Registry) Destination(ctx context.Context, id string) (referral.Destination, error) {
	panic("skeleton")
}
func (r *Registry) Portals(ctx context.Context, a referral.Actor, p Page, f Filter) ([]referral.Portal, string, error) {
	panic("skeleton")
}
func (r *Registry) Portal(ctx context.Context, a referral.Actor, id string) (referral.Portal, error) {
	panic("skeleton")
}
func (r *Registry) Campaigns(ctx context.Context, p Page) ([]referral.Campaign, string, error) {
	panic("skeleton")
}
func (r *Registry) Campaign(ctx context.Context, id string) (referral.Campaign, error) {
	panic("skeleton")
}
func (r *Registry) Placements(ctx context.Context, a referral.Actor, p Page, f Filter) ([]referral.Placement, string, error) {
	panic("skeleton")
}
func (r *Registry) Placement(ctx context.Context, a referral.Actor, code referral.Code) (referral.Placement, error) {
	panic("skeleton")
}

// History returns who changed an entity ("portal", "placement", "destination",
// "campaign"), newest first.
func (r *Registry) History(ctx context.Context, a referral.Actor, entity, key string, p Page) ([]referral.Change, string, error) {
	panic("skeleton")
}

// Writes. A faulty input is an *referral.Error of kind ErrInvalid naming every
// field, and nothing is written.

func (r *Registry) CreateDestination(ctx context.Context, a referral.Actor, in DestinationInput) (referral.Destination, error) {
	panic("skeleton")
}
func (r *Registry) UpdateDestination(ctx context.Context, a referral.Actor, id string, in DestinationInput, reason string) (referral.Destination, error) {
	panic("skeleton")
}
func (r *Registry) CreatePortal(ctx context.Context, a referral.Actor, in PortalInput) (referral.Portal, error) {
	panic("skeleton")
}
func (r *Registry) UpdatePortal(ctx context.Context, a referral.Actor, id string, in PortalInput, reason string) (referral.Portal, error) {
	panic("skeleton")
}

// MergePortal makes portal id part of portal into; codes and history of both stay.
func (r *Registry) MergePortal(ctx context.Context, a referral.Actor, id, into, reason string) (referral.Portal, error) {
	panic("skeleton")
}
func (r *Registry) CreateCampaign(ctx context.Context, a referral.Actor, in CampaignInput) (referral.Campaign, error) {
	panic("skeleton")
}
func (r *Registry) UpdateCampaign(ctx context.Context, a referral.Actor, id string, in CampaignInput, reason string) (referral.Campaign, error) {
	panic("skeleton")
}
func (r *Registry) CreatePlacement(ctx context.Context, a referral.Actor, in PlacementInput) (referral.Placement, error) {
	panic("skeleton")
}

// UpdatePlacement changes a placement. Changing the destination of one of kind
// qr needs a reason.
func (r *Registry) UpdatePlacement(ctx context.Context, a referral.Actor, code referral.Code, in PlacementInput, reason string) (referral.Placement, error) {
	panic("skeleton")
}

// ImportPortals and ImportPlacements read CSV with a header (UTF-8, with or
// without BOM; comma or semicolon) and write all rows or none; every fault is
// reported with its line and column.
func (r *Registry) ImportPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error) {
	panic("skeleton")
}
func (r *Registry) ImportPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error) {
	panic("skeleton")
}
