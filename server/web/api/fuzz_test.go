package api_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"lensan/server/web/api"
)

// Whatever is asked of the statistics is answered, or refused as the asker's fault.
func FuzzStatsQuery(f *testing.F) {
	for _, s := range []string{"", "from=2026-01-01&to=2026-11-24&group_by=month", "group_by=hour&from=2026-11-24", "from=0000-00-00", "to=9999-12-31&from=0001-01-01&group_by=day", "boundaries=recorded&group_by=province",
		"portal=x&portal=y", "province=91&province_on=2021-07-21", "limit=-1", "cursor=%00", "group_by=%ff", "placement=K7Q2PX&group_by=app", "wait=applied", "from=2026-02-30", "&&=&a", "campaign=%27;--&destination=hub"} {
		f.Add(s)
	}
	k := newKit(f)
	k.portals()
	viewer := k.as("viewer")
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }) {
			return // no address holds it
		}
		k.t = t
		for _, path := range []string{"/stats?", "/placements?", "/signups?"} {
			// Not by k.do: openapi.json allows less than is borne with, "group_by=" for one.
			asked := httptest.NewRequest("GET", api.Prefix+path+query, nil)
			asked.Header.Set("Authorization", "Bearer "+viewer)
			answer, err := k.app.Test(asked, 60_000)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if !slices.Contains([]int{200, 400, 422}, answer.StatusCode) {
				t.Errorf("%s%s: %s", path, query, answer.Status)
			}
		}
	})
}

// Whatever a marketplace sends is kept or refused as its fault, by JSON and by CSV.
func FuzzSignups(f *testing.F) {
	for _, s := range []string{"", "{}", `{"report_id":"x","destination":"postmart","rows":[{"day":"2026-11-24","code":"K7Q2PX","count":1}]}`, `{"report_id":"x","destination":"postmart","rows":[{"day":"2026-11-24","code":"K7Q2PX","count":1e9}]}`,
		`{"report_id":"x","destination":"postmart","rows":[{"count":-1},null,[],1.5]}`, `{"report_id":"x","rows":[{"count":99999999999999999999}]}`, `{"rows":{}}`, `{"report_id":"\u0000","destination":"postmart","correct":true,"rows":[]}`,
		`{"report_id":"x","destination":"postmart","correct":true,"reason":"y","rows":[]}`, "day,code,count\n2026-11-24,K7Q2PX,3\n", "Ngày;Mã;Số\n24/11/2026;K7Q2PX;9223372036854775808\n", "day,code,count,stage\n0/0/0,,,\n"} {
		f.Add(s)
	}
	k := newKit(f)
	k.portals()
	f.Fuzz(func(t *testing.T, body string) {
		k.t = t
		for _, r := range []request{
			{method: "POST", path: "/signups", header: []string{"Content-Type: application/json"}},
			{method: "POST", path: "/signups:import?report_id=y&destination=postmart&preview=true", header: []string{"Content-Type: text/csv"}},
			{method: "POST", path: "/signups:import?report_id=y&destination=postmart", header: []string{"Content-Type: text/csv"}},
		} {
			r.role, r.body = "env", body
			if a := k.do(r); !slices.Contains([]int{200, 201, 400, 409, 422}, a.status) {
				t.Errorf("%s: %d, %s", r.path, a.status, a.body)
			}
		}
	})
}
