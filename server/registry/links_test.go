package registry_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestLinks_changesAreInForceOnReturn(t *testing.T) {
	w := newWorld(t)
	w.portal("snnmt-an-giang", "91")
	p := w.placement("snnmt-an-giang", "qr", "support_portal")
	link := w.links.Load().Find(p.Code)
	if link == nil || w.leadsTo(p.Code) != "support_portal" || link.Num != p.Num || link.Portal.Name != "Cổng snnmt-an-giang" {
		t.Fatalf("link of %s: %+v", p.Code, link)
	}
	steps := []struct {
		name   string
		change func() error
		want   string
	}{
		{"retarget", func() error {
			_, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("postmart")}, "nhà in báo")
			return err
		}, "postmart"},
		{"fallback", func() error {
			_, err := w.UpdateDestination(w.ctx, admin, "postmart", registry.DestinationInput{FallbackID: ptr("voso")}, "")
			return err
		}, "postmart"},
		{"dead", func() error { return w.SetDead(w.ctx, map[string]bool{"postmart": true}) }, "voso"},
		{"another change keeps the dead dead", func() error {
			_, err := w.UpdatePortal(w.ctx, admin, "snnmt-an-giang", registry.PortalInput{Name: ptr("Sở")}, "")
			return err
		}, "voso"},
		{"fallback paused", func() error {
			_, err := w.UpdateDestination(w.ctx, admin, "voso", registry.DestinationInput{Paused: ptr(true)}, "")
			return err
		}, "hub"},
		{"alive again", func() error { return w.SetDead(w.ctx, nil) }, "postmart"},
		{"retired", func() error {
			_, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{State: ptr("retired")}, "")
			return err
		}, "hub"},
		{"opened again", func() error {
			_, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{State: ptr("open")}, "")
			return err
		}, "postmart"},
	}
	for _, step := range steps {
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := w.leadsTo(p.Code); got != step.want {
			t.Errorf("%s: the code leads to %s, want %s", step.name, got, step.want)
		}
	}
}

func TestRefresh_seesAnotherProcess(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	other := registry.New(w.store, w.Provinces(), &referral.LinkTable{}, w.clock)
	p, err := other.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("link"), Destination: ptr("guide")})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.leadsTo(p.Code); got != "none" {
		t.Fatalf("before Refresh the code leads to %s", got)
	}
	if err := w.Refresh(w.ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.leadsTo(p.Code); got != "guide" {
		t.Errorf("after Refresh the code leads to %s", got)
	}
	before := w.links.Load()
	if err := w.Refresh(w.ctx); err != nil || w.links.Load() != before {
		t.Errorf("without a change the links were built again: %v", err)
	}
}

// With the database gone, the links in force stay.
func TestRefresh_keepsLinksWithoutADatabase(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	p := w.placement("a", "qr", "guide")
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Refresh(w.ctx); err == nil {
		t.Error("Refresh does not say that the database is gone")
	}
	if got := w.leadsTo(p.Code); got != "guide" {
		t.Errorf("the code leads to %s", got)
	}
}

// Many writers at once: each finds its own change in force when its call
// returns, and the links never go back.
func TestLinks_manyWriters(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	var wg sync.WaitGroup
	errs := make(chan error, 100)
	for i := range 8 {
		wg.Go(func() {
			for j := range 12 {
				label := fmt.Sprintf("%d-%d", i, j)
				p, err := w.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: ptr("a"), Kind: ptr("widget"), Destination: ptr("guide"), Label: &label})
				if err != nil {
					errs <- err
					return
				}
				if link := w.links.Load().Find(p.Code); link == nil || link.Label != label {
					errs <- fmt.Errorf("%s is not in force", label)
				}
				if _, err := w.UpdatePlacement(w.ctx, admin, p.Code, registry.PlacementInput{Destination: ptr("moit")}, ""); err != nil {
					errs <- err
				}
				if got := w.leadsTo(p.Code); got != "moit" {
					errs <- fmt.Errorf("%s leads to %s", label, got)
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if n := w.links.Load().Len(); n != 96 {
		t.Errorf("%d placements in force", n)
	}
}

// A change is written even if its caller goes away during the commit, and a
// caller who is gone before it writes nothing.
func TestWrite_cancelled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.CreatePortal(ctx, admin, registry.PortalInput{ID: ptr("a"), Name: ptr("A"), Province: ptr("91")}); err == nil {
		t.Error("written")
	}
	if _, err := w.Portal(w.ctx, admin, "a"); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
