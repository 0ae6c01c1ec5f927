package registry_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Whatever is done, the history tells it all: laid over each other, the Afters
// of a placement are what it is now, each Before is what was there, and the
// link in force is the one that the placement asks for.
func TestHistory_replays(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	for _, id := range []string{"tet", "he"} {
		if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: &id, Name: &id}); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"qr", "widget", "link"}).Draw(t, "kind")
		p := w.placement("a", kind, "guide")
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			var in registry.PlacementInput
			draw := func(name string, from ...string) *string {
				if !rapid.Bool().Draw(t, "send "+name) {
					return nil
				}
				return ptr(rapid.SampledFrom(from).Draw(t, name))
			}
			in.Destination = draw("destination", "guide", "hub", "moit", "x")
			in.Label = draw("label", "", "Chợ", " Cho\u031b\u0323 ", "Bến", "a\nb")
			in.Campaign = draw("campaign", "", "tet", "he", "x")
			in.State = draw("state", "open", "paused", "retired", "x")
			reason := rapid.SampledFrom([]string{"", "lý do"}).Draw(t, "reason")
			before, n := p, len(w.changes("placement", string(p.Code)))
			after, err := w.UpdatePlacement(w.ctx, admin, p.Code, in, reason)
			if err == nil {
				p = after
			}
			grown := len(w.changes("placement", string(p.Code))) - n
			if changed := cmp.Diff(before, p) != ""; (grown == 1) != changed || grown > 1 {
				t.Fatalf("%d changes were recorded for %s", grown, cmp.Diff(before, p))
			}
		}

		state := map[string]any{}
		for i, c := range w.changes("placement", string(p.Code)) {
			var before, after map[string]any
			if err := json.Unmarshal(c.After, &after); err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				if err := json.Unmarshal(c.Before, &before); err != nil {
					t.Fatal(err)
				}
			}
			for name, value := range before {
				if state[name] != value || after[name] == value {
					t.Fatalf("change %d of %s: before %v, was %v, after %v", i, name, value, state[name], after[name])
				}
			}
			for name, value := range after {
				state[name] = value
			}
		}
		want := map[string]any{"code": string(p.Code), "portal": p.Portal, "kind": string(p.Kind), "destination": p.Destination, "label": p.Label, "campaign": p.Campaign, "state": string(p.State)}
		if d := cmp.Diff(want, state); d != "" {
			t.Fatal(d)
		}
		leads := p.Destination
		if p.State != referral.PlacementOpen {
			leads = referral.HubID
		}
		if got := fmt.Sprint(w.leadsTo(p.Code), w.links.Load().Find(p.Code).Label); got != fmt.Sprint(leads, p.Label) {
			t.Fatalf("in force: %s, want %s %s", got, leads, p.Label)
		}
	})
}
