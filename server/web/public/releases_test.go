package public

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// Two versions; the second is the newest.
func TestReleases(t *testing.T) {
	old, trial := []byte("/*one*/"), []byte("/*two*/")
	oldHash, trialHash := scriptHash(old), scriptHash(trial)
	s, err := readScripts(fstest.MapFS{"dist/v1.js": {Data: trial}, "dist/v1." + oldHash + ".js": {Data: old}})
	if err != nil {
		t.Fatal(err)
	}
	k := newKit(t)
	r := &releases{k.deps, s}
	k.app = fiber.New()
	k.app.Get("/w/v1.js", r.handle)
	k.app.Get("/w/:file", s.handle)
	address := k.serve(t)
	force := func(release referral.Release) {
		snapshot := sampleSnapshot()
		snapshot.Release = release
		links, err := referral.BuildLinks(snapshot, sampleProvinces(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		k.links.Swap(links)
	}
	portal := sampleLinks(t).Find(widgetCode).Portal
	own := portal.Province(referral.DayOf(noon)).ID // today's of a portal that was registered in one that has ended
	if own == sampleSnapshot().Portals[0].Province {
		t.Fatal("the portal's province has not ended")
	}
	const known, unknown = "Referer: https://stttt.angiang.gov.vn/trang", "Referer: https://elsewhere.example.vn/"
	for _, row := range []struct {
		name, header string
		release      referral.Release
		want         []byte
	}{
		{"the newest at first", known, referral.Release{}, trial},
		{"pinned to the old one", known, referral.Release{Stable: oldHash}, old},
		{"on trial", known, referral.Release{Stable: oldHash, Canary: trialHash, Provinces: []referral.ProvinceID{own}}, trial},
		{"on trial, by Origin", "Origin: https://www.stttt.angiang.gov.vn", referral.Release{Stable: oldHash, Canary: trialHash, Provinces: []referral.ProvinceID{own}}, trial},
		{"a portal of nobody", unknown, referral.Release{Stable: oldHash, Canary: trialHash, Provinces: []referral.ProvinceID{own}}, old},
		{"no referrer", "X-Nothing: 1", referral.Release{Stable: oldHash, Canary: trialHash, Provinces: []referral.ProvinceID{own}}, old},
		{"another province tries", known, referral.Release{Stable: oldHash, Canary: trialHash, Provinces: []referral.ProvinceID{own + 9999}}, old},
		{"rolled back", known, referral.Release{Stable: oldHash, Previous: ""}, old},
		{"a version that was taken away", known, referral.Release{Stable: oldHash, Canary: "0000000000", Provinces: []referral.ProvinceID{own}}, old},
		{"both taken away", known, referral.Release{Stable: "1111111111"}, trial},
	} {
		force(row.release)
		got := get(t, address, "/w/v1.js", row.header)
		if text := body(t, got); got.StatusCode != 200 || text != string(row.want) {
			t.Errorf("%s: %d %s", row.name, got.StatusCode, text)
		}
		if got.Header.Get("Cache-Control") != evergreen || got.Header.Get("Vary") != "Accept-Encoding, Referer, Origin" || got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", row.name, got.Header)
		}
		for hash, want := range map[string][]byte{oldHash: old, trialHash: trial} {
			if fixed := get(t, address, "/w/v1."+hash+".js"); body(t, fixed) != string(want) || fixed.Header.Get("Cache-Control") != pinned {
				t.Errorf("%s: v1.%s.js is gone", row.name, hash)
			}
		}
	}
	force(referral.Release{Stable: oldHash})
	if path, _ := r.stable(); path != "/w/v1."+oldHash+".js" {
		t.Errorf("the page hands out %s", path)
	}
	k.links.Swap(nil)
	if got := get(t, address, "/w/v1.js", known); body(t, got) != string(trial) {
		t.Error("nothing without links")
	}
}

func TestReleases_builtIn(t *testing.T) {
	list, err := Releases()
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	s, err := newScripts()
	if err != nil || s.pinned != "/w/v1."+list[0]+".js" || slices.Contains(list[1:], list[0]) {
		t.Errorf("%v %v", list, err)
	}
}
