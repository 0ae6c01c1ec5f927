package api

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// operation is one method on one path, as both stand in openapi.json.
type operation struct {
	method string
	path   string
	roles  []referral.Role // who may call it at all; what exactly, the registry says
	handle func(*call) error
	query  bool // it reads parameters after "?" itself; others take none
}

var (
	adminOnly = []referral.Role{referral.RoleAdmin}
	staff     = []referral.Role{referral.RoleAdmin, referral.RoleEditor}
	writers   = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince}
	readers   = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince, referral.RoleViewer}
	senders   = []referral.Role{referral.RoleAdmin, referral.RoleMarketplace}
	reporters = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleViewer, referral.RoleMarketplace}
	everyone  = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace}
)

func (a *API) operations() []operation {
	const get, post, put, patch, remove = fiber.MethodGet, fiber.MethodPost, fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete
	return []operation{
		{get, "/provinces", everyone, a.handleProvinces, true},

		{get, "/destinations", readers, a.handleDestinations, false},
		{post, "/destinations", adminOnly, a.handleDestinationCreate, false},
		{get, "/destinations/{id}", readers, a.handleDestination, false},
		{patch, "/destinations/{id}", adminOnly, a.handleDestinationUpdate, false},

		{get, "/destinations/{id}/health", readers, a.handleHealth, false},
		{post, "/destinations/{id}/health", adminOnly, a.handleHealthForce, false},

		{get, "/portals", readers, a.handlePortals, true},
		{post, "/portals", writers, a.handlePortalCreate, false},
		{post, "/portals:import", writers, a.handlePortalsImport, false},
		{get, successionPath, staff, a.handleSuccession, false},
		{post, successionPath, staff, a.handleSuccessionStep, false},
		{get, "/portals/{id}", readers, a.handlePortal, false},
		{patch, "/portals/{id}", writers, a.handlePortalUpdate, false},
		{post, "/portals/{id}/merge", writers, a.handlePortalMerge, false},

		{get, "/campaigns", readers, a.handleCampaigns, true},
		{post, "/campaigns", staff, a.handleCampaignCreate, false},
		{get, "/campaigns/{id}", readers, a.handleCampaign, false},
		{patch, "/campaigns/{id}", staff, a.handleCampaignUpdate, false},

		{get, "/placements", readers, a.handlePlacements, true},
		{post, "/placements", writers, a.handlePlacementCreate, false},
		{post, "/placements:import", writers, a.handlePlacementsImport, false},
		{get, "/placements/{code}", readers, a.handlePlacement, false},
		{patch, "/placements/{code}", writers, a.handlePlacementUpdate, false},
		{get, "/placements/{code}/poster.pdf", readers, a.handlePlacementPoster, true},
		{get, "/placements/{code}/history", readers, a.handlePlacementHistory, true},

		{get, "/print-batches", readers, a.handleBatches, true},
		{post, "/print-batches", writers, a.handleBatchCreate, false},
		{get, "/print-batches/{id}", readers, a.handleBatch, false},
		{patch, "/print-batches/{id}", writers, a.handleBatchUpdate, false},
		{get, "/print-batches/{id}/posters.pdf", readers, a.handleBatchPosters(false), true},
		{get, "/print-batches/{id}/posters.zip", readers, a.handleBatchPosters(true), true},
		{get, "/print-batches/{id}/history", readers, a.handleBatchHistory, true},
		{post, "/print-batches/{id}/approve", writers, a.handleBatchApprove, false},
		{post, "/print-batches/{id}/withdraw", writers, a.handleBatchWithdraw, false},
		{post, "/print-batches/{id}/print", writers, a.handleBatchPrint, false},
		{post, "/print-batches/{id}/place", writers, a.handleBatchPlace, false},
		{post, "/print-batches/{id}/retire", writers, a.handleBatchRetire, false},
		{get, "/print-batches/{id}/scans", readers, a.handleBatchScans, true},
		{get, "/print-batches/{id}/places", readers, a.handlePlaces, true},
		{post, "/print-batches/{id}/places:import", writers, a.handlePlacesImport, true},
		{patch, "/print-batches/{id}/places/{code}", writers, a.handlePlaceUpdate, false},
		{post, "/print-batches/{id}/places/{code}/place", writers, a.handlePlacePlace, false},

		{get, "/code-reports", readers, a.handleCodeReports, true},
		{post, "/code-reports/{id}/close", writers, a.handleCodeReportClose, false},

		{get, "/widget", adminOnly, a.handleWidget, false},
		{patch, "/widget", adminOnly, a.handleWidgetUpdate, false},

		{get, "/texts", staff, a.handleTexts, true},
		{put, "/texts/{lang}/{key}", staff, a.handleTextUpdate, false},
		{remove, "/texts/{lang}/{key}", staff, a.handleTextReset, true},

		{get, "/stats", readers, a.handleStats, true},

		{get, signupsPath, reporters, a.handleSignupReports, true},
		{post, signupsPath, senders, a.handleSignups, false},
		{post, signupsPath + ":import", senders, a.handleSignupsImport, true},

		{get, "/coverage", readers, a.handleCoverage, true},
		{get, "/audit", adminOnly, a.handleAudit, true},

		{get, "/keys", adminOnly, a.handleKeys, false},
		{post, "/keys", adminOnly, a.handleKeyCreate, false},
		{get, "/keys/{id}", adminOnly, a.handleKey, false},
		{remove, "/keys/{id}", adminOnly, a.handleKeyRevoke, false},
	}
}
