// Package api is the HTTP interface for programs: JSON under /api/v1, with
// keys. It turns requests into calls of registry, stats and access and their
// answers into JSON; what may be done by whom and what is valid is theirs to
// say. It knows neither the store nor the configuration.
package api

import (
	"context"
	_ "embed"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/access"
	"lensan/server/health"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/text"
)

// Registry is what the API needs of the registry; see there for the contracts.
type Registry interface {
	Provinces() *referral.Provinces

	Destinations(context.Context) ([]referral.Destination, error)
	Destination(ctx context.Context, id string) (referral.Destination, error)
	CreateDestination(context.Context, referral.Actor, registry.DestinationInput) (referral.Destination, error)
	UpdateDestination(ctx context.Context, a referral.Actor, id string, in registry.DestinationInput, reason string) (referral.Destination, error)

	Portals(context.Context, referral.Actor, registry.Page, registry.Filter) ([]referral.Portal, string, error)
	Portal(ctx context.Context, a referral.Actor, id string) (referral.Portal, error)
	CreatePortal(context.Context, referral.Actor, registry.PortalInput) (referral.Portal, error)
	UpdatePortal(ctx context.Context, a referral.Actor, id string, in registry.PortalInput, reason string) (referral.Portal, error)
	MergePortal(ctx context.Context, a referral.Actor, id, into, reason string) (referral.Portal, error)
	ImportPortals(context.Context, referral.Actor, io.Reader) ([]referral.Portal, error)

	Campaigns(context.Context, registry.Page) ([]referral.Campaign, string, error)
	Campaign(ctx context.Context, id string) (referral.Campaign, error)
	CreateCampaign(context.Context, referral.Actor, registry.CampaignInput) (referral.Campaign, error)
	UpdateCampaign(ctx context.Context, a referral.Actor, id string, in registry.CampaignInput, reason string) (referral.Campaign, error)

	Placements(context.Context, referral.Actor, registry.Page, registry.Filter) ([]referral.Placement, string, error)
	Placement(context.Context, referral.Actor, referral.Code) (referral.Placement, error)
	CreatePlacement(context.Context, referral.Actor, registry.PlacementInput) (referral.Placement, error)
	UpdatePlacement(ctx context.Context, a referral.Actor, code referral.Code, in registry.PlacementInput, reason string) (referral.Placement, error)
	ImportPlacements(context.Context, referral.Actor, io.Reader) ([]referral.Placement, error)

	Batches(context.Context, referral.Actor, registry.Page, registry.Filter) ([]referral.PrintBatch, string, error)
	Batch(ctx context.Context, a referral.Actor, id string) (referral.PrintBatch, error)
	BatchCounts(ctx context.Context, a referral.Actor, id string) (referral.BatchCounts, error)
	CreateBatch(context.Context, referral.Actor, registry.BatchInput) (referral.PrintBatch, error)
	UpdateBatch(ctx context.Context, a referral.Actor, id string, in registry.BatchInput, reason string) (referral.PrintBatch, error)
	ApproveBatch(ctx context.Context, a referral.Actor, id string) (referral.PrintBatch, error)
	WithdrawBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error)
	PrintBatch(ctx context.Context, a referral.Actor, id string, in registry.PrintInput) (referral.PrintBatch, error)
	PlaceBatch(ctx context.Context, a referral.Actor, id string, on *referral.Day) (referral.PrintBatch, error)
	RetireBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error)
	Places(ctx context.Context, a referral.Actor, batch string, p registry.Page) ([]referral.PrintPlace, string, error)
	ImportPlaces(ctx context.Context, a referral.Actor, batch string, csv io.Reader, replace bool) ([]referral.PrintPlace, error)
	UpdatePlace(ctx context.Context, a referral.Actor, batch string, code referral.Code, in registry.PlaceInput) (referral.PrintPlace, error)
	PlacePlace(ctx context.Context, a referral.Actor, batch string, code referral.Code, in registry.PlacedInput) (referral.PrintPlace, error)
	CodeReports(context.Context, referral.Actor, registry.Page, registry.Filter) ([]referral.CodeReport, string, error)
	CloseCodeReport(ctx context.Context, a referral.Actor, num int64, outcome string) (referral.CodeReport, error)

	Release(context.Context, referral.Actor) (referral.Release, error)
	UpdateRelease(ctx context.Context, a referral.Actor, in registry.ReleaseInput, known []string, reason string) (referral.Release, error)
	History(ctx context.Context, a referral.Actor, entity, key string, p registry.Page) ([]referral.Change, string, error)
}

// Stats is what the API needs of stats.
type Stats interface {
	Query(context.Context, stats.Query) (stats.Report, error)
	Scans(ctx context.Context, batch string) (map[int64]stats.Scans, error)
}

// Access is what the API needs of access.
type Access interface {
	KeyActor(ctx context.Context, secret string) (referral.Actor, error)
	SignedActor(ctx context.Context, id, unix int64, body, mac []byte) (referral.Actor, error)
	CreateKey(ctx context.Context, by referral.Actor, k access.Key) (access.Key, string, error)
	Keys(context.Context) ([]access.Key, error)
	RevokeKey(ctx context.Context, by referral.Actor, id int64) error
	Log(ctx context.Context, by referral.Actor, q access.Query) (list []referral.Change, next string, err error)
}

// Health is what the API needs of health.
type Health interface {
	Status(id string) health.Status
	Events(ctx context.Context, id string) ([]health.Event, error)
	Force(ctx context.Context, a referral.Actor, id string, to health.State, reason string) (health.Status, error)
}

// Signups is what the API needs of signups.
type Signups interface {
	Take(ctx context.Context, a referral.Actor, in signups.Input) (signups.Report, signups.Outcome, error)
	Preview(ctx context.Context, a referral.Actor, in signups.Input) (signups.Preview, error)
	Reports(ctx context.Context, a referral.Actor, destination, id string) ([]signups.Report, error)
}

// Deps is what the API needs.
type Deps struct {
	Registry Registry
	Stats    Stats
	Access   Access
	Health   Health
	Coverage Coverage
	Signups  Signups
	Wording  Wording
	Posters  Posters
	// Succession helps with portals of provinces that have ended.
	Succession Succession
	Texts      *text.Bundle
	Base       string // LENSAN_BASE_URL without a slash at the end
	Now        func() time.Time
	Releases   []string // versions of the enhancer that are built in, the newest first
	// WaitApplied returns when every click that was committed before the call is
	// counted, or ctx ends (with ErrUnavailable wrapped).
	WaitApplied func(ctx context.Context) error
}

// API answers /api/v1.
type API struct{ d Deps }

// New returns an API; Register mounts it.
func New(d Deps) *API { return &API{d} }

// Prefix is the path under which everything stands.
const Prefix = "/api/v1"

// requestTime bounds what a request may wait for, the database above all.
const requestTime = 30 * time.Second

//go:embed openapi.json
var openAPI []byte

// Register mounts all operations and answers other methods on their paths with
// 405. Errors go to the application's error handler.
func (a *API) Register(r fiber.Router) {
	g := r.Group(Prefix)
	g.Get("/openapi.json", a.handleOpenAPI)
	allowed := map[string][]string{"/openapi.json": {fiber.MethodGet, fiber.MethodHead}}
	paths := []string{"/openapi.json"}
	for _, o := range a.operations() {
		if allowed[o.path] == nil {
			paths = append(paths, o.path)
		}
		allowed[o.path] = append(allowed[o.path], o.method)
		if o.method == fiber.MethodGet {
			allowed[o.path] = append(allowed[o.path], fiber.MethodHead)
		}
		g.Add(o.method, fiberPath(o.path), a.answer(o))
		if o.method == fiber.MethodGet {
			g.Add(fiber.MethodHead, fiberPath(o.path), a.answer(o))
		}
	}
	for _, path := range paths {
		allow := strings.Join(allowed[path], ", ")
		g.All(fiberPath(path), func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderAllow, allow)
			return fiber.ErrMethodNotAllowed
		})
	}
	g.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
}

// fiberPath turns "/placements/{code}" and "/placements:import" into Fiber's form.
func fiberPath(path string) string {
	return strings.NewReplacer(":", `\:`, "{", ":", "}", "").Replace(path)
}

func (a *API) handleOpenAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	return c.Send(openAPI)
}
