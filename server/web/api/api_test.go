package api_test

import (
	"testing"
)

func TestDestinations(t *testing.T) {
	k := newKit(t)
	list := k.get("env", "/destinations").want(200)
	if n := len(list.at("items").([]any)); n != 7 || list.at("next_cursor") != nil {
		t.Errorf("%d destinations are seeded, next %v", n, list.at("next_cursor"))
	}
	made := k.post("env", "/destinations", `{"id":"buudien","kind":"marketplace_signup","name":{"vi":"Bưu điện","en":"Post"},"url":"https://buudien.vn/","pass_params":["ref"],"fallback_id":"support_portal"}`).want(201)
	if made.header.Get("Location") != "/api/v1/destinations/buudien" || made.str("confirmed") != "false" || made.str("fallback_id") != "support_portal" {
		t.Errorf("Location %q: %s", made.header.Get("Location"), made.body)
	}
	changed := k.patch("env", "/destinations/buudien", `{"confirmed":true,"fallback_id":null,"name":{"en":"Vietnam Post"},"reason":"gọi điện xác nhận"}`).want(200)
	if changed.str("confirmed") != "true" || changed.at("fallback_id") != nil || changed.str("name", "vi") != "Bưu điện" || changed.str("name", "en") != "Vietnam Post" {
		t.Error(changed.body)
	}
	if again := k.get("viewer", "/destinations/buudien").want(200); again.body != changed.body {
		t.Errorf("read again: %s", again.body)
	}
	k.get("env", "/destinations/nowhere").want(404)
	if got := k.post("env", "/destinations", `{"id":"buudien","kind":"guide","name":{"vi":"a","en":"b"},"url":"https://a.vn/"}`).want(409).faults(); got != "/id taken" {
		t.Error(got)
	}
}
