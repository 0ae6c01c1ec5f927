package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lensan/server/referral"
)

var roleNames = []string{"env", "admin", "editor", "own", "foreign", "viewer", "marketplace", "revoked", "wrong", ""}

// Each operation × each role: a valid request and its status. "own" and
// "foreign" are keys of the province of the portal in question and of another.
func TestRoles(t *testing.T) {
	const (
		readAll  = "env 200, admin 200, editor 200, own 200, foreign 200, viewer 200, marketplace 403"
		readOwn  = "env 200, admin 200, editor 200, own 200, foreign 404, viewer 200, marketplace 403"
		writeOwn = "env 200, admin 200, editor 200, own 200, foreign 404, viewer 403, marketplace 403"
		writeNew = "env 201, admin 201, editor 201, own 201, foreign 422, viewer 403, marketplace 403"
		staffNew = "env 201, admin 201, editor 201, own 403, foreign 403, viewer 403, marketplace 403"
		staff    = "env 200, admin 200, editor 200, own 403, foreign 403, viewer 403, marketplace 403"
		adminNew = "env 201, admin 201, editor 403, own 403, foreign 403, viewer 403, marketplace 403"
		admin    = "env 200, admin 200, editor 403, own 403, foreign 403, viewer 403, marketplace 403"
	)
	cases := []struct {
		method, path, body, want string
	}{
		{"GET", "/openapi.json", "", "env 200, admin 200, editor 200, own 200, foreign 200, viewer 200, marketplace 200, revoked 200, wrong 200,  200"},
		{"GET", "/provinces", "", strings.Replace(readAll, "403", "200", 1)},
		{"GET", "/destinations", "", readAll},
		{"POST", "/destinations", `{"id":"new-#","kind":"guide","name":{"vi":"a","en":"b"},"url":"https://a.vn/"}`, adminNew},
		{"GET", "/destinations/guide", "", readAll},
		{"PATCH", "/destinations/guide", `{"name":{"en":"Guide #"}}`, admin},
		{"GET", "/destinations/guide/health", "", readAll},
		{"POST", "/destinations/guide/health", `{"force":"dead","reason":"Sập #"}`, admin},
		{"GET", "/portals", "", readAll},
		{"POST", "/portals", `{"id":"new-#","name":"x","province":"91"}`, writeNew},
		{"POST", "/portals:import", "id,name,province\ncsv-#,x,91\n", writeNew},
		{"GET", "/portals:succession", "", staff},
		{"POST", "/portals:succession", `{"choices":[{"portal":"ended-#","do":"keep"}],"reason":"#"}`, staff},
		{"GET", "/portals/stttt-an-giang", "", readOwn},
		{"PATCH", "/portals/stttt-an-giang", `{"name":"Sở #"}`, writeOwn},
		{"POST", "/portals/old-#/merge", `{"into":"stttt-an-giang"}`, writeOwn},
		{"GET", "/campaigns", "", readAll},
		{"POST", "/campaigns", `{"id":"new-#","name":"x"}`, staffNew},
		{"GET", "/campaigns/vu-he-thu", "", readAll},
		{"PATCH", "/campaigns/vu-he-thu", `{"name":"Vụ #"}`, staff},
		{"GET", "/placements", "", readAll},
		{"POST", "/placements", `{"portal":"stttt-an-giang","kind":"qr","destination":"hub","label":"#"}`, writeNew},
		{"POST", "/placements:import", "portal,kind,destination,label\nstttt-an-giang,qr,hub,#\n", writeNew},
		{"GET", "/placements/{code}", "", readOwn},
		{"PATCH", "/placements/{code}", `{"label":"chân trang #"}`, writeOwn},
		{"GET", "/placements/{code}/history", "", readOwn},
		{"GET", "/placements/{code}/poster.pdf", "", readOwn},
		{"GET", "/print-batches", "", readAll},
		{"POST", "/print-batches", `{"id":"new-#","name":"x","portal":"stttt-an-giang"}`, writeNew},
		{"GET", "/print-batches/dot-1", "", readOwn},
		{"PATCH", "/print-batches/dot-1", `{"name":"Đợt #"}`, writeOwn},
		{"GET", "/print-batches/dot-1/history", "", readOwn},
		{"GET", "/print-batches/dot-1/posters.pdf?paper=A5", "", readOwn},
		{"GET", "/print-batches/dot-1/posters.zip?bleed=true", "", readOwn},
		{"GET", "/print-batches/dot-1/places", "", readOwn},
		{"GET", "/print-batches/dot-1/scans", "", readOwn},
		{"POST", "/print-batches/dot-1/places:import", "label\nChợ #\n", strings.NewReplacer("200", "201").Replace(writeOwn)},
		{"PATCH", "/print-batches/dot-1/places/{place}", `{"address":"#"}`, writeOwn},
		{"POST", "/print-batches/draft-#/approve", "", strings.Replace(writeOwn, "editor 200", "editor 403", 1)},
		{"POST", "/print-batches/approved-#/withdraw", `{"reason":"Sai"}`, writeOwn},
		{"POST", "/print-batches/ready-#/print", `{"printer":"Nhà in"}`, writeOwn},
		{"POST", "/print-batches/printed-#/place", `{}`, writeOwn},
		{"POST", "/print-batches/done-#/places/{done}/place", `{"address":"#"}`, writeOwn},
		{"POST", "/print-batches/old-#/retire", `{"reason":"Hết"}`, writeOwn},
		{"GET", "/code-reports", "", readAll},
		{"POST", "/code-reports/{report}/close", `{"outcome":"Đã gỡ #"}`, writeOwn},
		{"GET", "/widget", "", admin},
		{"PATCH", "/widget", `{"canary":"bbbbbbbbbb","canary_provinces":["91"],"reason":"#"}`, admin},
		{"GET", "/texts?group=hub", "", staff},
		{"PUT", "/texts/vi/public.hub.title", `{"text":"Lên sàn #","reason":"#"}`, staff},
		{"DELETE", "/texts/en/public.hub.title?reason=%23", "", strings.ReplaceAll(staff, "200", "204")},
		{"GET", "/stats", "", readAll},
		{"GET", "/stats?portal=stttt-an-giang", "", strings.Replace(readOwn, "404", "422", 1)},
		{"GET", "/stats?placement={code}", "", strings.Replace(readOwn, "404", "422", 1)},
		{"GET", "/coverage", "", readAll},
		{"GET", "/signups", "", "env 200, admin 200, editor 200, own 403, foreign 403, viewer 200, marketplace 200"},
		{"POST", "/signups", `{"report_id":"#","destination":"postmart","rows":[{"day":"2026-11-24","code":"{code}","count":0}]}`,
			"env 201, admin 201, editor 403, own 403, foreign 403, viewer 403, marketplace 201"},
		{"POST", "/signups:import?report_id=csv-#&destination=postmart", "day,code,count\n2026-11-24,{code},0\n",
			"env 201, admin 201, editor 403, own 403, foreign 403, viewer 403, marketplace 201"},
		{"GET", "/audit", "", admin},
		{"GET", "/keys", "", admin},
		{"POST", "/keys", `{"label":"#","role":"viewer"}`, adminNew},
		{"GET", "/keys/1", "", admin},
		{"DELETE", "/keys/{key}", "", strings.ReplaceAll(admin, "200", "204")},
	}
	k := newKit(t)
	k.portals()
	k.post("env", "/campaigns", `{"id":"vu-he-thu","name":"Vụ hè thu"}`).want(201)
	code := k.placement("stttt-an-giang", "widget", "support_portal")
	for _, role := range roleNames {
		k.as(roleOf(role))
		k.post("env", "/portals", fmt.Sprintf(`{"id":"old-%s","name":"cũ","province":"91"}`, nameOf(role))).want(201)
		k.post("env", "/portals", fmt.Sprintf(`{"id":"ended-%s","name":"cũ","province":"91","province_on":"2021-07-21"}`, nameOf(role))).want(201)
	}
	k.post("editor", "/print-batches", `{"id":"dot-1","name":"Đợt 1","portal":"stttt-an-giang"}`).want(201)
	place := k.csv("editor", "/print-batches/dot-1/places:import", "label\nChợ\n").want(201).str("items", 0, "code")
	done := map[string]string{}
	for _, role := range roleNames {
		name := nameOf(role)
		k.batch("draft-" + name)
		k.batch("approved-"+name, "approve", "")
		k.batch("ready-"+name, "approve", "")
		k.batch("printed-"+name, "approve", "", "print", `{"printer":"x"}`)
		done[role] = k.batch("done-"+name, "approve", "", "print", `{"printer":"x"}`)
		k.batch("old-" + name)
	}
	reports := map[string]referral.CodeReport{}
	for _, role := range roleNames {
		x, err := k.registry.ReportCode(context.Background(), referral.CodeReport{Code: referral.Code(place), Where: "Chợ Long Xuyên"})
		reports[role] = must(t, x, err)
	}
	revoked := k.post("env", "/keys", `{"label":"x","role":"admin"}`).want(201)
	k.keys["revoked"], k.keys["wrong"] = revoked.str("secret"), "lsk_wrong"
	k.do(request{role: "env", method: "DELETE", path: "/keys/" + revoked.str("id")}).want(204)

	covered := map[string]bool{}
	for _, c := range cases {
		path, _, _ := strings.Cut(c.path, "?")
		covered[c.method+" "+strings.NewReplacer("stttt-an-giang", "{id}", "guide", "{id}", "vu-he-thu", "{id}", "old-#", "{id}", "{key}", "{id}", "/1", "/{id}",
			"dot-1", "{id}", "draft-#", "{id}", "approved-#", "{id}", "ready-#", "{id}", "printed-#", "{id}", "done-#", "{id}", "{report}", "{id}",
			"{place}", "{code}", "{done}", "{code}", "/texts/vi/", "/texts/{lang}/", "/texts/en/", "/texts/{lang}/", "public.hub.title", "{key}").Replace(path)] = true
		want := map[string]int{"revoked": 401, "wrong": 401, "": 401}
		for _, pair := range strings.Split(c.want, ", ") {
			i := strings.LastIndex(pair, " ")
			fmt.Sscan(pair[i+1:], new(int))
			var status int
			fmt.Sscan(pair[i+1:], &status)
			want[strings.TrimSpace(pair[:i])] = status
		}
		for _, role := range roleNames {
			t.Run(c.method+" "+c.path+" as "+nameOf(role), func(t *testing.T) {
				k.t = t
				key := "1"
				if strings.Contains(c.path, "{key}") {
					key = k.post("env", "/keys", `{"label":"x","role":"viewer"}`).want(201).str("id")
				}
				r := request{role: role, method: c.method, body: strings.NewReplacer("#", nameOf(role), "{code}", code).Replace(c.body),
					path: strings.NewReplacer("#", nameOf(role), "{code}", code, "{key}", key, "{place}", place, "{done}", done[role],
						"{report}", fmt.Sprint(reports[role].Num)).Replace(c.path)}
				if strings.Contains(c.path, ":import") {
					r.header = []string{"Content-Type: text/csv"}
				}
				before := k.version()
				a := k.do(r).want(want[role])
				if a.status >= 400 && k.version() != before {
					t.Error("something was written")
				}
				if a.status == 401 && a.header.Get("WWW-Authenticate") == "" {
					t.Error("401 without WWW-Authenticate")
				}
				if role == "foreign" && a.status >= 400 {
					for _, secret := range []string{"Sở TT&TT", "stttt.angiang.gov.vn", "\\u0026TT An Giang"} {
						if strings.Contains(a.body, secret) {
							t.Errorf("%q shows in %s", secret, a.body)
						}
					}
				}
			})
		}
	}
	k.t = t
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			if !covered[method+" "+path] {
				t.Errorf("no role was tried on %s %s", method, path)
			}
		}
	}
}

func roleOf(role string) string {
	switch role {
	case "revoked", "wrong":
		return ""
	}
	return role
}

func nameOf(role string) string {
	if role == "" {
		return "nobody"
	}
	return role
}

// What belongs to another province answers exactly as what does not exist.
func TestForeignIsAsIfItDidNotExist(t *testing.T) {
	k := newKit(t)
	k.portals()
	code := k.placement("stttt-an-giang", "widget", "support_portal")
	other := k.placement("stttt-an-giang", "qr", "hub")
	for _, role := range []string{"admin", "own"} {
		k.get(role, "/placements/"+code).want(200)
	}
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/portals/%", ""}, {"PATCH", "/portals/%", `{"name":"x"}`}, {"POST", "/portals/%/merge", `{"into":"skhcn-ha-noi"}`},
		{"GET", "/stats?portal=%", ""}, {"POST", "/placements", `{"portal":"%","kind":"qr","destination":"hub"}`},
		{"POST", "/portals/skhcn-ha-noi/merge", `{"into":"%"}`}, {"GET", "/stats?portal=%&placement=" + code, ""},
	} {
		real := k.do(request{role: "foreign", method: c.method, path: strings.ReplaceAll(c.path, "%", "stttt-an-giang"), body: strings.ReplaceAll(c.body, "%", "stttt-an-giang")})
		none := k.do(request{role: "foreign", method: c.method, path: strings.ReplaceAll(c.path, "%", "stttt-an-none1"), body: strings.ReplaceAll(c.body, "%", "stttt-an-none1")})
		if got := strings.ReplaceAll(real.body, "stttt-an-giang", "stttt-an-none1"); real.status != none.status || got != none.body {
			t.Errorf("%s %s: %d %s\nwhere nothing is: %d %s", c.method, c.path, real.status, real.body, none.status, none.body)
		}
	}
	k.get("own", "/stats?placement="+strings.ToLower(code)).want(200)
	mine, ghost := k.placement("skhcn-ha-noi", "qr", "hub"), referral.NewCode()
	for _, q := range []string{"/stats?placement=%", "/stats?portal=skhcn-ha-noi&placement=%", "/stats?province=01&placement=%"} {
		k.get("foreign", strings.ReplaceAll(q, "%", mine)).want(200)
		real, none := k.get("foreign", strings.ReplaceAll(q, "%", code)), k.get("foreign", strings.ReplaceAll(q, "%", string(ghost)))
		if got := strings.ReplaceAll(real.body, code, string(ghost)); real.status != 422 || got != none.body {
			t.Errorf("%s: %d %s\nwhere nothing is: %d %s", q, real.status, real.body, none.status, none.body)
		}
	}
	if got := k.get("foreign", "/portals").want(200); strings.Contains(got.body, "an-giang") || !strings.Contains(got.body, "ha-noi") {
		t.Error(got.body)
	}
	if got := k.get("foreign", "/placements?portal=stttt-an-giang").want(200); strings.Contains(got.body, other) || strings.Contains(got.body, code) {
		t.Error(got.body)
	}
	if got := k.get("foreign", "/placements?province=91").want(200); len(got.at("items").([]any)) != 0 {
		t.Error(got.body)
	}
}
