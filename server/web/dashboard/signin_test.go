package dashboard

import (
	"net/url"
	"strings"
	"testing"

	"lensan/server/referral"
)

func TestSignedOut_isSentToSignIn(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	for _, c := range []struct{ method, path, want string }{
		{"GET", Root, Root + "/dang-nhap"},
		{"GET", Root + "/cong", Root + "/dang-nhap?next=%2Fthong-ke%2Fcong"},
		{"GET", Root + "?period=7", Root + "/dang-nhap?next=%2Fthong-ke%3Fperiod%3D7"},
		{"GET", Root + "?x=//evil.example", Root + "/dang-nhap"},
		{"GET", Root + "/vi-tri/K7Q2PX", Root + "/dang-nhap?next=%2Fthong-ke%2Fvi-tri%2FK7Q2PX"},
		{"POST", Root + "/cong", Root + "/dang-nhap"},
		{"POST", Root + "/khoa/1/thu-hoi", Root + "/dang-nhap"},
	} {
		b := h.browser()
		b.cookies["lensan-session"] = "made-up"
		var form url.Values
		if c.method == "POST" {
			form = url.Values{"name": {"x"}}
		}
		res := b.do(c.method, c.path, form)
		if res.StatusCode != 303 || res.Header.Get("Location") != c.want {
			t.Errorf("%s %s: %d %s, want %s", c.method, c.path, res.StatusCode, res.Header.Get("Location"), c.want)
		}
		wantNoText(t, c.path, res.body, "an-giang", "An Giang")
	}
}

func TestSignIn(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	token, err := h.access.FirstInvitation(t.Context())
	ok(t, err)
	page := Root + "/loi-moi/" + token
	first := h.browser().send(page, page, "name", "Lan.Nguyen", "password", testPassword, "again", testPassword)
	if first.StatusCode != 303 {
		t.Fatalf("invitation: %d", first.StatusCode)
	}
	for _, c := range []struct {
		what, name, password, next string
		status                     int
		location                   string
	}{
		{"wrong password", "lan.nguyen", "sai", "", 403, ""},
		{"unknown name", "ai.do", testPassword, "", 403, ""},
		{"nothing", "", "", "", 403, ""},
		{"right", "lan.nguyen", testPassword, "", 303, Root},
		{"right, other case", " LAN.nguyen ", testPassword, "/thong-ke/cong?q=a", 303, "/thong-ke/cong?q=a"},
		{"next leads away", "lan.nguyen", testPassword, "//evil.example/thong-ke", 303, Root},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := h.browser()
			res := b.send(Root+"/dang-nhap?next="+url.QueryEscape(c.next), Root+"/dang-nhap", "name", c.name, "password", c.password, "next", c.next)
			if res.StatusCode != c.status || res.Header.Get("Location") != c.location {
				t.Fatalf("%d %q", res.StatusCode, res.Header.Get("Location"))
			}
			if c.status != 303 {
				wantText(t, c.what, res.body, "Tên đăng nhập hoặc mật khẩu không đúng.", `role="alert"`)
				wantNoText(t, c.what, res.body, `value="`+testPassword)
				if b.cookies["lensan-session"] != "" {
					t.Error("a session was begun")
				}
				return
			}
			if got := b.get(Root); got.StatusCode != 200 {
				t.Errorf("the session does not work: %d", got.StatusCode)
			}
		})
	}
}

func TestSignIn_cookie(t *testing.T) {
	for _, c := range []struct {
		base, name string
		secure     bool
	}{
		{"http://localhost:8080", "lensan-session", false},
		{"https://lensan.example.gov.vn", "__Host-lensan-session", true},
	} {
		h := newHouse(t, c.base)
		token, err := h.access.FirstInvitation(t.Context())
		ok(t, err)
		page := Root + "/loi-moi/" + token
		res := h.browser().send(page, page, "name", "lan", "password", testPassword, "again", testPassword)
		found := false
		for _, cookie := range res.Cookies() {
			if cookie.Name != c.name {
				continue
			}
			found = true
			if !cookie.HttpOnly || cookie.Secure != c.secure || cookie.Path != "/" || cookie.Domain != "" || !strings.Contains(cookie.Raw, "SameSite=Lax") {
				t.Errorf("%s: cookie %s", c.base, cookie.Raw)
			}
		}
		if !found {
			t.Errorf("%s: no cookie %s in %v", c.base, c.name, res.Header["Set-Cookie"])
		}
	}
}

// A session that somebody else put into the browser must neither stay in force
// nor become theirs.
func TestSignIn_replacesAnySession(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	attacker := h.signedIn(referral.RoleViewer, 0)
	planted := attacker.cookies["lensan-session"]

	token, err := h.access.Invite(t.Context(), admin, referral.RoleAdmin, 0)
	ok(t, err)
	victim := h.browser()
	victim.cookies["lensan-session"] = planted
	page := Root + "/loi-moi/" + token
	victim.send(page, page, "name", "lan", "password", testPassword, "again", testPassword)
	if now := victim.cookies["lensan-session"]; now == planted || now == "" {
		t.Fatalf("session is %q", now)
	}
	if res := attacker.get(Root); res.StatusCode != 303 {
		t.Errorf("the planted session still works: %d", res.StatusCode)
	}
}

func TestSignOut_endsTheSession(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleViewer, 0)
	secret := b.cookies["lensan-session"]
	if res := b.send(Root, Root+"/dang-xuat"); res.StatusCode != 303 || b.cookies["lensan-session"] != "" {
		t.Fatalf("%d, cookie %q", res.StatusCode, b.cookies["lensan-session"])
	}
	b.cookies["lensan-session"] = secret
	if res := b.get(Root); res.StatusCode != 303 {
		t.Errorf("the session still works: %d", res.StatusCode)
	}
}

func TestInvitation(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	token, err := h.access.FirstInvitation(t.Context())
	ok(t, err)
	page := Root + "/loi-moi/" + token
	for _, c := range []struct {
		what, page, name, password, again string
		status                            int
		want                              string
	}{
		{"different", page, "lan", testPassword, "khác", 422, "Hai lần nhập mật khẩu không giống nhau."},
		{"short", page, "lan", "ngắn", "ngắn", 422, "Mật khẩu cần ít nhất"},
		{"no name", page, "", testPassword, testPassword, 422, "Không được để trống."},
		{"wrong token", Root + "/loi-moi/abc", "lan", testPassword, testPassword, 404, "Lời mời không còn dùng được"},
		{"good", page, "lan", testPassword, testPassword, 303, ""},
		{"used", page, "mai", testPassword, testPassword, 404, "Lời mời không còn dùng được"},
	} {
		res := h.browser().send(c.page, c.page, "name", c.name, "password", c.password, "again", c.again)
		if res.StatusCode != c.status {
			t.Errorf("%s: %d", c.what, res.StatusCode)
		}
		wantText(t, c.what, res.body, c.want)
		wantNoText(t, c.what, res.body, testPassword)
		if c.status == 422 && c.name != "" {
			wantText(t, c.what, res.body, `value="lan"`, `aria-invalid="true"`)
		}
	}
}
