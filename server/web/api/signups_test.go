package api_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
)

func (k *kit) signups(query, key string) string {
	k.t.Helper()
	return k.get("viewer", "/stats?from=2026-11-01&to=2026-11-24"+query).want(200).str("total", key)
}

func TestSignups(t *testing.T) {
	k := newKit(t)
	code := k.link("postmart")
	body := func(id string, count int, extra string) string {
		return fmt.Sprintf(`{"report_id":%q,"rows":[{"day":"2026-11-23","code":%q,"count":%d},{"day":"2026-11-24","code":%q,"count":2},{"day":"2026-11-24","code":%q,"stage":"first_sale","count":1}]%s}`, id, code, count, code, code, extra)
	}
	a := k.post("marketplace", "/signups", body("ngày 24", 5, "")).want(201)
	if a.str("outcome") != "created" || a.str("destination") != "postmart" || a.str("totals", "signup") != "7" || a.str("totals", "first_sale") != "1" {
		t.Error(a.body)
	}
	if a := k.post("marketplace", "/signups", body("ngày 24", 5, "")).want(200); a.str("outcome") != "same" || a.str("version") != "1" {
		t.Error(a.body)
	}
	if got := k.signups("", "signups"); got != "7" {
		t.Errorf("%s sign-ups", got)
	}
	k.post("marketplace", "/signups", body("ngày 24", 6, "")).want(409)
	if got := k.post("marketplace", "/signups", body("khác", 6, "")).want(422).faults(); got != "/rows/0 signups_double, /rows/1 signups_double, /rows/2 signups_double" {
		t.Error(got)
	}
	a = k.post("marketplace", "/signups", body("ngày 24", 6, `,"correct":true,"reason":"Đếm lại"`)).want(200)
	if a.str("outcome") != "corrected" || a.str("version") != "2" {
		t.Error(a.body)
	}
	for query, want := range map[string]string{"": "8", "&destination=postmart": "8", "&destination=guide": "0", "&placement=" + code: "8", "&portal=stttt-an-giang": "8",
		"&province=91": "8", "&province=01": "0", "&group_by=month": "8", "&group_by=day": "8", "&group_by=channel": "<nil>", "&channel=qr": "<nil>", "&group_by=hour": "<nil>"} {
		if strings.Contains(query, "hour") {
			query += "&wait=applied"
		}
		if got := k.signups(query, "signups"); got != want {
			t.Errorf("%s: %s sign-ups, want %s", query, got, want)
		}
		if got := k.signups(query, "recorded"); got != "0" {
			t.Errorf("%s: %s clicks", query, got)
		}
	}
	rows := k.get("viewer", "/stats?from=2026-11-23&to=2026-11-24&group_by=day").want(200)
	if rows.str("rows", 0, "signups") != "6" || rows.str("rows", 1, "signups") != "2" {
		t.Error(rows.body)
	}
	history := k.get("marketplace", "/signups?report_id=ng%C3%A0y%2024").want(200)
	if len(history.at("items").([]any)) != 2 || history.str("items", 0, "reason") != "Đếm lại" || history.str("items", 1, "totals", "signup") != "7" {
		t.Error(history.body)
	}
	k.get("marketplace", "/signups?destination=voso").want(403)
	a = k.post("marketplace", "/signups", `{"report_id":"ngày 24","correct":true,"reason":"Rút lại","rows":[]}`).want(200)
	if got := k.signups("", "signups"); got != "0" || a.str("version") != "3" {
		t.Errorf("taken back: %s, %s", got, a.body)
	}
}

func TestSignups_faults(t *testing.T) {
	k := newKit(t)
	code := k.link("postmart")
	row := `{"day":"2026-11-24","code":"` + code + `","count":1}`
	for _, c := range []struct{ role, body, want string }{
		{"marketplace", `{}`, "/report_id required, /rows required"},
		{"admin", `{"report_id":"a","rows":[` + row + `]}`, "/destination required"},
		{"admin", `{"report_id":"a","destination":"none","rows":[` + row + `]}`, "/destination destination_unknown"},
		{"marketplace", `{"report_id":"a","destination":"voso","rows":[` + row + `]}`, "/destination signups_foreign"},
		{"marketplace", `{"report_id":"a","rows":[` + row + `,` + row + `]}`, "/rows/1 signups_twice"},
		{"marketplace", `{"report_id":"a","rows":[1]}`, "/rows/0 json_type"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2026-11-25","code":"` + code + `","count":1}]}`, "/rows/0/day signups_day"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2021-07-20","code":"` + code + `","count":1}]}`, "/rows/0/day signups_day"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2026-11-24","code":"` + code + `","count":-1}]}`, "/rows/0/count range"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2026-11-24","code":"` + code + `","count":1.5}]}`, "/rows/0/count json_type"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2026-11-24","code":"` + code + `","count":1,"stage":"x"}]}`, "/rows/0/stage one_of"},
		{"marketplace", `{"report_id":"a","rows":[{"day":"2026-11-24","code":"` + code + `","count":1,"name":"Nguyễn Văn A"}]}`, "/rows/0/name json_unknown"},
	} {
		if got := k.post(c.role, "/signups", c.body).want(422).faults(); got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	if a := k.get("admin", "/signups").want(200); len(a.at("items").([]any)) != 0 {
		t.Error(a.body)
	}
}

// The same report a hundred times at once counts once.
func TestSignups_inParallel(t *testing.T) {
	k := newKit(t)
	code := k.link("postmart")
	k.as("marketplace")
	k.as("viewer")
	body := `{"report_id":"một","rows":[{"day":"2026-11-24","code":"` + code + `","count":3}]}`
	var jobs sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for range 100 {
		jobs.Go(func() {
			got := k.post("marketplace", "/signups", body).str("outcome")
			mu.Lock()
			defer mu.Unlock()
			outcomes[got]++
		})
	}
	jobs.Wait()
	if outcomes["created"] != 1 || outcomes["same"] != 99 || k.signups("", "signups") != "3" {
		t.Errorf("%v, %s sign-ups", outcomes, k.signups("", "signups"))
	}
}

func TestSignups_signed(t *testing.T) {
	k := newKit(t)
	code := k.link("postmart")
	made := k.post("env", "/keys", `{"label":"Postmart","role":"marketplace","destination":"postmart"}`).want(201)
	body := `{"report_id":"gọi","rows":[{"day":"2026-11-24","code":"` + code + `","count":4}]}`
	sign := func(secret string, unix int64, body string) string {
		key := sha256.Sum256([]byte(secret))
		mac := hmac.New(sha256.New, []byte(hex.EncodeToString(key[:])))
		fmt.Fprintf(mac, "%d.%s", unix, body)
		return fmt.Sprintf("X-LenSan-Signature: key=%s,t=%d,v1=%x", made.str("id"), unix, mac.Sum(nil))
	}
	now := k.now().Unix()
	send := func(path, header string) answer {
		return k.do(request{method: "POST", path: path, body: body, header: []string{header}})
	}
	for name, header := range map[string]string{
		"another secret": sign("lsk_x", now, body), "another body": sign(made.str("secret"), now, body+" "), "too old": sign(made.str("secret"), now-301, body),
		"too new": sign(made.str("secret"), now+301, body), "nonsense": "X-LenSan-Signature: x", "no key": "X-LenSan-Signature: key=999,t=1,v1=" + strings.Repeat("0", 64),
	} {
		if a := send("/signups", header); a.status != 401 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := send("/keys", sign(made.str("secret"), now, body)); a.status != 401 {
		t.Errorf("another operation: %d", a.status)
	}
	if a := send("/signups", sign(made.str("secret"), now, body)).want(201); a.str("source") != "callback" || a.str("actor") != "key:"+made.str("id") {
		t.Error(a.body)
	}
	if a := k.do(request{method: "POST", path: "/signups", body: packed(t, body), header: []string{sign(made.str("secret"), now, body), "Content-Encoding: gzip"}}); a.status != 401 {
		t.Errorf("a body that was packed: %d", a.status)
	}
	k.do(request{role: "env", method: "DELETE", path: "/keys/" + made.str("id")}).want(204)
	if a := send("/signups", sign(made.str("secret"), now, body)); a.status != 401 {
		t.Errorf("a revoked key: %d", a.status)
	}
}

// packed is a text in gzip.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSignups_csv(t *testing.T) {
	k := newKit(t)
	code := k.link("postmart")
	const path = "/signups:import?report_id=tuan-48"
	bad := "day;code;stage;count\n24/11/2026;" + code + ";signup;3\n2026-12-01;" + code + ";;1\n2026-11-24;222223;;x\n24/11/2026;" + code + ";;3\n"
	preview := k.csv("marketplace", path+"&preview=true", bad).want(200)
	if preview.at("acceptable") != false || !strings.Contains(preview.body, `"line":4`) {
		t.Error(preview.body)
	}
	if got := k.csv("marketplace", path, bad).want(422).faults(); !strings.HasPrefix(got, "4:2 code code_") || !strings.Contains(got, "4:4 count range") {
		t.Error(got)
	}
	rows := "Ngày,Mã,Số\n24/11/2026," + code + ",3\n23/11/2026," + strings.ToLower(code) + ",4\n"
	if got := k.csv("marketplace", path, rows+"2026-12-01,"+code+",1\n24/11/2026,"+code+",1\n").want(422).faults(); got != "4:1 day signups_day, 5:1  signups_twice" {
		t.Error(got)
	}
	preview = k.csv("marketplace", path+"&preview=true", rows).want(200)
	if preview.at("acceptable") != true || preview.str("totals", "signup") != "7" || preview.str("first_day") != "2026-11-23" || preview.at("in_force") != nil || k.signups("", "signups") != "0" {
		t.Error(preview.body)
	}
	k.csv("marketplace", path, rows).want(201)
	preview = k.csv("marketplace", path+"&preview=true", "day,code,count\n2026-11-24,"+code+",9\n").want(200)
	if preview.at("acceptable") != false || preview.str("in_force", "totals", "signup") != "7" {
		t.Error(preview.body)
	}
	double := k.csv("marketplace", strings.Replace(path, "48", "49", 1)+"&preview=true", rows).want(200)
	if double.at("acceptable") != false || !strings.Contains(double.body, "tuan-48") {
		t.Error(double.body)
	}
	if k.signups("", "signups") != "7" {
		t.Error("a preview changed something")
	}
}
