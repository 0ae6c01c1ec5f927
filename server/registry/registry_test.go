package registry_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
)

var (
	admin  = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleAdmin}
	editor = referral.Actor{Kind: "account", ID: "minh", Role: referral.RoleEditor}
	viewer = referral.Actor{Kind: "account", ID: "hoa", Role: referral.RoleViewer}
	seller = referral.Actor{Kind: "key", ID: "7", Role: referral.RoleMarketplace, Destination: "postmart"}
)

// world is a registry on a fresh SQLite file with a clock that the test moves.
type world struct {
	*registry.Registry
	t     *testing.T
	ctx   context.Context
	store *store.Store
	links *referral.LinkTable
	now   time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := store.OpenSQLite(filepath.Join(t.TempDir(), "lensan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w := &world{t: t, ctx: context.Background(), store: s, links: &referral.LinkTable{},
		now: time.Date(2026, 3, 1, 10, 0, 0, 0, referral.Zone)}
	if err := s.Migrate(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.Registry = registry.New(s, provinces(t), w.links, func() time.Time { return w.now })
	if err := w.Seed(w.ctx, seed(t)); err != nil {
		t.Fatal(err)
	}
	return w
}

func asset(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "assets", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func provinces(t *testing.T) *referral.Provinces {
	t.Helper()
	ps, err := referral.ReadProvinces(string(asset(t, "data/provinces_63.csv")), string(asset(t, "data/provinces_34.csv")))
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func seed(t *testing.T) []referral.Destination {
	t.Helper()
	list, err := registry.ReadSeed(asset(t, "data/destinations.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func ptr[T any](v T) *T { return &v }

// portal creates a portal of An Giang, or of another code.
func (w *world) portal(id string, code string) referral.Portal {
	w.t.Helper()
	p, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: &id, Name: ptr("Cổng " + id), Province: &code})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) placement(portal, kind, destination string) referral.Placement {
	w.t.Helper()
	p, err := w.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: &portal, Kind: &kind, Destination: &destination})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func TestLinks_newPlacementIsInForceOnReturn(t *testing.T) {
	w := newWorld(t)
	w.portal("snnmt-an-giang", "91")
	p := w.placement("snnmt-an-giang", "qr", "support_portal")
	link := w.links.Load().Find(p.Code)
	if link == nil || link.Destination == nil || link.Destination.ID != "support_portal" || link.Num != p.Num {
		t.Fatalf("link of %s: %+v", p.Code, link)
	}
	if _, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("postmart")}, "nhà in báo"); err != nil {
		t.Fatal(err)
	}
	if got := w.links.Load().Find(p.Code).Destination.ID; got != "postmart" {
		t.Errorf("after retargeting the code leads to %s", got)
	}
}
