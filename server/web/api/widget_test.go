package api_test

import (
	"testing"
)

func TestWidget(t *testing.T) {
	k := newKit(t)
	k.portals()
	if got := k.get("env", "/widget").want(200); got.at("stable") != nil || got.at("canary") != nil || got.str("versions", 0) != "bbbbbbbbbb" || got.at("updated_at") != nil {
		t.Error(got.body)
	}
	inForce := func() string { // for a page of the portal in An Giang
		l := k.links.Load()
		return l.Release().For(l.PortalAt("www.stttt.angiang.gov.vn").Province(20_800))
	}
	k.patch("env", "/widget", `{"stable":"aaaaaaaaaa","canary":"bbbbbbbbbb","canary_provinces":["91"],"reason":"thử"}`).want(200)
	if got := inForce(); got != "bbbbbbbbbb" {
		t.Errorf("on trial: %q", got)
	}
	got := k.patch("env", "/widget", `{"canary":null}`).want(200)
	if got.at("canary") != nil || len(got.at("canary_provinces").([]any)) != 0 || inForce() != "aaaaaaaaaa" {
		t.Errorf("rolled back: %s, %s", got.body, inForce())
	}
	if same := k.patch("env", "/widget", `{"stable":"aaaaaaaaaa"}`).want(200); same.body != got.body {
		t.Errorf("nothing changed and yet: %s", same.body)
	}
	for body, want := range map[string]string{
		`{"stable":"0123456789"}`:                              "/stable release_unknown",
		`{"canary":"bbbbbbbbbb"}`:                              "/canary_provinces required",
		`{"canary":"bbbbbbbbbb","canary_provinces":["99"]}`:    "/canary_provinces province_unknown",
		`{"canary":"bbbbbbbbbb","canary_provinces":["91", 1]}`: "/canary_provinces/1 json_type",
		`{"version":"x"}`:                                      "/version json_unknown",
	} {
		if got := k.patch("env", "/widget", body).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}
