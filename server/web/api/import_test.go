package api_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
)

func TestImport_allRowsOrNone(t *testing.T) {
	k := newKit(t)
	csv := []string{"Content-Type: text/csv; charset=utf-8"}
	table := "\ufeffid;name;province;province_on;hosts\nstttt-an-giang;Sở TT&TT An Giang;89;2021-07-21;stttt.angiang.gov.vn\nskhcn-ha-noi;\"Sở KH&CN; Hà Nội\";01;;\n"
	made := k.do(request{role: "env", method: "POST", path: "/portals:import", body: table, header: csv}).want(201)
	if made.str("count") != "2" || made.str("items", 0, "id") != "stttt-an-giang" || made.str("items", 1, "name") != "Sở KH&CN; Hà Nội" {
		t.Error(made.body)
	}
	before := k.version()
	bad := "portal,kind,destination,label\nstttt-an-giang,qr,hub,Xã A\nnone,qr,hub,Xã B\nstttt-an-giang,poster,nowhere,Xã C\n"
	refused := k.do(request{role: "env", method: "POST", path: "/placements:import", body: bad, header: csv}).want(422)
	if got, want := refused.faults(), "3:1 portal portal_unknown, 4:2 kind placement_kind, 4:3 destination destination_unknown"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if k.version() != before {
		t.Error("something was written")
	}
	if a := k.get("env", "/placements").want(200); len(a.at("items").([]any)) != 0 {
		t.Error(a.body)
	}
	good := strings.NewReplacer("none", "skhcn-ha-noi", "poster", "widget", "nowhere", "guide").Replace(bad)
	placed := k.do(request{role: "env", method: "POST", path: "/placements:import", body: good, header: csv}).want(201)
	if placed.str("count") != "3" || placed.str("items", 2, "label") != "Xã C" || strings.Contains(placed.body, "snippets") ||
		placed.str("items", 0, "urls", "scan") != "HTTPS://LENSAN.EXAMPLE.VN/"+placed.str("items", 0, "code") {
		t.Error(placed.body)
	}
}

func TestImport_form(t *testing.T) {
	k := newKit(t)
	k.portals()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "vị trí.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte("portal,kind,destination\nstttt-an-giang,qr,hub\n"))
	form.Close()
	made := k.do(request{role: "own", method: "POST", path: "/placements:import", body: body.String(), header: []string{"Content-Type: " + form.FormDataContentType()}}).want(201)
	if made.str("count") != "1" {
		t.Error(made.body)
	}
}

func TestImport_foreignRowsAreAsUnknown(t *testing.T) {
	k := newKit(t)
	k.portals()
	table := "portal,kind,destination\nskhcn-ha-noi,qr,hub\nstttt-an-giang,qr,hub\n"
	a := k.do(request{role: "foreign", method: "POST", path: "/placements:import", body: table, header: []string{"Content-Type: text/csv"}}).want(422)
	if got := a.faults(); got != "3:1 portal portal_unknown" {
		t.Error(got)
	}
}
