package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/referral"
	"lensan/server/registry"
)

func codes(list []referral.Placement) (out []string) {
	for _, p := range list {
		out = append(out, string(p.Code))
	}
	return out
}

func ids(list []referral.Portal) (out []string) {
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

func TestLists_filter(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		filled(t, s)
		for _, c := range []struct {
			name   string
			page   registry.Page
			filter registry.Filter
			want   []string
		}{
			{"all, newest first", registry.Page{}, registry.Filter{}, []string{"K7Q2PC", "K7Q2PB", "K7Q2PA"}},
			{"portal", registry.Page{}, registry.Filter{Portal: "stttt-dong-thap"}, []string{"K7Q2PC", "K7Q2PA"}},
			{"destination", registry.Page{}, registry.Filter{Destination: "voso"}, []string{"K7Q2PA"}},
			{"hub", registry.Page{}, registry.Filter{Destination: referral.HubID}, []string{"K7Q2PB"}},
			{"campaign", registry.Page{}, registry.Filter{Campaign: "tet-2026"}, []string{"K7Q2PC", "K7Q2PB"}},
			{"kind", registry.Page{}, registry.Filter{Kind: "qr"}, []string{"K7Q2PB"}},
			{"state", registry.Page{}, registry.Filter{State: "retired"}, []string{"K7Q2PC"}},
			{"provinces", registry.Page{}, registry.Filter{Provinces: []referral.ProvinceID{820, 870, 821}}, []string{"K7Q2PC", "K7Q2PA"}},
			{"several", registry.Page{Search: "stttt"}, registry.Filter{Campaign: "tet-2026", State: "retired", Provinces: []referral.ProvinceID{870}}, []string{"K7Q2PC"}},
			{"nothing", registry.Page{}, registry.Filter{Portal: "x"}, nil},
			{"label without accents", registry.Page{Search: "cho dong BA"}, registry.Filter{}, []string{"K7Q2PB"}},
			{"label in NFD", registry.Page{Search: "Cho\u031b\u0323 Đông"}, registry.Filter{}, []string{"K7Q2PB"}},
			{"code in lower case", registry.Page{Search: "k7q2pb"}, registry.Filter{}, []string{"K7Q2PB"}},
			{"the portal's name", registry.Page{Search: "đồng tháp"}, registry.Filter{}, []string{"K7Q2PC", "K7Q2PA"}},
			{"a host", registry.Page{Search: "stttt.dongthap.gov.vn"}, registry.Filter{}, []string{"K7Q2PC", "K7Q2PA"}},
			{"a percent sign", registry.Page{Search: "%"}, registry.Filter{}, nil},
			{"an underscore", registry.Page{Search: "k7q2p_"}, registry.Filter{}, nil},
			{"a backslash", registry.Page{Search: `\`}, registry.Filter{}, nil},
			{"a quotation mark", registry.Page{Search: "' OR 1=1 --"}, registry.Filter{}, nil},
			{"spaces alone", registry.Page{Search: "  "}, registry.Filter{}, []string{"K7Q2PC", "K7Q2PB", "K7Q2PA"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				list, next, err := s.Placements(background, c.page, c.filter)
				if diff := cmp.Diff(c.want, codes(list)); err != nil || next != "" || diff != "" {
					t.Errorf("%v, next %q %s", err, next, diff)
				}
			})
		}
		for _, c := range []struct {
			search string
			filter registry.Filter
			want   []string
		}{
			{"", registry.Filter{}, []string{"snn-hue", "stttt-dong-thap"}},
			{"thua thien", registry.Filter{}, []string{"snn-hue"}},
			{"DONGTHAP.VN", registry.Filter{}, []string{"stttt-dong-thap"}},
			{"", registry.Filter{Provinces: []referral.ProvinceID{460, 461}}, []string{"snn-hue"}},
			{"", registry.Filter{State: "merged"}, nil},
			{"", registry.Filter{State: "open"}, []string{"snn-hue", "stttt-dong-thap"}},
		} {
			list, _, err := s.Portals(background, registry.Page{Search: c.search}, c.filter)
			if diff := cmp.Diff(c.want, ids(list)); err != nil || diff != "" {
				t.Errorf("portals %q %+v: %v %s", c.search, c.filter, err, diff)
			}
		}
		if list, _, err := s.Campaigns(background, registry.Page{Search: "binh ngo"}); err != nil || len(list) != 1 {
			t.Errorf("campaigns: %v, %v", list, err)
		}
	})
}

// Whatever the page size, walking through a list gives every row once and in
// order, and what is added on the way disturbs nobody.
func TestLists_paging(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		const n = 137
		var wantIDs, wantCodes []string
		write(t, s, func(tx registry.Tx) error {
			for i := range n {
				id := fmt.Sprintf("p-%03d", (i*50)%n)
				wantIDs, wantCodes = append(wantIDs, id), append(wantCodes, fmt.Sprintf("C%05d", i))
				if err := errors.Join(tx.InsertPortal(&referral.Portal{ID: id}), tx.InsertCampaign(&referral.Campaign{ID: id}),
					tx.InsertPlacement(&referral.Placement{Code: referral.Code(wantCodes[i]), Portal: id, Destination: referral.HubID}),
					tx.AppendChange(referral.Change{Entity: "portal", Key: "x", Reason: wantCodes[i]})); err != nil {
					return err
				}
			}
			return nil
		})
		slices.Sort(wantIDs)
		slices.Reverse(wantCodes)
		added := 0
		rapid.Check(t, func(t *rapid.T) {
			page := registry.Page{Limit: rapid.IntRange(1, n+2).Draw(t, "limit")}
			var gotIDs, gotCampaigns, gotCodes, gotChanges []string
			for page.Cursor = ""; ; {
				list, next, err := s.Portals(background, page, registry.Filter{})
				if err != nil || len(list) > page.Limit || len(list) == 0 {
					t.Fatalf("%d portals, %v", len(list), err)
				}
				gotIDs = append(gotIDs, ids(list)...)
				if page.Cursor = next; next == "" {
					break
				}
			}
			for page.Cursor = ""; ; {
				list, next, err := s.Campaigns(background, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range list {
					gotCampaigns = append(gotCampaigns, c.ID)
				}
				if page.Cursor = next; next == "" {
					break
				}
			}
			grown := false
			for page.Cursor = ""; ; {
				list, next, err := s.Placements(background, page, registry.Filter{})
				if err != nil {
					t.Fatal(err)
				}
				gotCodes = append(gotCodes, codes(list)...)
				if page.Cursor = next; next == "" {
					break
				}
				if !grown && added < 5 {
					grown = true
					added++
					if err := s.Write(background, func(tx registry.Tx) error {
						return tx.InsertPlacement(&referral.Placement{Code: referral.Code(fmt.Sprintf("NEW%03d", added)), Portal: "p-000", Destination: referral.HubID})
					}); err != nil {
						t.Fatal(err)
					}
				}
			}
			for page.Cursor = ""; ; {
				list, next, err := s.History(background, "portal", "x", page)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range list {
					gotChanges = append(gotChanges, c.Reason)
				}
				if page.Cursor = next; next == "" {
					break
				}
			}
			gotCodes = slices.DeleteFunc(gotCodes, func(c string) bool { return c[0] == 'N' })
			for _, diff := range []string{cmp.Diff(wantIDs, gotIDs), cmp.Diff(wantIDs, gotCampaigns), cmp.Diff(wantCodes, gotCodes), cmp.Diff(wantCodes, gotChanges)} {
				if diff != "" {
					t.Fatal(diff)
				}
			}
		})
		for _, c := range []struct{ limit, want int }{{0, 50}, {-1, 50}, {1, 1}, {500, n}, {100000, n}} {
			if list, _, err := s.Portals(background, registry.Page{Limit: c.limit}, registry.Filter{}); err != nil || len(list) != c.want {
				t.Errorf("limit %d gives %d portals, %v", c.limit, len(list), err)
			}
		}
	})
}

func TestPageSize(t *testing.T) {
	for limit, want := range map[int]int{-5: 50, 0: 50, 1: 1, 500: 500, 501: 500} {
		if got := pageSize(limit); got != want {
			t.Errorf("pageSize(%d) = %d, want %d", limit, got, want)
		}
	}
}

func FuzzCursor(f *testing.F) {
	s := openMigrated(f, "sqlite")
	filled(f, s)
	for _, c := range []string{"", "x", "MQ", writeCursor("3"), writeCursor("snn-hue"), writeCursor("' OR 1=1"), writeCursor("9223372036854775808"), "MTM=", "Mg", "\x00"} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		_, _, err1 := s.Portals(background, registry.Page{Cursor: cursor}, registry.Filter{})
		_, _, err2 := s.Placements(background, registry.Page{Cursor: cursor}, registry.Filter{})
		for _, err := range []error{err1, err2} {
			if err == nil {
				continue
			}
			var named *referral.Error
			if !errors.As(err, &named) || named.Kind != referral.ErrInvalid || len(named.Fields) != 1 || named.Fields[0].Field != "/cursor" {
				t.Fatalf("cursor %q: %v", cursor, err)
			}
		}
		if key, err := readCursor(writeCursor(cursor)); cursor != "" && (err != nil || key != cursor) {
			t.Fatalf("%q came back as %q, %v", cursor, key, err)
		}
	})
}

func TestCursor_bad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		for _, cursor := range []string{"x", "!!", "Mg", "MQ", writeCursor("abc")} {
			_, _, err := s.Placements(background, registry.Page{Cursor: cursor}, registry.Filter{})
			if !errors.Is(err, referral.ErrInvalid) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}
