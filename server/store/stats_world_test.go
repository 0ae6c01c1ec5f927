package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lensan/assets"
	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// worldNow is when the questions of these tests are asked.
var worldNow = time.Date(2026, 11, 24, 15, 4, 5, 0, referral.Zone)

// world is a database with a few portals (ba was merged into bb, bb into bc)
// and placements, and all clicks that were applied to it.
type world struct {
	*Store
	stats     *stats.Stats
	provinces *referral.Provinces
	clicks    []seenClick
	views     []map[rollup.ViewKey]rollup.Views
	seq       uint64
}

type seenClick struct {
	referral.Click
	class referral.Class
	agent classify.Agent
}

var (
	worldDestinations = []string{"support_portal", "postmart", "guide"}      // numbers 1 to 3
	worldPortals      = []string{"ba", "bb", "bc", "bd", "be"}               // numbers 1 to 5; be has no placement
	worldCampaigns    = []string{"tet", "mua-vu"}                            // numbers 1 and 2
	worldPrints       = map[int64]string{5: "dot-1", 6: "dot-1", 7: "dot-2"} // placement → print batch
	worldPlacements   = []struct {
		code   referral.Code
		portal int64
	}{}
)

func init() {
	for i, portal := range []int64{1, 1, 2, 3, 4, 4, 4} {
		payload := "2345" + string(referral.Alphabet[i+4])
		for _, check := range referral.Alphabet {
			if code, err := referral.ParseCode(payload + string(check)); err == nil {
				worldPlacements = append(worldPlacements, struct {
					code   referral.Code
					portal int64
				}{code, portal})
			}
		}
	}
}

// inWorld runs a check on many worlds, on every database.
func inWorld(t *testing.T, check func(*rapid.T, *world)) {
	t.Helper()
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWorld(t, s)
		rapid.Check(t, func(rt *rapid.T) {
			w.forget(rt)
			check(rt, w)
		})
	})
}

func newWorld(t testing.TB, s *Store) *world {
	t.Helper()
	fillWorld(t, s)
	w := &world{Store: s, provinces: readProvinces(t)}
	w.stats = stats.New(s, w.provinces, func() rollup.Status { return rollup.Status{} }, func() time.Time { return worldNow })
	return w
}

// forget empties every table that clicks and views fill, but for dictionaries.
func (w *world) forget(t fataler) {
	for _, table := range append([]string{"journal_applied", "rollup_kept", "visitors", "visitor_sketches", "quality", "batches_seen"}, cubeTables...) {
		if _, err := w.write.Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
	w.clicks, w.views, w.seq = nil, nil, 0
}

var cubeTables = []string{"rollup_day", "rollup_country_day", "rollup_month", "rollup_hour", "rollup_placement_hour",
	"rollup_placement_day", "rollup_placement_month", "rollup_placement_total_month", "rollup_campaign_day", "rollup_campaign_month", "rollup_agent_country_day", "rollup_agent_day", "rollup_agent_month", "rollup_placement_agent_month",
	"rollup_referrer_day", "views", "views_month", "views_province_day", "views_campaign_day", "views_province_month"}

func readProvinces(t testing.TB) *referral.Provinces {
	t.Helper()
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	p, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fillWorld(t testing.TB, s *Store) {
	t.Helper()
	err := s.Write(context.Background(), func(tx registry.Tx) error {
		for _, id := range worldDestinations {
			d := referral.Destination{ID: id, Kind: referral.KindGuide, Name: referral.Name{Vi: "Đích " + id, En: "Place " + id}, URL: "https://example.vn/"}
			if err := tx.InsertDestination(&d); err != nil {
				return err
			}
		}
		portals := make([]referral.Portal, len(worldPortals))
		for i, id := range worldPortals {
			portals[i] = referral.Portal{ID: id, Name: "Cổng " + id, Province: 10}
			if err := tx.InsertPortal(&portals[i]); err != nil {
				return err
			}
		}
		for i := range 2 {
			portals[i].MergedInto = worldPortals[i+1]
			if err := tx.UpdatePortal(&portals[i]); err != nil {
				return err
			}
		}
		for _, id := range worldCampaigns {
			if err := tx.InsertCampaign(&referral.Campaign{ID: id, Name: "Chiến dịch " + id, From: referral.NoDay, To: referral.NoDay}); err != nil {
				return err
			}
		}
		for _, p := range worldPlacements {
			placement := referral.Placement{Code: p.code, Portal: worldPortals[p.portal-1], Kind: referral.PlacementLink,
				Destination: referral.HubID, State: referral.PlacementOpen}
			if err := tx.InsertPlacement(&placement); err != nil {
				return err
			}
		}
		for num, id := range worldPrints {
			if _, err := tx.FindBatch(id); errors.Is(err, referral.ErrNotFound) {
				err = tx.InsertBatch(&referral.PrintBatch{ID: id, Name: "Đợt " + id, Portal: "bd", Destination: referral.HubID, Paper: referral.PaperA4, State: referral.BatchDraft})
				if err != nil {
					return err
				}
			}
			if err := tx.InsertPlace(&referral.PrintPlace{PlacementNum: num, Batch: id, Copies: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// apply adds clicks up and hands them to the store.
func (w *world) apply(t fataler, clicks []seenClick) {
	a := rollup.NewAccumulator()
	for i := range clicks {
		a.Add(&clicks[i].Click, clicks[i].class, &clicks[i].agent)
	}
	d, err := a.Delta("j", w.seq, w.seq+uint64(len(clicks)))
	if err == nil {
		err = w.Apply(context.Background(), d)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.seq = d.Seq
	w.clicks = append(w.clicks, clicks...)
}

type fataler interface{ Fatal(args ...any) }
