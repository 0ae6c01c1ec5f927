package api_test

import (
	"context"
	"fmt"
	"testing"

	"lensan/server/referral"
	"lensan/server/rollup"
)

func TestCoverage(t *testing.T) {
	k := newKit(t)
	if a := k.get("viewer", "/coverage").want(200); a.at("at") != nil || len(a.at("items").([]any)) != 0 {
		t.Error(a.body)
	}
	code := k.link("hub")
	l := k.links.Load().Find(k.code(code))
	today := referral.DayOf(k.now())
	if err := k.store.AddViews(context.Background(), map[rollup.ViewKey]rollup.Views{{Day: today, Placement: l.Num, Province: 911, Host: "www.stttt.angiang.gov.vn"}: {Views: 7}}); err != nil {
		t.Fatal(err)
	}
	if err := k.coverage.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	a := k.get("viewer", "/coverage").want(200)
	if len(a.at("items").([]any)) != 34 || a.str("provinces") != "1" || a.str("portals", "seen_not_found") != "1" || len(a.at("weeks").([]any)) != 1 {
		t.Error(a.body)
	}
	row := k.get("viewer", "/coverage?province=91").want(200)
	if row.str("items", 0, "portal", "id") != "stttt-an-giang" || row.str("items", 0, "state") != "seen_not_found" || row.at("items", 0, "disagreement") != true ||
		row.str("items", 0, "last_view") != today.String() || row.str("items", 0, "views_28d") != "7" || row.at("items", 0, "last_check") != nil {
		t.Error(row.body)
	}
	if a := k.get("viewer", "/coverage?state=lost").want(200); len(a.at("items").([]any)) != 0 {
		t.Error(a.body)
	}
	own, foreign := k.get("own", "/coverage").want(200), k.get("foreign", "/coverage").want(200)
	if len(own.at("items").([]any)) != 1 || own.str("provinces") != "1" || len(own.at("weeks").([]any)) != 0 {
		t.Error(own.body)
	}
	if len(foreign.at("items").([]any)) != 1 || foreign.str("items", 0, "portal", "id") != "skhcn-ha-noi" || foreign.str("provinces") != "0" {
		t.Error(foreign.body)
	}
	seen, cursor := map[string]bool{}, ""
	for range 20 {
		page := k.get("viewer", "/coverage?limit=3"+cursor).want(200)
		for i := range page.at("items").([]any) {
			key := page.str("items", i, "province", "code") + page.str("items", i, "portal")
			if seen[key] {
				t.Errorf("%s twice", key)
			}
			seen[key] = true
		}
		next := page.at("next_cursor")
		if next == nil {
			break
		}
		cursor = "&cursor=" + fmt.Sprint(next)
	}
	if len(seen) != 34 {
		t.Errorf("%d rows by pages", len(seen))
	}
	for query, want := range map[string]string{"state=fine": "/state one_of", "province=89": "/province province_ended", "cursor=%25": "/cursor cursor", "limit=0": "/limit range", "x=1": "/x query_unknown"} {
		if got := k.get("viewer", "/coverage?"+query).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
