package api_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/stats"
)

func TestStats(t *testing.T) {
	k := newKit(t)
	k.portals()
	south, north := k.placement("stttt-an-giang", "widget", "support_portal"), k.placement("skhcn-ha-noi", "qr", "hub")
	for visitor := range uint64(3) {
		k.click(south, visitor)
	}
	k.click(south, 1) // again within 10 s
	k.click(north, 9)
	all := k.get("env", "/stats?wait=applied&group_by=province").want(200)
	if all.str("total", "recorded") != "5" || all.str("total", "people") != "4" || all.str("total", "repeat") != "1" || all.str("total", "through") != "3" {
		t.Errorf("total is %v", all.at("total"))
	}
	if all.str("rows", 0, "key") != "91" || all.str("rows", 0, "label") != "An Giang" || all.str("rows", 0, "valid_from") != "2025-07-01" ||
		all.str("rows", 0, "recorded") != "4" || all.str("rows", 1, "key") != "01" {
		t.Errorf("rows are %v", all.at("rows"))
	}
	if all.str("to") != "2026-11-24" || all.str("boundaries") != "current" || all.str("lost") != "0" || all.at("stalled_since") != nil || all.at("applied_at") == nil {
		t.Error(all.body)
	}
	for role, want := range map[string]string{"own": "4", "foreign": "1", "viewer": "5"} {
		for _, boundaries := range []string{"current", "recorded"} {
			if got := k.get(role, "/stats?boundaries="+boundaries).want(200).str("total", "recorded"); got != want {
				t.Errorf("%s reads %s clicks as %s, want %s", role, got, boundaries, want)
			}
		}
	}
	if a := k.get("foreign", "/stats?group_by=portal").want(200); strings.Contains(a.body, "an-giang") {
		t.Error(a.body)
	}
	if got := k.get("foreign", "/stats?province=91").want(200).str("total", "recorded"); got != "0" {
		t.Errorf("another province's clicks: %s", got)
	}
	if got := k.get("own", "/stats?placement="+south+"&group_by=device").want(200); got.str("total", "recorded") == "" {
		t.Error(got.body)
	}
	days := k.get("viewer", "/stats?from=2026-11-23&to=2026-11-24&group_by=day").want(200)
	if days.str("rows", 1, "key") != "2026-11-24" || days.str("rows", 1, "recorded") != "5" || days.str("rows", 0, "recorded") != "0" || days.str("group_by") != "day" {
		t.Error(days.body)
	}
}

func TestStats_everyGroupingIsAnsweredAsDescribed(t *testing.T) {
	k := newKit(t)
	k.portals()
	code := k.placement("stttt-an-giang", "link", "postmart")
	for visitor := range uint64(12) {
		k.click(code, visitor)
	}
	k.get("env", "/stats?wait=applied").want(200)
	k.post("marketplace", "/signups", fmt.Sprintf(`{"report_id":"a","rows":[{"day":"2026-11-24","code":%q,"count":8}]}`, code)).want(201)
	silent := []stats.GroupBy{"hour", "channel", "device", "os", "browser", "app", "referrer_host"} // a marketplace reports days and codes
	for _, by := range append(slices.Clone(stats.Groupings), "") {
		query := "/stats"
		if by != "" {
			query += "?group_by=" + string(by)
		}
		a := k.get("viewer", query).want(200)
		rows := a.at("rows").([]any)
		if a.str("total", "recorded") != "12" || (len(rows) == 0) != (by == "") {
			t.Errorf("by %s: %s", by, a.body)
		}
		total, of := "8", 0
		for i := range rows {
			switch n := a.at("rows", i, "signups").(type) {
			case float64:
				of += int(n)
			case nil:
				total = "<nil>"
			}
		}
		if slices.Contains(silent, by) != (total == "<nil>") || a.str("total", "signups") != total || by != "" && total == "8" && of != 8 {
			t.Errorf("by %s: %d sign-ups in rows: %s", by, of, a.body)
		}
	}
}

// Where devices meet placements, a total of fewer than 5 is withheld, and says so.
func TestStats_withheldTotalSaysSo(t *testing.T) {
	k := newKit(t)
	k.portals()
	few, many := k.placement("stttt-an-giang", "widget", "support_portal"), k.placement("stttt-an-giang", "link", "support_portal")
	for visitor := range uint64(3) {
		k.click(few, visitor)
	}
	for visitor := range uint64(12) {
		k.click(many, visitor)
	}
	k.get("env", "/stats?wait=applied").want(200)
	a := k.get("viewer", "/stats?group_by=app&placement="+few).want(200)
	if a.str("total", "hidden") != "true" || a.str("total", "recorded") != "0" || a.str("total", "people") != "0" || len(a.at("rows").([]any)) != 0 {
		t.Errorf("three clicks: %s", a.body)
	}
	a = k.get("viewer", "/stats?group_by=app&placement="+many).want(200)
	if a.str("total", "hidden") != "false" || a.str("total", "recorded") != "12" {
		t.Errorf("twelve clicks: %s", a.body)
	}
}

func TestStats_faults(t *testing.T) {
	k := newKit(t)
	for q, want := range map[string]string{
		"from=x&to=2026-13-01":              "/from day, /to day",
		"form=2026-11-01":                   "/form query_unknown",
		"from=2026-11-02&to=2026-11-01":     "/to before_from",
		"group_by=colour&boundaries=before": "/group_by stats_word, /boundaries stats_word",
		"portal=none":                       "/portal portal_unknown",
		"wait=forever":                      "/wait one_of",
		"channel=tv":                        "/channel stats_word",
		"province=89":                       "/province province_ended",
	} {
		if got := k.get("env", "/stats?"+q).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
}

func TestStats_waitIsBounded(t *testing.T) {
	k := newKit(t)
	var end time.Time
	k.wait = func(ctx context.Context) error {
		end, _ = ctx.Deadline()
		return errors.Join(errors.New("applier is behind"), referral.ErrUnavailable)
	}
	begun := time.Now()
	a := k.get("env", "/stats?wait=applied").want(503)
	if least, most := end.Sub(begun), time.Until(end); least < 10*time.Second || most > 10*time.Second {
		t.Errorf("waits for %s to %s", most, least)
	}
	if a.header.Get("Retry-After") == "" || strings.Contains(a.body, "applier") || !strings.Contains(a.str("detail"), "not counted yet") {
		t.Errorf("%v %s", a.header, a.body)
	}
	k.get("env", "/stats").want(200)
}
