package api_test

import (
	"fmt"
	"strings"
	"testing"

	"lensan/server/web/api"
)

// Bad input is named in full and writes nothing.
func TestInput_faultsAreNamed(t *testing.T) {
	const dest, portals, places, camps = "/destinations", "/portals", "/placements", "/campaigns"
	cases := []struct {
		path, body string
		status     int
		want       string // faults, or a part of the answer for 400
	}{
		{portals, `{}`, 422, "/province required, /id required, /name required"},
		{portals, `{"id":1,"name":[],"province":{},"hosts":"x","province_on":20210721,"contact_email":false}`, 422,
			"/id json_type, /name json_type, /province json_type, /province_on json_type, /hosts json_type, /contact_email json_type"},
		{portals, `{"id":null,"name":null,"province":null,"hosts":null,"province_on":null}`, 422,
			"/id json_null, /name json_null, /province json_null, /province_on json_null, /hosts json_null"},
		{portals, `{"id":"x","name":"x","province":"91","hosts":["a.vn",1,null,"b.vn"]}`, 422, "/hosts/1 json_type, /hosts/2 json_type"},
		{portals, `{"id":"x","name":"x","province":"91","hosts":["a.vn","http://b.vn"]}`, 422, "/hosts/1 host"},
		{portals, `{"id":"x","name":"x","province":"91","hosts":["a.vn"],"pages":["/",7]}`, 422, "/pages/1 json_type, /pages/0 page_home"},
		{portals, `{"id":"x","name":"x","province":"91","hosts":["a.vn"],"pages":["/","x y","https://b.vn/x"]}`, 422, "/pages/0 page_home, /pages/1 page, /pages/2 page_foreign"},
		{portals, `{"id":"x","name":"x","province":"91","pages":["/x"]}`, 422, "/pages/0 page_hostless"},
		{portals, `{"id":"x","name":"x","province":"91","hosts":["a.vn"],"pages":["/1","/2","/3","/4","/5","/6"]}`, 422, "/pages too_many"},
		{portals, `{"id":"x","name":"x","province":"91","Hosts":[],"num":7,"a/b~c":1}`, 422, "/Hosts json_unknown, /num json_unknown, /a~1b~0c json_unknown"},
		{portals, `{"id":"x","name":"x","province":"91","reason":"x"}`, 422, "/reason json_unknown"},
		{portals, `{"id":"x","id":"y","name":"x","province":"91"}`, 422, "/id json_twice"},
		{portals, `{"id":"x","name":"x","province":"91","contact_email":"not an address"}`, 422, "/contact_email email"},
		{portals, `{"id":"X y","name":"` + strings.Repeat("ố", 201) + `","province":"91"}`, 422, "/id id, /name too_long"},
		{portals, `{"id":"x","name":"a\u0000b","province":"91"}`, 422, "/name text"},
		{portals, `{"id":"x","name":"x","province":"91","province_on":"2099-01-01"}`, 422, "/province_on day_future"},
		{portals, `{"id":"x","name":"x","province":"89","province_on":"21/07/2021"}`, 422, "/province_on day"},
		{portals, `{"id":"x","name":"x","province":"99"}`, 422, "/province province_unknown"},
		{dest, `{}`, 422, "/id required, /kind kind, /name/vi required, /name/en required, /url url"},
		{dest, `{"id":"x","kind":"guide","name":{"vi":1,"fr":"x"},"url":"https://x.vn/"}`, 422, "/name/vi json_type, /name/fr json_unknown, /name/en required"},
		{portals, `{"id":"Sở","nam":"x","province":"89","hosts":[7,"a b"]}`, 422, "/hosts/0 json_type, /nam json_unknown, /province province_ended, /id id, /name required, /hosts/1 host"},
		{dest, `{"id":"x","kind":"guide","name":"x","url":"https://x.vn/"}`, 422, "/name json_type"},
		{dest, `{"id":"x","kind":"guide","name":{"vi":"x","en":"x"},"url":"https://x.vn/","position":1.5,"paused":"no"}`, 422, "/paused json_type, /position json_type"},
		{dest, `{"id":"x","kind":"guide","name":{"vi":"x","en":"x"},"url":"http://x.vn/"}`, 422, "/url url"},
		{dest, `{"id":"hub","kind":"x","name":{"vi":"x","en":"x"},"url":"https://x.vn/","fallback_id":"none"}`, 422, "/id reserved, /kind kind, /fallback_id destination_unknown"},
		{places, `{}`, 422, "/portal required, /kind placement_kind, /destination required"},
		{places, `{"portal":"none","kind":"poster","destination":"none","campaign":"none","state":"lost"}`, 422,
			"/portal portal_unknown, /kind placement_kind, /state placement_state, /destination destination_unknown, /campaign campaign_unknown"},
		{places, `{"code":"K7Q2PX","portal":"stttt-an-giang","kind":"qr","destination":"hub"}`, 422, "/code json_unknown"},
		{camps, `{"id":"x","name":"x","from":"2026-01-02","to":"2026-01-01"}`, 422, "/to before_from"},
		{"/portals/stttt-an-giang/merge", `{"into":7}`, 422, "/into json_type"},
		{"/portals/stttt-an-giang/merge", `{"into":"stttt-an-giang"}`, 422, "/into merge_self"},

		{portals, ``, 400, "end is missing"},
		{portals, ` `, 400, "end is missing"},
		{portals, `{"id":"x"`, 400, "end is missing"},
		{portals, `[]`, 400, "one JSON object"},
		{portals, `null`, 400, "one JSON object"},
		{portals, `"x"`, 400, "one JSON object"},
		{portals, `{"id":"x",}`, 400, "line 1, column 11"},
		{portals, "{\n \"tên\": x}", 400, "line 2, column 9"},
		{portals, `{"id":"x"} {}`, 400, "line 1, column 12"},
		{portals, `{"id":"x"}x`, 400, "line 1, column 11"},
		{portals, "{\"id\":\"\xff\"}", 400, "not UTF-8"},
		{portals, "\ufeff{}", 400, "line 1, column 1"},
		{portals, strings.Repeat(`{"name":`, 20_000), 400, "not valid JSON"},
	}
	k := newKit(t)
	k.portals()
	before := k.version()
	for i, c := range cases {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			k.t = t
			a := k.do(request{role: "env", method: "POST", path: c.path, body: c.body, header: []string{"Content-Type: application/json"}}).want(c.status)
			if c.status == 422 {
				if got := a.faults(); got != c.want {
					t.Errorf("%.200s\n got %s\nwant %s", c.body, got, c.want)
				}
			} else if !strings.Contains(a.str("detail"), c.want) {
				t.Errorf("%.200s: %s, want %s", c.body, a.body, c.want)
			}
			for _, internal := range []string{"json:", "sql", "unmarshal", "goroutine", "[error."} {
				if strings.Contains(a.body, internal) {
					t.Errorf("internal text shows: %s", a.body)
				}
			}
			if a.str("instance") != api.Prefix+c.path || a.str("type") != "about:blank" || a.str("status") != fmt.Sprint(c.status) {
				t.Error(a.body)
			}
		})
	}
	k.t = t
	if after := k.version(); after != before {
		t.Errorf("something was written: version %d, before %d", after, before)
	}
}

func TestInput_mediaTypesAndSizes(t *testing.T) {
	k := newKit(t)
	k.portals()
	before := k.version()
	for _, c := range []struct {
		method, path, contentType, body string
		more                            string
		status                          int
	}{
		{"POST", "/portals", "", haNoi, "", 415},
		{"POST", "/portals", "text/plain", haNoi, "", 415},
		{"POST", "/portals", "application/x-www-form-urlencoded", "id=x", "", 415},
		{"POST", "/portals", "application/json; charset=windows-1258", haNoi, "", 415},
		{"POST", "/portals", "application/json", haNoi, "Content-Encoding: gzip", 415},
		{"POST", "/portals", "application/json", haNoi, "Content-Encoding: br", 415},
		{"POST", "/portals", "application/json", `{"id":"` + strings.Repeat("x", 1<<20) + `"}`, "", 413},
		{"POST", "/portals:import", "application/json", `[]`, "", 415},
		{"POST", "/portals:import", "text/csv; charset=utf-16", "id", "", 415},
		{"POST", "/portals:import", "multipart/form-data", "x", "", 400},
		{"POST", "/portals:import", "multipart/form-data; boundary=x", "--x\r\nbroken", "", 400},
		{"POST", "/portals:import", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"other\"; filename=\"a.csv\"\r\n\r\nid\r\n--x--\r\n", "", 400},
		{"POST", "/portals:import", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nid\r\n--x--\r\n", "", 400},
		{"PATCH", "/portals/stttt-an-giang", "application/json; charset=UTF-8", `{}`, "", 200},
		{"PATCH", "/portals/stttt-an-giang", "application/merge-patch+json", `{}`, "", 200},
	} {
		header := []string{"Content-Type: " + c.contentType}
		if c.more != "" {
			header = append(header, c.more)
		}
		a := k.do(request{role: "env", method: c.method, path: c.path, body: c.body, header: header})
		if a.status != c.status {
			t.Errorf("%s %s %s %s: status %d, want %d: %s", c.method, c.path, c.contentType, c.more, a.status, c.status, a.body)
		}
	}
	if after := k.version(); after != before {
		t.Errorf("something was written: version %d, before %d", after, before)
	}
}

func TestInput_unicodeIsComposed(t *testing.T) {
	k := newKit(t)
	a := k.post("env", "/portals", `{"id":"x","name":" So\u031b\u0309 Kho\u0061\u0323 ","province":"91"}`).want(201)
	if a.str("name") != "Sở Khoạ" {
		t.Errorf("%+q", a.str("name"))
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{anGiang, `{}`, `{"id":`, `[1]`, `{"id":"x","id":null}`, `{"name":{"vi":{}}}`, `{"hosts":[1,[2]]}`, "\xff", `{"id":"x"}{}`, `{"a/~":1}`} {
		f.Add(seed)
	}
	k := newKit(f)
	k.portals()
	f.Fuzz(func(t *testing.T, body string) {
		k.t = t
		a := k.do(request{role: "viewer", method: "GET", path: "/portals/stttt-an-giang"}).want(200)
		b := k.do(request{role: "env", method: "PATCH", path: "/portals/stttt-an-giang", body: body, header: []string{"Content-Type: application/json"}})
		switch b.status {
		case 200:
		case 400, 422:
			if again := k.get("viewer", "/portals/stttt-an-giang").want(200); again.body != a.body {
				t.Errorf("refused and yet written: %s", again.body)
			}
		default:
			t.Errorf("status %d: %s", b.status, b.body)
		}
	})
}
