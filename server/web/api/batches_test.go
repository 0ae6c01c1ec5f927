package api_test

import (
	"strings"
	"testing"
	"time"
)

func (k *kit) csv(role, path, table string) answer {
	k.t.Helper()
	return k.do(request{role: role, method: "POST", path: path, body: table, header: []string{"Content-Type: text/csv"}})
}

// batch makes a batch of one place in An Giang as an editor, takes the steps
// given (verb, body) as LENSAN_API_KEY, and returns the place's code.
func (k *kit) batch(id string, verbBody ...string) (code string) {
	k.t.Helper()
	k.post("editor", "/print-batches", `{"id":"`+id+`","name":"Đợt `+id+`","portal":"stttt-an-giang"}`).want(201)
	code = k.csv("editor", "/print-batches/"+id+"/places:import", "label,copies\nChợ,2\n").want(201).str("items", 0, "code")
	for i := 0; i < len(verbBody); i += 2 {
		k.post("admin2", "/print-batches/"+id+"/"+verbBody[i], verbBody[i+1]).want(200)
	}
	return code
}

func TestBatches_fromListToScans(t *testing.T) {
	k := newKit(t)
	k.portals()
	k.post("editor", "/print-batches", `{"id":"dot-1","name":"Đợt 1","portal":"stttt-an-giang","destination":"support_portal","paper":"A3"}`).want(201)
	bad := k.csv("editor", "/print-batches/dot-1/places:import", "Nơi đặt;Số bản\nChợ;0\n;1\n").want(422)
	if got := bad.faults(); got != "2:2 copies range, 3:1 label required" {
		t.Error(got)
	}
	places := k.csv("editor", "/print-batches/dot-1/places:import", "Nơi đặt;Xã;Số bản\nChợ Long Xuyên;Long Xuyên;3\nUBND xã;Vĩnh Hanh;2\nTrạm y tế;Vĩnh Hanh;\n").want(201)
	code, silent := places.str("items", 0, "code"), places.str("items", 1, "code")
	k.post("editor", "/print-batches/dot-1/approve", "").want(403)
	a := k.post("admin", "/print-batches/dot-1/approve", "").want(200)
	if a.str("serials", "from") != "0000 0018" || a.str("serials", "count") != "6" || a.str("places", "copies") != "6" {
		t.Error(a.body)
	}
	k.post("editor", "/print-batches/dot-1/place", `{}`).want(409)
	k.post("editor", "/print-batches/dot-1/print", `{"printer":"Nhà in","quantity":7}`).want(422)
	k.post("editor", "/print-batches/dot-1/print", `{"printer":"Nhà in"}`).want(200)
	if p := k.post("editor", "/print-batches/dot-1/places/"+code+"/place", `{"on":"2026-11-24"}`).want(200); p.str("placed_on") != "2026-11-24" {
		t.Error(p.body)
	}
	k.patch("editor", "/placements/"+code, `{"label":"Khác"}`).want(422)
	k.patch("editor", "/print-batches/dot-1", `{"destination":"guide"}`).want(422)
	k.patch("editor", "/print-batches/dot-1", `{"destination":"guide","reason":"Cổng đóng"}`).want(200)
	if p := k.get("editor", "/placements/"+code).want(200); p.str("destination") != "guide" {
		t.Error(p.body)
	}

	k.click(silent, 1)
	k.pass(40 * 24 * time.Hour)
	k.click(code, 2)
	k.click(code, 3)
	total := k.get("admin", "/stats?group_by=batch&wait=applied&from=2026-11-01&to=2027-01-31").want(200)
	if total.str("rows", 0, "key") != "dot-1" || total.str("rows", 0, "label") != "Đợt 1" || total.str("rows", 0, "people") != "3" {
		t.Error(total.body)
	}
	if one := k.get("admin", "/stats?group_by=placement&batch=dot-1&from=2026-11-01&to=2027-01-31").want(200); one.str("total", "people") != "3" || len(one.at("rows").([]any)) != 2 {
		t.Error(one.body)
	}
	scans := k.get("admin", "/print-batches/dot-1/scans").want(200)
	var states []string
	for i := range 3 {
		states = append(states, scans.str("items", i, "state")+" "+scans.str("items", i, "people"))
	}
	if got := strings.Join(states, ", "); got != "active 2, silent 1, never 0" {
		t.Error(scans.body)
	}
	k.get("admin", "/print-batches/dot-1/scans?silent_after=0").want(422)
	if got := k.get("admin", "/print-batches/dot-1/scans?silent_after=60").want(200); got.str("items", 1, "state") != "active" {
		t.Error(got.body)
	}
	if h := k.get("admin", "/print-batches/dot-1/history").want(200); len(h.at("items").([]any)) != 6 {
		t.Error(h.body)
	}
	k.post("editor", "/print-batches/dot-1/retire", `{"reason":"Hết đợt"}`).want(200)
	if list := k.get("editor", "/print-batches?state=retired&search=dot").want(200); len(list.at("items").([]any)) != 1 {
		t.Error(list.body)
	}
}
