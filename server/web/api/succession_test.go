package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSuccession(t *testing.T) {
	k := newKit(t)
	empty := k.get("editor", "/portals:succession").want(200)
	if empty.body != `{"open":0,"groups":[],"steps":[]}`+"\n" {
		t.Error(empty.body)
	}
	for id, province := range map[string]string{"stttt-ag": "89", "stttt-kg": "91"} {
		name := map[string]string{"89": "An Giang", "91": "Kiên Giang"}[province]
		k.post("env", "/portals", fmt.Sprintf(`{"id":%q,"name":"Sở TT&TT %s","province":%q,"province_on":"2021-07-21"}`, id, name, province)).want(201)
	}
	k.placement("stttt-ag", "qr", "hub")
	list := k.get("editor", "/portals:succession").want(200)
	for want, path := range map[string][]any{
		"2":          {"open"},
		"91":         {"groups", 0, "province", "code"},
		"2025-07-01": {"groups", 0, "portals", 0, "counted_since"},
		"stttt-ag":   {"groups", 0, "portals", 0, "portal"},
		"89":         {"groups", 0, "portals", 0, "registered", "code"},
		"1":          {"groups", 0, "portals", 0, "placements"},
		"0":          {"groups", 0, "portals", 0, "people_90d"},
		"map[do:register into:<nil> why:receives]":    {"groups", 0, "portals", 0, "proposal"},
		"map[do:merge into:stttt-ag why:same_office]": {"groups", 0, "portals", 1, "proposal"},
		"stttt-kg": {"groups", 0, "candidates", 1, "portal"},
	} {
		if got := list.str(path...); got != want {
			t.Errorf("%v: %s, want %s", path, got, want)
		}
	}

	const choices = `"choices":[{"portal":"stttt-ag","do":"register"},{"portal":"stttt-kg","do":"merge","into":"stttt-ag"}]`
	version := k.version()
	preview := k.post("editor", "/portals:succession", `{`+choices+`,"preview":true}`).want(200)
	if preview.at("step") != nil || preview.str("changes", 1, "after") != "map[merged_into:stttt-ag]" || k.version() != version {
		t.Error(preview.body)
	}
	refused := k.post("editor", "/portals:succession", `{`+strings.Replace(choices, `"stttt-ag"}]`, `"none"}]`, 1)+`}`).want(422)
	for _, pointer := range []string{`"/reason"`, `"/choices/1/into"`} {
		if !strings.Contains(refused.body, `"pointer":`+pointer) {
			t.Errorf("%s is not named: %s", pointer, refused.body)
		}
	}
	done := k.post("editor", "/portals:succession", `{`+choices+`,"reason":"Hợp nhất sở"}`).want(200)
	step := done.str("step", "id")
	portal := k.get("env", "/portals/stttt-ag").want(200)
	if portal.str("province") != "91" || portal.str("province_valid_from") != "2025-07-01" || portal.str("former_province", "code") != "89" {
		t.Error(portal.body)
	}
	audit := k.get("env", "/audit?what=succession").want(200)
	if audit.str("items", 0, "verb") != "apply" || audit.str("items", 0, "reason") != "Hợp nhất sở" {
		t.Error(audit.body)
	}
	// What stands in the way of an undo is named.
	k.pass(time.Hour)
	k.patch("env", "/portals/stttt-ag", `{"province":"01","reason":"chọn nhầm"}`).want(200)
	refused = k.post("editor", "/portals:succession", `{"undo":`+step+`,"reason":"nhầm"}`).want(409)
	if refused.str("errors", 0, "pointer") != "/portals/stttt-ag" || !strings.Contains(refused.str("errors", 0, "detail"), "at 09:30 24/11/2026") {
		t.Error(refused.body)
	}
	again := k.post("env", "/portals", `{"id":"b","name":"Sở Y tế","province":"89","province_on":"2021-07-21"}`).want(201).str("id")
	step = k.post("admin", "/portals:succession", `{"choices":[{"portal":"`+again+`","do":"keep"}],"reason":"x"}`).want(200).str("step", "id")
	undone := k.post("admin", "/portals:succession", `{"undo":`+step+`,"reason":"nhầm"}`).want(200)
	if undone.str("step", "undone", "reason") != "nhầm" || k.get("env", "/portals:succession").want(200).str("steps", 0, "undone", "reason") != "nhầm" {
		t.Error(undone.body)
	}
	for body, want := range map[string]int{
		`{"undo":` + step + `,"reason":"nhầm"}`:                            409,
		`{"undo":1,"reason":"nhầm"}`:                                       404,
		`{"undo":` + step + `,"choices":[],"preview":false,"reason":"x"}`:  422,
		`{"choices":[{"portal":"b"},7],"reason":"x"}`:                      422,
		`{"choices":[{"portal":"b","do":"keep","from":"z"}],"reason":"x"}`: 422,
		`{"reason":"x"}`: 422,
	} {
		k.post("admin", "/portals:succession", body).want(want)
	}
}
