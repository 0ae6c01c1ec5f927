package registry_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
	"lensan/server/testkit"
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
	t     testing.TB
	ctx   context.Context
	store *store.Store
	links *referral.LinkTable
	now   time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s := testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	w := &world{t: t, ctx: context.Background(), store: s, links: &referral.LinkTable{},
		now: time.Date(2026, 3, 1, 10, 0, 0, 0, referral.Zone)}
	w.Registry = registry.New(s, provinces(t), w.links, w.clock)
	if err := w.Seed(w.ctx, seed(t)); err != nil {
		t.Fatal(err)
	}
	return w
}

func asset(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "assets", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func provinces(t testing.TB) *referral.Provinces {
	t.Helper()
	ps, err := referral.ReadProvinces(string(asset(t, "data/provinces_63.csv")), string(asset(t, "data/provinces_34.csv")))
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func seed(t testing.TB) []referral.Destination {
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

// provinceActor is someone of the province with a number.
func provinceActor(id referral.ProvinceID) referral.Actor {
	return referral.Actor{Kind: "account", ID: "tinh", Role: referral.RoleProvince, Province: id}
}

// wantFaults fails unless err names exactly these "pointer key" in order.
func wantFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	var named *referral.Error
	if !errors.As(err, &named) || !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("got %v, want faults %q", err, want)
		return
	}
	var got []string
	for _, f := range named.Fields {
		got = append(got, f.Field+" "+f.Key)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("faults: %s", d)
	}
}

func wantError(t *testing.T, err, kind error, key string) {
	t.Helper()
	var named *referral.Error
	if !errors.As(err, &named) || !errors.Is(err, kind) || named.Key != key {
		t.Errorf("got %v, want %v with %s", err, kind, key)
	}
}

// changes returns an entity's history, oldest first.
func (w *world) changes(entity, key string) []referral.Change {
	w.t.Helper()
	list, _, err := w.History(w.ctx, admin, entity, key, registry.Page{Limit: 500})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

func (w *world) version() int64 {
	w.t.Helper()
	v, err := w.store.Version(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// leadsTo returns the destination of a code in the links in force, "hub", or
// "none" for a code that they do not know.
func (w *world) leadsTo(code referral.Code) string {
	link := w.links.Load().Find(code)
	switch {
	case link == nil:
		return "none"
	case link.Destination == nil:
		return referral.HubID
	}
	return link.Destination.ID
}

func (w *world) clock() time.Time { return w.now }
