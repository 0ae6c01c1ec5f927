package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

var _ registry.Store = (*Store)(nil)

var (
	background = context.Background()
	noon       = time.Date(2026, 3, 1, 5, 0, 0, int(7*time.Millisecond), time.UTC)
)

func write(t testing.TB, s *Store, fn func(tx registry.Tx) error) {
	t.Helper()
	if err := s.Write(background, fn); err != nil {
		t.Fatal(err)
	}
}

// filling is what filled wrote, with whole placements.
type filling struct {
	referral.Snapshot
	Placements []referral.Placement
}

// filled holds two destinations, two portals, a campaign and three placements.
func filled(t testing.TB, s *Store) filling {
	t.Helper()
	snap := filling{Snapshot: referral.Snapshot{
		Destinations: []referral.Destination{
			{ID: "voso", Kind: referral.KindMarketplaceSignup, Name: referral.Name{Vi: "Vỏ Sò", En: "Vo So"}, URL: "https://voso.vn/", PassParams: []string{"ref", "q"}, Confirmed: true, Position: 2, UpdatedAt: noon},
			{ID: "postmart", Kind: referral.KindMarketplaceSignup, Name: referral.Name{Vi: "Postmart", En: "Postmart"}, URL: "https://buudien.vn/", FallbackID: "voso", Paused: true, Position: 1, UpdatedAt: noon},
		},
		Portals: []referral.Portal{
			{ID: "stttt-dong-thap", Name: "Sở TT&TT Đồng Tháp", Province: 870, Hosts: []string{"stttt.dongthap.gov.vn", "dongthap.vn"}, ContactEmail: "lan@dongthap.gov.vn", CreatedAt: noon, UpdatedAt: noon},
			{ID: "snn-hue", Name: "Sở Nông nghiệp Thừa Thiên Huế", Province: 460, CreatedAt: noon, UpdatedAt: noon},
		},
		Campaigns: []referral.Campaign{{ID: "tet-2026", Name: "Tết Bính Ngọ", From: referral.MustDay("2026-01-15"), To: referral.NoDay, CreatedAt: noon, UpdatedAt: noon}},
	}}
	snap.Placements = []referral.Placement{
		{Code: "K7Q2PA", Portal: "stttt-dong-thap", Kind: referral.PlacementWidget, Destination: "voso", Label: "Chân trang", State: referral.PlacementOpen},
		{Code: "K7Q2PB", Portal: "snn-hue", Kind: referral.PlacementQR, Destination: referral.HubID, Label: "Chợ Đông Ba", Campaign: "tet-2026", State: referral.PlacementPaused},
		{Code: "K7Q2PC", Portal: "stttt-dong-thap", Kind: referral.PlacementLink, Destination: "postmart", State: referral.PlacementRetired, Campaign: "tet-2026"},
	}
	write(t, s, func(tx registry.Tx) error {
		var errs []error
		for i := range snap.Destinations {
			errs = append(errs, tx.InsertDestination(&snap.Destinations[i]))
		}
		for i := range snap.Portals {
			errs = append(errs, tx.InsertPortal(&snap.Portals[i]))
		}
		for i := range snap.Campaigns {
			errs = append(errs, tx.InsertCampaign(&snap.Campaigns[i]))
		}
		for i := range snap.Placements {
			p := &snap.Placements[i]
			p.CreatedAt, p.UpdatedAt = noon, noon.Add(time.Second)
			errs = append(errs, tx.InsertPlacement(p))
		}
		return errors.Join(errs...)
	})
	return snap
}

func TestRegistry_roundTrip(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		want := filled(t, s)
		for i, d := range want.Destinations {
			got, err := s.FindDestination(background, d.ID)
			if diff := cmp.Diff(d, got); err != nil || diff != "" || got.Num != int64(i+1) {
				t.Errorf("destination %s: %v %s", d.ID, err, diff)
			}
		}
		for i, p := range want.Portals {
			got, err := s.FindPortal(background, p.ID)
			if diff := cmp.Diff(p, got); err != nil || diff != "" || got.Num != int64(i+1) {
				t.Errorf("portal %s: %v %s", p.ID, err, diff)
			}
		}
		for _, c := range want.Campaigns {
			got, err := s.FindCampaign(background, c.ID)
			if diff := cmp.Diff(c, got); err != nil || diff != "" || got.Num != 1 {
				t.Errorf("campaign %s: %v %s", c.ID, err, diff)
			}
		}
		for i, p := range want.Placements {
			got, err := s.FindPlacement(background, p.Code)
			if diff := cmp.Diff(p, got); err != nil || diff != "" || got.Num != int64(i+1) {
				t.Errorf("placement %s: %v %s", p.Code, err, diff)
			}
		}
		list, err := s.Destinations(background)
		if err != nil || len(list) != 2 || list[0].ID != "postmart" {
			t.Errorf("destinations by position: %v, %v", list, err)
		}
	})
}

func TestRegistry_update(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		snap := filled(t, s)
		later := noon.Add(time.Hour)
		d, p, c, pl := snap.Destinations[0], snap.Portals[0], snap.Campaigns[0], snap.Placements[0]
		d.Kind, d.Name, d.URL, d.PassParams, d.FallbackID = referral.KindGuide, referral.Name{Vi: "a", En: "b"}, "https://a.vn/", nil, "postmart"
		d.Confirmed, d.Paused, d.Position, d.UpdatedAt = false, true, 9, later
		p.Name, p.Province, p.Hosts, p.Pages, p.ContactEmail, p.MergedInto, p.Former, p.Kept, p.UpdatedAt = "Mới", 821, []string{"moi.vn"}, []string{"/lien-ket", "https://moi.vn/?trang=2"}, "", "snn-hue", 870, 821, later
		c.Name, c.From, c.To, c.UpdatedAt = "Mới", referral.NoDay, 5, later
		pl.Destination, pl.Label, pl.Campaign, pl.State, pl.UpdatedAt = referral.HubID, "Đầu trang", "tet-2026", referral.PlacementPaused, later
		write(t, s, func(tx registry.Tx) error {
			return errors.Join(tx.UpdateDestination(&d), tx.UpdatePortal(&p), tx.UpdateCampaign(&c), tx.UpdatePlacement(&pl))
		})
		write(t, s, func(tx registry.Tx) error {
			gotD, err1 := tx.FindDestination(d.ID)
			gotP, err2 := tx.FindPortal(p.ID)
			gotC, err3 := tx.FindCampaign(c.ID)
			gotPl, err4 := tx.FindPlacement(pl.Code)
			for _, diff := range []string{cmp.Diff(d, gotD), cmp.Diff(p, gotP), cmp.Diff(c, gotC), cmp.Diff(pl, gotPl)} {
				if diff != "" {
					t.Error(diff)
				}
			}
			return errors.Join(err1, err2, err3, err4)
		})
		if list, _, err := s.Portals(background, registry.Page{Search: "moi.vn"}, registry.Filter{}); err != nil || len(list) != 1 {
			t.Errorf("the search column was not updated: %v, %v", list, err)
		}
		if list, _, err := s.Placements(background, registry.Page{Search: "dau trang"}, registry.Filter{}); err != nil || len(list) != 1 {
			t.Errorf("the search column was not updated: %v, %v", list, err)
		}
	})
}

func TestRegistry_missing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		_, err1 := s.FindDestination(background, "x")
		_, err2 := s.FindPortal(background, "x")
		_, err3 := s.FindCampaign(background, "x")
		_, err4 := s.FindPlacement(background, "K7Q2PX")
		errs := []error{err1, err2, err3, err4}
		write(t, s, func(tx registry.Tx) error {
			_, err5 := tx.FindDestination("x")
			_, err6 := tx.FindPortal("x")
			_, err7 := tx.FindCampaign("x")
			_, err8 := tx.FindPlacement("K7Q2PX")
			errs = append(errs, err5, err6, err7, err8,
				tx.UpdateDestination(&referral.Destination{ID: "x"}), tx.UpdatePortal(&referral.Portal{ID: "x"}),
				tx.UpdateCampaign(&referral.Campaign{ID: "x"}), tx.UpdatePlacement(&referral.Placement{Code: "x", Destination: referral.HubID}),
				tx.InsertPlacement(&referral.Placement{Code: "x", Portal: "gone", Destination: referral.HubID}),
				tx.InsertPlacement(&referral.Placement{Code: "x", Portal: "snn-hue", Destination: "gone"}),
				tx.InsertPlacement(&referral.Placement{Code: "x", Portal: "snn-hue", Destination: "voso", Campaign: "gone"}))
			return nil
		})
		for i, err := range errs {
			var named *referral.Error
			if !errors.Is(err, referral.ErrNotFound) || !errors.As(err, &named) || !strings.HasSuffix(named.Key, "_unknown") {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}

// A text that PostgreSQL cannot hold is the asker's fault there, and unknown
// where it could be held.
func TestStore_textsThatAreNone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		for _, none := range []string{"snn\x00hue", "snn\xffhue"} {
			_, err1 := s.FindPortal(background, none)
			_, _, err2 := s.FindAccount(background, none)
			err3 := s.Write(background, func(tx registry.Tx) error {
				_, err := tx.FindPortal(none)
				return err
			})
			for i, err := range []error{err1, err2, err3} {
				if !errors.Is(err, referral.ErrNotFound) && !errors.Is(err, referral.ErrInvalid) {
					t.Errorf("%q, %d: %v", none, i+1, err)
				}
			}
		}
	})
}

// A key that is taken is ErrConflict, and the transaction goes on.
func TestRegistry_taken(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		snap := filled(t, s)
		write(t, s, func(tx registry.Tx) error {
			d, p, c, pl := snap.Destinations[0], snap.Portals[0], snap.Campaigns[0], snap.Placements[0]
			for _, err := range []error{tx.InsertDestination(&d), tx.InsertPortal(&p), tx.InsertCampaign(&c), tx.InsertPlacement(&pl)} {
				if !errors.Is(err, referral.ErrConflict) {
					t.Errorf("got %v", err)
				}
			}
			pl.Code = "K7Q2PD"
			return tx.InsertPlacement(&pl)
		})
		if got, err := s.FindPlacement(background, "K7Q2PD"); err != nil || got.Num != 4 {
			t.Errorf("after the conflicts: %+v, %v", got, err)
		}
		if got, _ := s.FindPortal(background, "snn-hue"); got.Name != snap.Portals[1].Name {
			t.Errorf("a conflict changed a row: %+v", got)
		}
	})
}

func TestWrite_rollsBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		before, err := s.Version(background)
		if err != nil {
			t.Fatal(err)
		}
		disk := errors.New("disk")
		spoil := func(tx registry.Tx) {
			if err := errors.Join(tx.InsertPortal(&referral.Portal{ID: "moi"}), tx.AppendChange(referral.Change{Entity: "portal", Key: "moi"})); err != nil {
				t.Error(err)
			}
		}
		if err := s.Write(background, func(tx registry.Tx) error { spoil(tx); return disk }); !errors.Is(err, disk) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() { recover() }()
			s.Write(background, func(tx registry.Tx) error { spoil(tx); panic("bug") })
		}()
		if _, err := s.FindPortal(background, "moi"); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("the portal is there: %v", err)
		}
		if list, _, err := s.History(background, "portal", "moi", registry.Page{}); err != nil || len(list) != 0 {
			t.Errorf("history: %v, %v", list, err)
		}
		if after, _ := s.Version(background); after != before {
			t.Errorf("version went from %d to %d", before, after)
		}
		write(t, s, func(tx registry.Tx) error { return nil })
		if after, _ := s.Version(background); after != before+1 {
			t.Errorf("version went from %d to %d", before, after)
		}
	})
}

func TestSnapshot(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		if snap, version, err := s.Snapshot(background); err != nil || version != 1 || len(snap.Destinations)+len(snap.Placements) != 0 {
			t.Fatalf("empty: %+v, %d, %v", snap, version, err)
		}
		want := filled(t, s)
		want.Destinations[0], want.Destinations[1] = want.Destinations[1], want.Destinations[0] // by position
		for _, p := range want.Placements {
			want.Snapshot.Placements = append(want.Snapshot.Placements, referral.Link{Num: p.Num, Code: p.Code, Label: p.Label,
				LinkWay: &referral.LinkWay{PortalID: p.Portal, Kind: p.Kind, Wanted: p.Destination, Campaign: p.Campaign, State: p.State}})
		}
		got, version, err := s.Snapshot(background)
		if diff := cmp.Diff(want.Snapshot, got); err != nil || diff != "" || version != 2 {
			t.Errorf("version %d, %v %s", version, err, diff)
		}
	})
}

// A snapshot is of one moment: placements never outrun their portals, nor the version.
func TestSnapshot_isOfOneMoment(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		done := make(chan error, 1)
		const rounds = 150
		go func() {
			var err error
			for i := 0; i < rounds && err == nil; i++ {
				err = s.Write(background, func(tx registry.Tx) error {
					id := fmt.Sprintf("p%d", i)
					return errors.Join(tx.InsertPortal(&referral.Portal{ID: id}),
						tx.InsertPlacement(&referral.Placement{Code: referral.Code(id), Portal: id, Kind: referral.PlacementQR, Destination: referral.HubID, State: referral.PlacementOpen}))
				})
			}
			done <- err
		}()
		for {
			snap, version, err := s.Snapshot(background)
			if err != nil {
				t.Fatal(err)
			}
			if added := len(snap.Portals) - 2; added != len(snap.Placements)-3 || int64(added) != version-2 {
				t.Fatalf("version %d: %d portals and %d placements added", version, added, len(snap.Placements)-3)
			}
			for _, p := range snap.Placements {
				if p.PortalID == "" {
					t.Fatalf("placement %s has no portal", p.Code)
				}
			}
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				return
			default:
			}
		}
	})
}

func TestHistory(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		want := referral.Change{Time: noon, Actor: "account:lan", Entity: "placement", Key: "K7Q2PA", Verb: "update", Reason: "nhà in báo",
			Before: []byte(`{"label":"a"}`), After: []byte(`{"label":"b"}`)}
		write(t, s, func(tx registry.Tx) error {
			created := want
			created.Verb, created.Reason, created.Before = "create", "", nil
			none, err := tx.LastChange()
			if err := errors.Join(err, tx.AppendChange(created), tx.AppendChange(want)); err != nil {
				return err
			}
			last, err := tx.LastChange()
			if none != 0 || last != 2 {
				t.Errorf("the last change was %d, then %d", none, last)
			}
			return errors.Join(err,
				tx.AppendChange(referral.Change{Entity: "portal", Key: "K7Q2PA"}), tx.AppendChange(referral.Change{Entity: "placement", Key: "K7Q2PB"}))
		})
		list, next, err := s.History(background, "placement", "K7Q2PA", registry.Page{})
		if err != nil || next != "" || len(list) != 2 {
			t.Fatalf("%+v, %q, %v", list, next, err)
		}
		want.ID = 2
		if diff := cmp.Diff(want, list[0]); diff != "" {
			t.Error(diff)
		}
		if list[1].Before != nil || list[1].Verb != "create" {
			t.Errorf("%+v", list[1])
		}
	})
}

// What was printed or said stays: no query deletes from the registry or
// changes its history.
func TestQueries_deleteNothing(t *testing.T) {
	q, err := loadQueries(queryFiles)
	if err != nil {
		t.Fatal(err)
	}
	for name, sql := range q {
		words := strings.Fields(strings.ToUpper(sql))
		for i := 0; i+2 < len(words); i++ {
			table := words[i+1]
			if words[i] == "DELETE" {
				table = words[i+2]
			} else if words[i] != "UPDATE" && words[i] != "REPLACE" && words[i] != "TRUNCATE" {
				continue
			}
			switch table {
			case "HISTORY":
				t.Errorf("%s changes the history", name)
			case "PLACEMENTS", "PORTALS", "CAMPAIGNS", "DESTINATIONS":
				if words[i] != "UPDATE" {
					t.Errorf("%s deletes from %s", name, table)
				}
			}
		}
	}
}
