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
}

var (
	adminOnly = []referral.Role{referral.RoleAdmin}
	staff     = []referral.Role{referral.RoleAdmin, referral.RoleEditor}
	writers   = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince}
	readers   = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince, referral.RoleViewer}
	everyone  = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace}
)

func (a *API) operations() []operation {
	const get, post, patch, remove = fiber.MethodGet, fiber.MethodPost, fiber.MethodPatch, fiber.MethodDelete
	return []operation{
		{get, "/provinces", everyone, a.handleProvinces},

		{get, "/destinations", readers, a.handleDestinations},
		{post, "/destinations", adminOnly, a.handleDestinationCreate},
		{get, "/destinations/{id}", readers, a.handleDestination},
		{patch, "/destinations/{id}", adminOnly, a.handleDestinationUpdate},

		{get, "/portals", readers, a.handlePortals},
		{post, "/portals", writers, a.handlePortalCreate},
		{post, "/portals:import", writers, a.handlePortalsImport},
		{get, "/portals/{id}", readers, a.handlePortal},
		{patch, "/portals/{id}", writers, a.handlePortalUpdate},
		{post, "/portals/{id}/merge", writers, a.handlePortalMerge},

		{get, "/campaigns", readers, a.handleCampaigns},
		{post, "/campaigns", staff, a.handleCampaignCreate},
		{get, "/campaigns/{id}", readers, a.handleCampaign},
		{patch, "/campaigns/{id}", staff, a.handleCampaignUpdate},

		{get, "/placements", readers, a.handlePlacements},
		{post, "/placements", writers, a.handlePlacementCreate},
		{post, "/placements:import", writers, a.handlePlacementsImport},
		{get, "/placements/{code}", readers, a.handlePlacement},
		{patch, "/placements/{code}", writers, a.handlePlacementUpdate},
		{get, "/placements/{code}/history", readers, a.handlePlacementHistory},

		{get, "/stats", readers, a.handleStats},

		{get, "/keys", adminOnly, a.handleKeys},
		{post, "/keys", adminOnly, a.handleKeyCreate},
		{get, "/keys/{id}", adminOnly, a.handleKey},
		{remove, "/keys/{id}", adminOnly, a.handleKeyRevoke},
	}
}
