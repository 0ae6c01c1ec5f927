package dashboard

import (
	"context"
	"io"
	"net/url"
	"time"

	"lensan/server/access"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
	"lensan/server/web"
)

// Access is what the pages need of package access.
type Access interface {
	Accept(ctx context.Context, token, name, password string) (session string, err error)
	Invite(ctx context.Context, by referral.Actor, role referral.Role, province referral.ProvinceID) (token string, err error)
	SignIn(ctx context.Context, name, password, address, known string) (session string, err error)
	Session(ctx context.Context, secret string) (access.Session, error)
	SignInAs(ctx context.Context, id access.Identity) (session string, err error)
	Remember(ctx context.Context, session, known string) (fresh string, err error)
	SignOut(ctx context.Context, secret string) error
	Pending(ctx context.Context, secret string) (bool, error)
	EnterCode(ctx context.Context, pending, code, address, known string) (session string, err error)
	NewCode(acc access.Account, issuer string) (secret, address string, err error)
	EnableCode(ctx context.Context, s access.Session, password, secret, code string) (recovery []string, err error)
	DisableCode(ctx context.Context, s access.Session, password string) error
	Accounts(ctx context.Context, by referral.Actor) ([]access.Account, error)
	Account(ctx context.Context, by referral.Actor, id int64) (access.Account, error)
	UpdateAccount(ctx context.Context, by referral.Actor, acc access.Account, reason string) error
	Reset(ctx context.Context, by referral.Actor, id int64) (token string, err error)
	ResetName(ctx context.Context, token string) (string, error)
	ChangePassword(ctx context.Context, s access.Session, current, password string) (session string, err error)
	Sessions(ctx context.Context, acc access.Account) ([]access.Session, error)
	NameSession(ctx context.Context, secret, agent string) error
	EndSession(ctx context.Context, acc access.Account, id string) error
	EndOtherSessions(ctx context.Context, by referral.Actor, acc access.Account, spare string) error
	Log(ctx context.Context, by referral.Actor, q access.Query) (list []referral.Change, next string, err error)
	Failures(ctx context.Context, by referral.Actor, from, until time.Time) ([]access.Failures, error)
	Exported(ctx context.Context, by referral.Actor, what string) error
	CreateKey(ctx context.Context, by referral.Actor, k access.Key) (key access.Key, secret string, err error)
	Keys(ctx context.Context) ([]access.Key, error)
	RevokeKey(ctx context.Context, by referral.Actor, id int64) error
}

// SignOn is a provider at which people sign in (OpenID Connect). What Begin
// keeps must come back with the browser.
type SignOn interface {
	Begin(ctx context.Context) (address, kept string, err error)
	Finish(ctx context.Context, kept string, answer url.Values) (access.Identity, error)
}

// Registry is what the pages need of package registry.
type Registry interface {
	Provinces() *referral.Provinces
	Destinations(ctx context.Context) ([]referral.Destination, error)
	Destination(ctx context.Context, id string) (referral.Destination, error)
	Portals(ctx context.Context, a referral.Actor, p registry.Page, f registry.Filter) ([]referral.Portal, string, error)
	Portal(ctx context.Context, a referral.Actor, id string) (referral.Portal, error)
	Placements(ctx context.Context, a referral.Actor, p registry.Page, f registry.Filter) ([]referral.Placement, string, error)
	Placement(ctx context.Context, a referral.Actor, code referral.Code) (referral.Placement, error)
	CodeReports(ctx context.Context, a referral.Actor, p registry.Page, f registry.Filter) ([]referral.CodeReport, string, error)
	OpenCodeReports(ctx context.Context, a referral.Actor) (int, error)
	CloseCodeReport(ctx context.Context, a referral.Actor, num int64, outcome string) (referral.CodeReport, error)
	Campaign(ctx context.Context, id string) (referral.Campaign, error)
	CreateCampaign(ctx context.Context, a referral.Actor, in registry.CampaignInput) (referral.Campaign, error)
	UpdateCampaign(ctx context.Context, a referral.Actor, id string, in registry.CampaignInput, reason string) (referral.Campaign, error)
	Campaigns(ctx context.Context, p registry.Page) ([]referral.Campaign, string, error)
	Batches(ctx context.Context, a referral.Actor, p registry.Page, f registry.Filter) ([]referral.PrintBatch, string, error)
	Batch(ctx context.Context, a referral.Actor, id string) (referral.PrintBatch, error)
	BatchCounts(ctx context.Context, a referral.Actor, id string) (referral.BatchCounts, error)
	Places(ctx context.Context, a referral.Actor, batch string, p registry.Page) ([]referral.PrintPlace, string, error)
	CreateBatch(ctx context.Context, a referral.Actor, in registry.BatchInput) (referral.PrintBatch, error)
	UpdateBatch(ctx context.Context, a referral.Actor, id string, in registry.BatchInput, reason string) (referral.PrintBatch, error)
	ImportPlaces(ctx context.Context, a referral.Actor, batch string, csv io.Reader, replace bool) ([]referral.PrintPlace, error)
	ApproveBatch(ctx context.Context, a referral.Actor, id string) (referral.PrintBatch, error)
	WithdrawBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error)
	PrintBatch(ctx context.Context, a referral.Actor, id string, in registry.PrintInput) (referral.PrintBatch, error)
	PlaceBatch(ctx context.Context, a referral.Actor, id string, on *referral.Day) (referral.PrintBatch, error)
	PlacePlace(ctx context.Context, a referral.Actor, batch string, code referral.Code, in registry.PlacedInput) (referral.PrintPlace, error)
	RetireBatch(ctx context.Context, a referral.Actor, id, reason string) (referral.PrintBatch, error)
	PreviewPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error)
	PreviewPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error)
	ImportPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error)
	ImportPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error)
	Undo(ctx context.Context, a referral.Actor, entity, key string, change int64, reason string) error
	History(ctx context.Context, a referral.Actor, entity, key string, p registry.Page) ([]referral.Change, string, error)
	Release(ctx context.Context, a referral.Actor) (referral.Release, error)
	UpdateRelease(ctx context.Context, a referral.Actor, in registry.ReleaseInput, known []string, reason string) (referral.Release, error)
	RollBackRelease(ctx context.Context, a referral.Actor, reason string) (referral.Release, error)
	UpdateDestination(ctx context.Context, a referral.Actor, id string, in registry.DestinationInput, reason string) (referral.Destination, error)
	UpdatePortal(ctx context.Context, a referral.Actor, id string, in registry.PortalInput, reason string) (referral.Portal, error)
	MergePortal(ctx context.Context, a referral.Actor, id, into, reason string) (referral.Portal, error)
	CreatePortal(ctx context.Context, a referral.Actor, in registry.PortalInput) (referral.Portal, error)
	CreatePlacement(ctx context.Context, a referral.Actor, in registry.PlacementInput) (referral.Placement, error)
	UpdatePlacement(ctx context.Context, a referral.Actor, code referral.Code, in registry.PlacementInput, reason string) (referral.Placement, error)
}

// Health is what the pages need of package health.
type Health interface {
	Status(id string) health.Status
	Events(ctx context.Context, id string) ([]health.Event, error)
	Force(ctx context.Context, a referral.Actor, id string, to health.State, reason string) (health.Status, error)
}

// Coverage is what the pages need of package coverage.
type Coverage interface {
	Report() *coverage.Report
	Looks() bool
	LookNow(ctx context.Context, a referral.Actor, id string) (coverage.Row, error)
}

// Stats is what the pages need of package stats.
type Stats interface {
	Query(ctx context.Context, q stats.Query) (stats.Report, error)
	Scans(ctx context.Context, batch string) (map[int64]stats.Scans, error)
	LastLost(ctx context.Context) (referral.Day, error)
	NeverScanned(ctx context.Context) (map[string]int64, error)
}

// Posters is what the pages need to print; rights are those of reading.
type Posters interface {
	OfBatch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (web.PosterJob, error)
	OfPlacement(ctx context.Context, a referral.Actor, code referral.Code, f web.PosterFile) (web.PosterJob, error)
}

var (
	_ Access   = (*access.Access)(nil)
	_ Registry = (*registry.Registry)(nil)
	_ Coverage = (*coverage.Coverage)(nil)
	_ Health   = (*health.Checker)(nil)
	_ Stats    = (*stats.Stats)(nil)
)
