package dashboard

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lensan/server/referral"
)

// join makes an account with a name of its own and signs it in.
func (h *house) join(name string, role referral.Role) *browser {
	h.t.Helper()
	token, err := h.access.Invite(h.t.Context(), admin, role, 0)
	ok(h.t, err)
	b, page := h.browser(), Root+"/loi-moi/"+token
	if res := b.send(page, page, "name", name, "password", testPassword, "again", testPassword); res.StatusCode != 303 {
		h.t.Fatalf("invitation: %d", res.StatusCode)
	}
	return b
}

func (h *house) signIn(name, password string) (*browser, answer) {
	h.t.Helper()
	b := h.browser()
	return b, b.send(Root+"/dang-nhap", Root+"/dang-nhap", "name", name, "password", password)
}

func TestSecurity_passwordChangeSignsOutEverywhere(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	here := h.join("minh", referral.RoleEditor)
	there, _ := h.signIn("minh", testPassword)
	before := here.cookies["lensan-session"]
	const fresh = "một mật khẩu hoàn toàn mới"
	if res := here.send(mePath, mePath+"/mat-khau", "current", testPassword, "password", fresh, "again", fresh); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if here.get(Root).StatusCode != 200 || there.get(Root).StatusCode != 303 || here.cookies["lensan-session"] == before {
		t.Error("only the browser that changed it stays, with a new session")
	}
	here.cookies["lensan-session"] = before
	if res := here.get(Root); res.StatusCode != 303 {
		t.Errorf("the session of before: %d", res.StatusCode)
	}
}

func TestSecurity_answersDoNotTellWhoHasAnAccount(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.join("lan", referral.RoleAdmin)
	h.join("minh", referral.RoleEditor)
	h.join("khoa", referral.RoleViewer)
	list, err := h.access.Accounts(t.Context(), admin)
	ok(t, err)
	for _, acc := range list {
		if acc.Name == "khoa" {
			acc.Disabled = true
			ok(t, h.access.UpdateAccount(t.Context(), admin, acc, "x"))
		}
	}
	plain := func(name, password string) string {
		_, res := h.signIn(name, password)
		body := tokenField.ReplaceAllString(res.body, "")
		return res.Status + strings.ReplaceAll(body, `value="`+name+`"`, "")
	}
	want := plain("minh", "sai mật khẩu")
	for what, got := range map[string]string{"nobody": plain("aido", "sai mật khẩu"), "disabled, right": plain("khoa", testPassword), "disabled, wrong": plain("khoa", "sai")} {
		if got != want {
			t.Errorf("%s differs:\n%s\n%s", what, got, want)
		}
	}
}

// Failing in somebody's name holds back who fails, never a browser that is signed in.
func TestSecurity_bruteForceLeavesSessionsAlone(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.join("minh", referral.RoleEditor)
	// Other work on the machine can only make an answer later, so the fastest of some counts.
	fastest := func(enough time.Duration) time.Duration {
		took := time.Duration(math.MaxInt64)
		for i := 0; i < 20 && took > enough; i++ {
			start := time.Now()
			if res := b.get(Root); res.StatusCode != 200 {
				t.Errorf("the owner's session: %d", res.StatusCode)
			}
			took = min(took, time.Since(start))
		}
		return took
	}
	usual := fastest(0)
	for range 3 {
		h.signIn("minh", "sai mật khẩu")
	}
	start := time.Now()
	if _, res := h.signIn("minh", "sai mật khẩu"); res.StatusCode != 403 || time.Since(start) < 500*time.Millisecond {
		t.Errorf("the fourth: %d after %s", res.StatusCode, time.Since(start))
	}
	const held = time.Second // what a fifth attempt waits at least
	if took := fastest(usual + held/2); took > usual+held/2 {
		t.Errorf("the owner's session: after %s, %s before", took, usual)
	}
	if res := b.send(mePath, mePath+"/mat-khau", "current", testPassword, "password", "một mật khẩu hoàn toàn mới", "again", "một mật khẩu hoàn toàn mới"); res.StatusCode != 303 {
		t.Errorf("the owner changes the password: %d", res.StatusCode)
	}
}

// NIST SP 800-63B, 3.1.1.2: long ones, spaces and any letter; pasting and password
// managers work.
func TestSecurity_passwordForms(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	long := strings.Repeat("đồng lúa ", 14) // 126 characters
	token, err := h.access.Invite(t.Context(), admin, referral.RoleViewer, 0)
	ok(t, err)
	b, page := h.browser(), Root+"/loi-moi/"+token
	form := b.get(page).body
	wantText(t, "invitation", form, `autocomplete="new-password"`, `autocomplete="username"`)
	if regexp.MustCompile(`(?i)maxlength|onpaste|pattern=|autocomplete="off"`).MatchString(form) {
		t.Error("the form gets in the way of a password manager")
	}
	if res := b.send(page, page, "name", "dai", "password", long, "again", long); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if _, res := h.signIn("dai", long); res.StatusCode != 303 {
		t.Errorf("signing in: %d", res.StatusCode)
	}
	if _, res := h.signIn("dai", long[:len(long)-2]); res.StatusCode != 403 {
		t.Errorf("with less of it: %d", res.StatusCode)
	}
}

func TestSecurity_secondFactor(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.join("minh", referral.RoleEditor)
	page := b.get(mePath).body
	secret := regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`).FindStringSubmatch(page)
	if secret == nil {
		t.Fatal("no secret in the page")
	}
	wantText(t, "page", page, `src="data:image/svg&#43;xml;base64,`)
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret[1], at)
		ok(t, err)
		return c
	}
	if res := b.send(mePath, mePath+"/ma", "secret", secret[1], "code", "000000", "current", testPassword); res.StatusCode != 422 || !strings.Contains(res.body, secret[1]) {
		t.Errorf("a wrong code: %d", res.StatusCode)
	}
	res := b.send(mePath, mePath+"/ma", "secret", secret[1], "code", code(testNow.Add(-30*time.Second)), "current", testPassword)
	recovery := regexp.MustCompile(`<code>([a-z2-7-]{19})</code>`).FindAllStringSubmatch(res.body, -1)
	if res.StatusCode != 200 || len(recovery) != 10 {
		t.Fatalf("%d with %d recovery codes", res.StatusCode, len(recovery))
	}
	if again := b.get(mePath).body; strings.Contains(again, recovery[0][1]) || strings.Contains(again, secret[1]) {
		t.Error("secrets are shown a second time")
	}

	other, res := h.signIn("minh", testPassword)
	if res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), codePath) {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
	for _, closed := range []string{Root, mePath, Root + "/so-lieu.csv"} {
		if res := other.get(closed); res.StatusCode != 303 {
			t.Errorf("%s with the password alone: %d", closed, res.StatusCode)
		}
	}
	pending := other.cookies["lensan-session"]
	if res := other.send(codePath, codePath, "code", "000000"); res.StatusCode != 403 {
		t.Errorf("a wrong code: %d", res.StatusCode)
	}
	if res := other.send(codePath, codePath, "code", code(testNow), "next", Root+"/cong"); res.StatusCode != 303 || res.Header.Get("Location") != Root+"/cong" {
		t.Errorf("the right code: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if other.cookies["lensan-session"] == pending || other.get(Root).StatusCode != 200 {
		t.Error("a new session begins after the code")
	}
	third, _ := h.signIn("minh", testPassword)
	if res := third.send(codePath, codePath, "code", recovery[4][1]); res.StatusCode != 303 {
		t.Errorf("a recovery code: %d", res.StatusCode)
	}
	if res := b.send(mePath, mePath+"/ma/tat", "current", testPassword); res.StatusCode != 303 {
		t.Errorf("turning it off: %d", res.StatusCode)
	}
	if _, res := h.signIn("minh", testPassword); res.Header.Get("Location") != Root {
		t.Errorf("without it: %s", res.Header.Get("Location"))
	}
}

func TestSecurity_adminsMustHaveASecondFactor(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	boss, editor := h.join("lan", referral.RoleAdmin), h.join("minh", referral.RoleEditor)
	h.dashboard.RequireCode = true
	for _, path := range []string{Root, peoplePath, logPath + ".csv", Root + "/khoa"} {
		if res := boss.get(path); res.StatusCode != 303 || res.Header.Get("Location") != mePath {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	wantText(t, "page", boss.get(mePath).body, "Quản trị viên phải bật xác thực hai bước")
	if res := editor.get(Root); res.StatusCode != 200 {
		t.Errorf("an editor: %d", res.StatusCode)
	}
	if res := boss.send(mePath, Root+"/dang-xuat"); res.Header.Get("Location") != Root+"/dang-nhap" {
		t.Errorf("signing out: %s", res.Header.Get("Location"))
	}
}

func TestPeople_changeResetAndSessions(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	boss, minh := h.join("lan", referral.RoleAdmin), h.join("minh", referral.RoleEditor)
	wantText(t, "list", boss.get(peoplePath).body, "2 tài khoản", ">minh</a>", "Biên tập")
	page := peoplePath + "/2"
	if res := boss.send(page, page, "role", "viewer", "state", "open", "reason", ""); res.StatusCode != 422 || !strings.Contains(res.body, `aria-invalid="true"`) {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	if res := boss.send(page, page, "role", "province", "province", "91", "state", "open", "reason", "Về tỉnh"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	wantText(t, "person", boss.get(page+"?done=saved").body, "Đã lưu thay đổi.", "Về tỉnh", "An Giang", "Firefox trên Windows")
	if res := minh.get(Root + "/cong"); !strings.Contains(res.body, "An Giang") || strings.Contains(res.body, `value="01"`) {
		t.Error("the new role is not in force")
	}
	res := boss.send(page, page+"/dat-lai")
	link := regexp.MustCompile(`http://localhost:8080(/thong-ke/loi-moi/[\w-]+)`).FindStringSubmatch(res.body)
	if link == nil {
		t.Fatalf("%d without a link", res.StatusCode)
	}
	owner := h.browser()
	wantText(t, "link", owner.get(link[1]).body, "Chọn mật khẩu mới", "minh")
	const fresh = "một mật khẩu hoàn toàn mới"
	if res := owner.send(link[1], link[1], "password", fresh, "again", fresh); res.StatusCode != 303 || owner.get(Root).StatusCode != 200 {
		t.Errorf("%d", res.StatusCode)
	}
	if minh.get(Root).StatusCode != 303 {
		t.Error("the session of before goes on")
	}
	if res := boss.send(page, page+"/ket-thuc"); res.StatusCode != 303 || owner.get(Root).StatusCode != 303 {
		t.Errorf("ending sessions: %d", res.StatusCode)
	}
	if res := boss.send(peoplePath+"/1", peoplePath+"/1", "role", "viewer", "state", "open", "reason", "x"); res.StatusCode != 422 || !strings.Contains(res.body, "quản trị cuối cùng") {
		t.Errorf("the last admin: %d", res.StatusCode)
	}
}

func TestLog_pageAndFile(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	boss := h.join("lan", referral.RoleAdmin)
	h.signIn("minh", "sai")
	h.join("minh", referral.RoleViewer)
	acc, err := h.access.Account(t.Context(), admin, 2)
	ok(t, err)
	for i, reason := range []string{"=cmd|'/c calc'!A1", "@SUM(1)", "+1", "-1"} {
		acc.Role = []referral.Role{referral.RoleEditor, referral.RoleViewer}[i%2]
		ok(t, h.access.UpdateAccount(t.Context(), admin, acc, reason))
	}
	wantText(t, "log", boss.get(logPath).body, "Đăng nhập hỏng trong khoảng này: 1", `class="url">lan</th>`, "Vai trò: Chỉ xem", "@SUM(1)")
	wantNoText(t, "narrowed", boss.get(logPath+"?who=nobody").body, `class="url">lan</th>`)
	wantText(t, "reversed", boss.get(logPath+"?from=2026-11-24&to=2026-11-01").body, "đứng trước")
	wantText(t, "unreadable", boss.get(logPath+"?from=x").body, "không đọc được")
	wantNoText(t, "after", boss.get(logPath+"?from=2026-11-25").body, `class="url">lan</th>`)
	res := boss.get(logPath + ".csv?what=account")
	if !strings.HasPrefix(res.body, "\ufeff") || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("file of %s", res.Header.Get("Content-Type"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(res.body, "\ufeff"))).ReadAll()
	ok(t, err)
	reasons := 0
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q would be a formula", cell)
			}
			if strings.HasPrefix(cell, "'") {
				reasons++
			}
		}
	}
	if len(rows) < 8 || reasons != 4 {
		t.Errorf("%d rows, %d made harmless", len(rows), reasons)
	}
	wantText(t, "log", boss.get(logPath+"?what=export").body, "nhat-ky.csv")
	const more = 1100 // as many as fill two parts of the file and begin a third
	for i := range more {
		ok(t, h.access.Exported(t.Context(), admin, fmt.Sprintf("dot-%d", i)))
	}
	long := boss.get(logPath + ".csv?what=export").body
	if n := strings.Count(long, "dot-"); n != more || !strings.Contains(long, "dot-0,") {
		t.Errorf("%d entries in a long file, want %d", n, more)
	}
}

// A packed form is refused as it came: what it would unpack to is no matter.
func TestSecurity_packedForms(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	const size = 64 << 20
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(make([]byte, size))
	ok(t, err)
	ok(t, z.Close())
	for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		for _, encodings := range [][]string{{"gzip"}, {"identity", "gzip"}, {"", "gzip"}} {
			r := httptest.NewRequest("POST", Root+"/dang-nhap", bytes.NewReader(packed.Bytes()))
			r.Header.Set("Content-Type", kind)
			r.Header["Content-Encoding"] = encodings
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			res := h.browser().request(r)
			runtime.ReadMemStats(&after)
			if taken := after.TotalAlloc - before.TotalAlloc; res.StatusCode != 415 && res.StatusCode != 403 || taken > size/4 {
				t.Errorf("%s, %q: %d, and %d bytes of memory for %d", kind, encodings, res.StatusCode, taken, packed.Len())
			}
		}
	}
}
