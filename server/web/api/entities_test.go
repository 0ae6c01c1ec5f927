package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPortals(t *testing.T) {
	k := newKit(t)
	made := k.post("env", "/portals", anGiang).want(201)
	var got, want any
	if err := json.Unmarshal([]byte(made.body), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"id":"stttt-an-giang","name":"Sở TT&TT An Giang","province":"89","province_valid_from":"2008-08-01","former_province":null,
		"current_province":{"code":"91","valid_from":"2025-07-01","name":{"vi":"An Giang","en":"An Giang"}},
		"hosts":["stttt.angiang.gov.vn"],"pages":[],"contact_email":null,"merged_into":null,"created_at":"2026-11-24T01:30:00Z","updated_at":"2026-11-24T01:30:00Z"}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if loc := made.header.Get("Location"); loc != "/api/v1/portals/stttt-an-giang" {
		t.Errorf("Location %s", loc)
	}
	k.post("env", "/portals", haNoi).want(201)
	k.patch("env", "/portals/stttt-an-giang", `{"contact_email":"a@angiang.gov.vn","hosts":["A.angiang.gov.vn "],"reason":"sáp nhập"}`).want(200)
	if p := k.patch("env", "/portals/stttt-an-giang", `{"contact_email":null}`).want(200); p.at("contact_email") != nil || p.str("hosts", 0) != "a.angiang.gov.vn" {
		t.Error(p.body)
	}
	if p := k.patch("env", "/portals/stttt-an-giang", `{"pages":["/chuyen-doi-so#x"," HTTPS://WWW.A.angiang.gov.vn/Lien-Ket","/chuyen-doi-so"]}`).want(200); p.str("pages", 0) != "/chuyen-doi-so" || p.str("pages", 1) != "https://www.a.angiang.gov.vn/Lien-Ket" || len(p.at("pages").([]any)) != 2 {
		t.Error(p.body)
	}
	if got := k.patch("env", "/portals/stttt-an-giang", `{"hosts":["b.angiang.gov.vn"]}`).want(422).faults(); got != "/pages/1 page_foreign" {
		t.Error(got)
	}
	ended := k.post("env", "/portals", `{"id":"x","name":"x","province":"89"}`).want(422)
	if ended.faults() != "/province province_ended" || !strings.Contains(ended.body, "91") {
		t.Error(ended.body)
	}
	k.post("env", "/portals", `{"id":"skhcn-an-giang","name":"Sở KH&CN An Giang","province":"91"}`).want(201)
	merged := k.post("env", "/portals/stttt-an-giang/merge", `{"into":"skhcn-an-giang","reason":"sáp nhập sở"}`).want(200)
	if merged.str("merged_into") != "skhcn-an-giang" {
		t.Error(merged.body)
	}
	if got := k.post("env", "/portals/stttt-an-giang/merge", `{}`).want(422).faults(); got != "/into required" {
		t.Error(got)
	}
	if got := k.get("env", "/portals?province=91&search=so%20tt").want(200); len(got.at("items").([]any)) != 1 {
		t.Error(got.body)
	}
}

func TestCampaigns(t *testing.T) {
	k := newKit(t)
	made := k.post("editor", "/campaigns", `{"id":"he-2026","name":"Hè 2026","from":"2026-05-01","to":"2026-08-31"}`).want(201)
	if made.header.Get("Location") != "/api/v1/campaigns/he-2026" || made.str("from") != "2026-05-01" {
		t.Error(made.body)
	}
	if c := k.patch("editor", "/campaigns/he-2026", `{"to":null}`).want(200); c.at("to") != nil || c.str("from") != "2026-05-01" {
		t.Error(c.body)
	}
	if got := k.patch("editor", "/campaigns/he-2026", `{"to":"2026-04-30"}`).want(422).faults(); got != "/to before_from" {
		t.Error(got)
	}
	if got := k.patch("editor", "/campaigns/he-2026", `{"to":"2026-02-30","from":"mai"}`).want(422).faults(); got != "/from day, /to day" {
		t.Error(got)
	}
	if got := k.get("viewer", "/campaigns?search=he").want(200); got.str("items", 0, "id") != "he-2026" {
		t.Error(got.body)
	}
	k.get("viewer", "/campaigns/he-2027").want(404)
}

func TestPlacements(t *testing.T) {
	k := newKit(t)
	k.portals()
	k.post("env", "/campaigns", `{"id":"he-2026","name":"Hè 2026"}`).want(201)
	made := k.post("own", "/placements", `{"portal":"stttt-an-giang","kind":"widget","destination":"support_portal","label":"Chân trang","campaign":"he-2026"}`).want(201)
	code := made.str("code")
	alt := "Hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử"
	for path, want := range map[string]string{
		"urls.go":         base + "/go/" + code,
		"urls.scan":       "HTTPS://LENSAN.EXAMPLE.VN/" + code,
		"urls.badge":      base + "/b/" + code + ".svg",
		"urls.embed":      base + "/nhung/" + code,
		"urls.qr":         base + "/qr/" + code + ".svg",
		"snippets.badge":  `<a href="` + base + `/go/` + code + `" target="_blank" rel="noopener"><img src="` + base + `/b/` + code + `.svg" width="240" height="72" loading="lazy" alt="` + alt + `"></a>`,
		"snippets.text":   `<a href="` + base + `/go/` + code + `" target="_blank" rel="noopener">` + alt + `</a>`,
		"snippets.script": `<script async src="` + base + `/w/v1.js"></script>`,
		"snippets.iframe": `<iframe src="` + base + `/f/` + code + `" width="240" height="72" loading="lazy" title="` + alt + `" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
		"state":           "open", "label": "Chân trang", "campaign": "he-2026",
	} {
		keys := []any{}
		for _, s := range strings.Split(path, ".") {
			keys = append(keys, s)
		}
		if got := made.str(keys...); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if strings.Contains(made.body, `\u003c`) {
		t.Error("a snippet cannot be read in the answer")
	}
	if loc := made.header.Get("Location"); loc != "/api/v1/placements/"+code {
		t.Errorf("Location %s", loc)
	}
	if lower := k.get("own", "/placements/"+strings.ToLower(code)).want(200); lower.body != made.body {
		t.Errorf("by its small letters: %s", lower.body)
	}
	if l := k.links.Load().Find("K7Q2PX"); l != nil {
		t.Error("a code out of nowhere")
	}
	for _, none := range []string{"K7Q2P", "K7Q2P0", "khong-co", "......", "%2e%2e", "K7Q2PX%00"} {
		if a := k.get("own", "/placements/"+none); a.status != 404 {
			t.Errorf("%s: %d", none, a.status)
		}
	}
	changed := k.patch("own", "/placements/"+code, `{"campaign":null,"label":null,"state":"paused","destination":"hub"}`).want(200)
	if changed.at("campaign") != nil || changed.str("label") != "" || changed.str("state") != "paused" {
		t.Error(changed.body)
	}
	if got := k.patch("own", "/placements/"+code, `{"kind":"qr","portal":"x"}`).want(422).faults(); got != "/portal fixed, /kind fixed" {
		t.Error(got)
	}
	history := k.get("own", "/placements/"+code+"/history").want(200)
	if history.str("items", 0, "verb") != "update" || history.str("items", 0, "before", "campaign") != "he-2026" ||
		history.str("items", 1, "verb") != "create" || history.at("items", 1, "before") != nil || !strings.HasPrefix(history.str("items", 0, "actor"), "key:") {
		t.Error(history.body)
	}
}

func TestPlacements_retargetingAPrintedCodeNeedsAReason(t *testing.T) {
	k := newKit(t)
	k.portals()
	code := k.placement("stttt-an-giang", "qr", "postmart")
	if got := k.patch("own", "/placements/"+code, `{"destination":"hub"}`).want(422).faults(); got != "/reason reason_required" {
		t.Error(got)
	}
	k.patch("own", "/placements/"+code, `{"destination":"hub","reason":"Postmart tạm dừng"}`).want(200)
	if got := k.get("own", "/placements/"+code+"/history").want(200).str("items", 0, "reason"); got != "Postmart tạm dừng" {
		t.Error(got)
	}
	if d := k.links.Load().Find(k.code(code)).Destination; d != nil {
		t.Errorf("the next scan leads to %s", d.ID)
	}
}

func TestLists_pagesAndFilters(t *testing.T) {
	k := newKit(t)
	k.portals()
	var codes []string
	for i := range 7 {
		kind := []string{"widget", "qr"}[i%2]
		codes = append([]string{k.placement("stttt-an-giang", kind, "hub")}, codes...)
	}
	k.placement("skhcn-ha-noi", "link", "guide")
	var got []string
	cursor := ""
	for parts := 0; ; parts++ {
		a := k.get("env", "/placements?limit=3&province=91&cursor="+cursor).want(200)
		for i := range a.at("items").([]any) {
			got = append(got, a.str("items", i, "code"))
		}
		next := a.at("next_cursor")
		if next == nil {
			break
		}
		if cursor = fmt.Sprint(next); parts > 5 {
			t.Fatal("the list has no end")
		}
	}
	if diff := cmp.Diff(codes, got); diff != "" {
		t.Error(diff)
	}
	for filter, want := range map[string]int{"kind=qr": 3, "kind=link": 1, "destination=guide": 1, "portal=skhcn-ha-noi": 1, "state=paused": 0,
		"search=" + codes[0]: 1, "search=an%20giang": 7, "province=01": 1, "campaign=x": 0, "": 8} {
		if a := k.get("viewer", "/placements?"+filter).want(200); len(a.at("items").([]any)) != want {
			t.Errorf("%s: %d, want %d", filter, len(a.at("items").([]any)), want)
		}
	}
	for filter, want := range map[string]string{
		"limit=0": "/limit range", "limit=501": "/limit range", "limit=x": "/limit range", "cursor=x": "/cursor cursor", "kind=poster": "/kind one_of",
		"state=closed": "/state one_of", "province=89": "/province province_ended", "province=00": "/province province_unknown",
		"portall=x": "/portall query_unknown", "kind=qr&kind=qr": "/kind query_twice", "limit=0&x=1&state=y": "/limit range, /state one_of, /x query_unknown",
	} {
		if got := k.get("viewer", "/placements?"+filter).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
}

func TestProvinces(t *testing.T) {
	k := newKit(t)
	all := k.get("marketplace", "/provinces").want(200)
	if !strings.Contains(all.body, "Thừa Thiên Huế") {
		t.Error("the Thừa Thiên Huế of before 2025 is missing")
	}
	for on, want := range map[string]int{"2021-07-21": 63, "2025-06-30": 63, "2025-07-01": 34, "2026-11-24": 34} {
		if a := k.get("viewer", "/provinces?on="+on).want(200); len(a.at("items").([]any)) != want {
			t.Errorf("on %s: %d, want %d", on, len(a.at("items").([]any)), want)
		}
	}
	old := k.get("viewer", "/provinces?on=2025-06-30")
	for i := range old.at("items").([]any) {
		if old.str("items", i, "code") == "89" && (old.str("items", i, "valid_to") != "2025-06-30" || old.str("items", i, "successor", "code") != "91") {
			t.Error(old.at("items", i))
		}
	}
	if got := k.get("viewer", "/provinces?on=hôm-nay").want(422).faults(); got != "/on day" {
		t.Error(got)
	}
}

func TestKeys(t *testing.T) {
	k := newKit(t)
	made := k.post("env", "/keys", `{"label":"Cổng tích hợp","role":"province","province":"91"}`).want(201)
	secret, id := made.str("secret"), made.str("id")
	if !strings.HasPrefix(secret, "lsk_") || made.str("province", "code") != "91" || made.header.Get("Location") != "/api/v1/keys/"+id {
		t.Error(made.body)
	}
	k.keys["made"] = secret
	k.get("made", "/portals").want(200)
	list := k.get("env", "/keys").want(200)
	if strings.Contains(list.body, "secret") || strings.Contains(list.body, secret[4:]) || list.str("items", 0, "last_used_at") != "2026-11-24T01:00:00Z" {
		t.Error(list.body)
	}
	k.do(request{role: "env", method: "DELETE", path: "/keys/" + id}).want(204)
	k.get("made", "/portals").want(401)
	if got := k.get("env", "/keys/"+id).want(200); got.str("revoked_at") != "2026-11-24T01:30:00Z" {
		t.Error(got.body)
	}
	for _, none := range []string{"99", "x", "-1", "9999999999999999999"} {
		k.get("env", "/keys/"+none).want(404)
		k.do(request{role: "env", method: "DELETE", path: "/keys/" + none}).want(404)
	}
	for body, want := range map[string]string{
		`{}`:                              "/label required, /role required",
		`{"label":"x","role":"province"}`: "/province role_province",
		`{"label":"x","role":"province","province":"89"}`:        "/province province_ended",
		`{"label":"x","role":"marketplace","destination":"x"}`:   "/destination destination_unknown",
		`{"label":"x","role":"admin","province":"91"}`:           "/province role_province",
		`{"label":"x","role":"king"}`:                            "/role role",
		`{"label":"x","role":"admin","secret":"lsk_mine"}`:       "/secret json_unknown",
		`{"label":"x","role":"marketplace","destination":"hub"}`: "/destination destination_unknown",
	} {
		if got := k.post("env", "/keys", body).want(422).faults(); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}
