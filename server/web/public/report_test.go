package public

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
	"lensan/server/testkit"
)

var reader = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleViewer}

// withRegistry gives the kit a registry over a real database.
func withRegistry(t *testing.T, k *kit) *registry.Registry {
	t.Helper()
	s := testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	r := registry.New(s, sampleProvinces(t), k.links, func() time.Time { return noon })
	k.app = k.another(t, func(d *Deps) { d.Registry = r })
	return r
}

func reports(t *testing.T, r *registry.Registry) []referral.CodeReport {
	t.Helper()
	list, _, err := r.CodeReports(context.Background(), reader, registry.Page{}, registry.Filter{State: "open"})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func send(t *testing.T, address, path string, nameValue ...string) *http.Response {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(nameValue); i += 2 {
		form.Set(nameValue[i], nameValue[i+1])
	}
	encoded := form.Encode()
	return ask(t, address, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: len.example.vn\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, len(encoded), encoded))
}

func TestReport_isKept(t *testing.T) {
	k := newKit(t)
	r := withRegistry(t, k)
	address := k.serve(t)
	got := send(t, address, "/kiem-tra/bao-cao", "ma", strings.ToLower(string(qrCode))+" 0001 2344", "where", "  Nhà văn hóa ấp 3 ", "note", "miếng dán mới\r\nđè lên mã cũ", "website", "")
	if got.StatusCode != 303 || got.Header.Get("Location") != thanksPath || got.Header.Get("Set-Cookie") != "" {
		t.Fatalf("%d %v", got.StatusCode, got.Header)
	}
	list := reports(t, r)
	if len(list) != 1 || list[0].Code != qrCode || list[0].Serial != 1234 || list[0].Where != "Nhà văn hóa ấp 3" || list[0].Note != "miếng dán mới\nđè lên mã cũ" || !list[0].CreatedAt.Equal(noon) {
		t.Errorf("%+v", list)
	}
	if page := body(t, get(t, address, thanksPath)); !strings.Contains(page, "cảm ơn bà con") {
		t.Errorf("no thanks in\n%s", page)
	}
	if got := send(t, address, "/kiem-tra/bao-cao?lang=en", "ma", referral.Serial(1251).String(), "where", "x"); got.Header.Get("Location") != thanksPath+"?lang=en" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
}

func TestReport_faultsNameTheFieldAndKeepWhatWasTyped(t *testing.T) {
	k := newKit(t)
	r := withRegistry(t, k)
	address := k.serve(t)
	const place = "Chợ Mỹ Xuyên <b>"
	for _, row := range []struct {
		name  string
		form  []string
		wants []string
	}{
		{"nothing", nil, []string{`id="code-fault"`, `id="where-fault"`, "Xin nhập mã hoặc số sê-ri"}},
		{"a code that cannot be", []string{"ma", "K7Q2P0", "where", place}, []string{`id="code-fault"`, "Mã này không hợp lệ", `value="K7Q2P0"`}},
		{"a serial that cannot be", []string{"ma", "0001 2345", "where", place}, []string{`id="code-fault"`, "Số sê-ri này không hợp lệ"}},
		{"a code, and a serial that cannot be", []string{"ma", string(qrCode) + " 0001 2345", "where", place}, []string{"Số sê-ri này không hợp lệ"}},
		{"nowhere", []string{"ma", string(qrCode), "where", "  ", "note", "ghi chú dài"}, []string{`id="where-fault"`, ">ghi chú dài</textarea>", `value="` + string(qrCode) + `"`}},
		{"too long", []string{"ma", string(qrCode), "where", strings.Repeat("đ", 201), "note", strings.Repeat("đ", 501)}, []string{`id="where-fault"`, `id="note-fault"`, strings.Repeat("đ", 501)}},
		{"the trap", []string{"ma", string(qrCode), "where", place, "website", "http://spam.example"}, []string{`id="website-fault"`, "Ô này phải để trống", `value="` + string(qrCode) + `"`}},
		{"no text", []string{"ma", "\xff\xfe", "where", "\xff", "note", "\x00"}, []string{`id="code-fault"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := send(t, address, "/kiem-tra/bao-cao", row.form...)
			raw := body(t, got)
			page := html.UnescapeString(raw)
			if got.StatusCode != 422 || !strings.Contains(page, `role="alert"`) || !strings.Contains(page, "Chưa gửi.") {
				t.Errorf("%d\n%s", got.StatusCode, page)
			}
			for _, want := range row.wants {
				if !strings.Contains(page, want) {
					t.Errorf("%q is missing in\n%s", want, page)
				}
			}
			if strings.Contains(raw, "<b>") && !strings.Contains(raw, "&lt;b&gt;") {
				t.Error("typed text became markup")
			}
		})
	}
	if list := reports(t, r); len(list) != 0 {
		t.Errorf("kept %+v", list)
	}
}

func TestReport_oneAddressIsLimited(t *testing.T) {
	k := newKit(t)
	r := withRegistry(t, k)
	address := k.serve(t)
	for range 30 { // faults cost nothing
		send(t, address, "/kiem-tra/bao-cao", "where", "x")
	}
	for i := range reportsOfOne {
		if got := send(t, address, "/kiem-tra/bao-cao", "ma", string(qrCode), "where", "x"); got.StatusCode != 303 {
			t.Fatalf("report %d: %d", i+1, got.StatusCode)
		}
	}
	got := send(t, address, "/kiem-tra/bao-cao", "ma", string(qrCode), "where", "chợ huyện")
	if page := body(t, got); got.StatusCode != 429 || !strings.Contains(page, "quá nhiều báo cáo") || !strings.Contains(page, `value="chợ huyện"`) || got.Header.Get("Retry-After") == "" {
		t.Errorf("%d\n%s", got.StatusCode, page)
	}
	if n := len(reports(t, r)); n != reportsOfOne {
		t.Errorf("%d reports kept", n)
	}
}

// With the database gone nothing that was typed is lost, and nothing is
// claimed to be kept.
func TestReport_withoutDatabase(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	got := send(t, address, "/kiem-tra/bao-cao", "ma", string(qrCode), "where", "chợ huyện")
	if page := body(t, got); got.StatusCode != 503 || !strings.Contains(page, "Chưa gửi được lúc này") || !strings.Contains(page, `value="chợ huyện"`) {
		t.Errorf("%d\n%s", got.StatusCode, page)
	}
	if page := body(t, get(t, address, "/kiem-tra/bao-cao?ma="+string(qrCode))); !strings.Contains(page, `value="`+string(qrCode)+`"`) {
		t.Errorf("the form forgets the code\n%s", page)
	}
}
