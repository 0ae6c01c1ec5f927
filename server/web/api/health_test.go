package api_test

import "testing"

func TestHealth(t *testing.T) {
	k := newKit(t)
	d := k.get("viewer", "/destinations/postmart").want(200)
	if d.at("health") != "unknown" || d.at("health_check") != nil {
		t.Error(d.body)
	}
	for _, c := range []struct{ body, want string }{
		{`{}`, "/force required"},
		{`{"force":"ill","reason":"x"}`, "/force one_of"},
		{`{"force":"dead"}`, "/reason required"},
		{`{"force":"dead","reason":"x","until":1}`, "/until json_unknown"},
		{`{"force":7,"reason":"x"}`, "/force json_type"},
	} {
		if got := k.post("admin", "/destinations/postmart/health", c.body).want(422).faults(); got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	k.post("admin", "/destinations/none/health", `{"force":"dead","reason":"x"}`).want(404)
	code := k.link("postmart")
	forced := k.post("admin", "/destinations/postmart/health", `{"force":"dead","reason":"Sàn báo bảo trì"}`).want(200)
	if forced.at("health") != "dead" || forced.str("health_check", "forced_reason") != "Sàn báo bảo trì" || forced.at("health_check", "checked_at") != nil {
		t.Error(forced.body)
	}
	if got := k.links.Load().Find(k.code(code)).Destination; got != nil {
		t.Errorf("the code leads to %+v", got)
	}
	events := k.get("own", "/destinations/postmart/health").want(200)
	if events.str("items", 0, "after") != "dead" || events.str("items", 0, "note") != "Sàn báo bảo trì" {
		t.Error(events.body)
	}
	k.post("admin", "/destinations/postmart/health", `{"force":"auto","reason":"Đã chạy lại"}`).want(200)
	if got := k.links.Load().Find(k.code(code)).Destination; got == nil || got.ID != "postmart" {
		t.Errorf("the code leads to %+v", got)
	}
	k.get("viewer", "/destinations/none/health").want(404)
}

// link makes a portal and a code of it that leads to a destination.
func (k *kit) link(destination string) string {
	k.t.Helper()
	k.portals()
	return k.placement("stttt-an-giang", "widget", destination)
}
