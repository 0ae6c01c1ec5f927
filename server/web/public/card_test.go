package public

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
)

func TestCards(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	got := get(t, address, "/w/v1.json", "Origin: https://a.gov.vn")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Cache-Control") != evergreen ||
		got.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	var lines map[string][][2]string
	if err := json.Unmarshal([]byte(body(t, got)), &lines); err != nil {
		t.Fatal(err)
	}
	want := map[string][][2]string{
		"vi": {{"", "Gần 3,1 triệu hộ đã được hỗ trợ"}, {"", "Gần 26.000 tấn nông sản đã bán"}, {"support_portal", "Tên support_portal"},
			{"guide", "Tên guide"}, {"postmart", "Tên postmart"}, {"feedback", "Tên feedback"}},
		"en": {{"", "Nearly 3.1 million households helped"}, {"", "Almost 26,000 tonnes of produce sold"}, {"support_portal", "Name support_portal"},
			{"guide", "Name guide"}, {"postmart", "Name postmart"}, {"feedback", "Name feedback"}},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if again := get(t, address, "/w/v1.json", "If-None-Match: "+got.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("asked again: %d", again.StatusCode)
	}
}

// A card follows the link table in force.
func TestCards_newLinks(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	before := get(t, address, "/w/v1.json")
	empty, err := referral.BuildLinks(referral.Snapshot{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	k.deps.Links.Swap(empty)
	after := get(t, address, "/w/v1.json")
	if body(t, before) == body(t, after) || before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Error("the card still says what it said before")
	}
	k.deps.Links.Swap(nil)
	if got := get(t, address, "/w/v1.json"); got.StatusCode != 503 {
		t.Errorf("without links: %d", got.StatusCode)
	}
}
