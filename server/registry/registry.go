// Package registry is the one way in which destinations, portals, campaigns
// and placements change: it checks the actor's role and every field, writes
// the change together with its history, and puts a new link table in force
// before it returns. Texts are kept in NFC. It knows neither HTTP nor SQL.
package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"lensan/server/referral"
)

// Registry is safe for use by many goroutines.
type Registry struct {
	store     Store
	provinces *referral.Provinces
	links     *referral.LinkTable
	now       func() time.Time
	newCode   func() referral.Code

	loading sync.Mutex // held while links are read and swapped, so that older ones never replace newer
	loaded  int64      // version of the links in force; 0 before the first
	dead    map[string]bool
}

// New returns a Registry that keeps links up to date with the store. The links
// are empty until the first Refresh or change.
func New(s Store, p *referral.Provinces, links *referral.LinkTable, now func() time.Time) *Registry {
	return &Registry{store: s, provinces: p, links: links, now: now, newCode: referral.NewCode}
}

// Provinces returns the list that the registry was made with.
func (r *Registry) Provinces() *referral.Provinces { return r.provinces }

// Refresh puts new links in force if the store's version is another than the
// one loaded; it is called every second, so that other processes' changes are
// seen. On an error the links in force stay.
func (r *Registry) Refresh(ctx context.Context) error {
	r.loading.Lock()
	defer r.loading.Unlock()
	version, err := r.store.Version(ctx)
	if err != nil {
		return fmt.Errorf("refresh links: %w", err)
	}
	if version == r.loaded {
		return nil
	}
	return r.load(ctx)
}

// SetDead says which destinations the health check found dead; placements that
// lead there use the fallback from now on.
func (r *Registry) SetDead(ctx context.Context, dead map[string]bool) error {
	r.loading.Lock()
	defer r.loading.Unlock()
	if maps.Equal(dead, r.dead) {
		return nil
	}
	r.dead = maps.Clone(dead)
	r.loaded = 0
	return r.load(ctx)
}

// load is called with loading held.
func (r *Registry) load(ctx context.Context) error {
	snapshot, version, err := r.store.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("refresh links: %w", err)
	}
	links, err := referral.BuildLinks(snapshot, r.provinces, r.dead)
	if err != nil {
		return fmt.Errorf("refresh links: %w", err)
	}
	r.links.Swap(links)
	r.loaded = version
	return nil
}

// errUnchanged rolls a write back that would change nothing.
var errUnchanged = errors.New("nothing to change")

// write runs fn in one transaction and puts the new links in force. Once it is
// committed the change stands: if the links cannot be read now, the next
// Refresh puts them in force.
func (r *Registry) write(ctx context.Context, fn func(Tx) error) error {
	switch err := r.store.Write(ctx, fn); {
	case errors.Is(err, errUnchanged):
		return nil
	case err != nil:
		return err
	}
	if err := r.Refresh(context.WithoutCancel(ctx)); err != nil {
		slog.Warn("links are not up to date", slog.Any("error", err))
	}
	return nil
}

// moment is the time of a change, to the millisecond, as it is stored.
func (r *Registry) moment() time.Time { return r.now().UTC().Truncate(time.Millisecond) }
