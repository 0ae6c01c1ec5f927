package api_test

import (
	"strings"
	"testing"
)

func TestAudit_saysWhoDidWhat(t *testing.T) {
	k := newKit(t)
	k.portals()
	key := k.post("env", "/keys", `{"label":"Cổng tích hợp","role":"viewer"}`).want(201).str("id")
	k.do(request{role: "env", method: "DELETE", path: "/keys/" + key}).want(204)
	for _, c := range []struct{ query, want string }{
		{"?what=key&key=" + key, "key:env revoke key " + key + ", key:env create key " + key},
		{"?what=portal&who=KEY:ENV&key=stttt-an-giang", "key:env create portal stttt-an-giang"},
		{"?what=key&who=nobody", ""},
		{"?what=key&who=%25", ""},
		{"?what=key&key=" + key + "&from=2026-11-24&to=2026-11-24", "key:env revoke key " + key + ", key:env create key " + key},
		{"?what=key&to=2026-11-23", ""},
		{"?what=key&from=2026-11-25", ""},
	} {
		var got []string
		for _, item := range k.get("admin", "/audit"+c.query).want(200).at("items").([]any) {
			e := item.(map[string]any)
			got = append(got, e["actor"].(string)+" "+e["verb"].(string)+" "+e["entity"].(string)+" "+e["key"].(string))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.query, got, c.want)
		}
	}
	first := k.get("admin", "/audit?limit=1").want(200)
	second := k.get("admin", "/audit?limit=1&cursor="+first.str("next_cursor")).want(200)
	if first.body == second.body || second.str("next_cursor") == first.str("next_cursor") {
		t.Errorf("pages %s and %s", first.body, second.body)
	}
	for query, pointer := range map[string]string{"?from=x": "/from", "?from=2026-11-24&to=2026-11-23": "/to", "?limit=0": "/limit", "?cursor=!": "/cursor", "?whom=lan": "/whom"} {
		if a := k.get("admin", "/audit"+query).want(422); !strings.Contains(a.body, `"`+pointer+`"`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}
