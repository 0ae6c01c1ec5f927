package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"lensan/assets"
	"lensan/server/access"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/testkit"
	"lensan/server/text"
)

// staff are the people whom the provider knows.
type staff map[string]*storage.User

func (s staff) GetUserByID(id string) *storage.User { return s[id] }
func (s staff) ExampleClientID() string             { return "service" }
func (s staff) GetUserByUsername(name string) *storage.User {
	for _, u := range s {
		if u.Username == name {
			return u
		}
	}
	return nil
}

// office is a running application and a provider (zitadel/oidc) to sign in at.
type office struct {
	t    *testing.T
	app  *App
	base string
	idp  *httptest.Server
}

func newOffice(t *testing.T) *office {
	t.Helper()
	address := testkit.FreeAddress(t)
	o := &office{t: t, base: "http://" + address}
	var handler http.Handler
	o.idp = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(o.idp.Close)
	storage.RegisterClients(storage.WebClient("lensan", "secret", o.base+"/thong-ke/dang-nhap/tro-lai"))
	handler = exampleop.SetupServer(o.idp.URL, storage.NewStorage(staff{
		"1": {ID: "1", Username: "minh", Password: "x", Email: "minh@mst.gov.vn", EmailVerified: true},
		"2": {ID: "2", Username: "gia-mao", Password: "x", Email: "minh@mst.gov.vn", EmailVerified: false},
		"3": {ID: "3", Username: "la", Password: "x", Email: "la@mst.gov.vn", EmailVerified: true},
	}), nil, false)
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	o.app, err = New(t.Context(), config.Config{Listen: address, BaseURL: o.base, Data: t.TempDir(), CommitWait: time.Minute,
		OIDCIssuer: o.idp.URL, OIDCClientID: "lensan", OIDCSecret: "secret"}, Options{Texts: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	fatal(t, err)
	fatal(t, o.app.Listen())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.app.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	token, err := o.app.access.Invite(t.Context(), root, referral.RoleEditor, 0)
	fatal(t, err)
	_, err = o.app.access.Accept(t.Context(), token, "minh@mst.gov.vn", "ruộng bậc thang mùa lúa chín")
	fatal(t, err)
	return o
}

func (o *office) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	fatal(o.t, err)
	return &http.Client{Jar: jar, Timeout: time.Minute}
}

func read(t *testing.T, res *http.Response, err error) (status int, at *url.URL, body string) {
	t.Helper()
	fatal(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	fatal(t, err)
	return res.StatusCode, res.Request.URL, string(raw)
}

var requestID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signIn goes the whole way: our page, the provider's, and back; last is the
// address at which the provider sent the browser back.
func (o *office) signIn(b *http.Client, user string) (status int, at *url.URL, body string, last string) {
	o.t.Helper()
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/tro-lai") {
			last = r.URL.String()
		}
		return nil
	}
	res, err := b.Get(o.base + "/thong-ke/dang-nhap/nha-cung-cap?next=%2Fthong-ke%2Fcong")
	_, login, page := read(o.t, res, err)
	id := requestID.FindStringSubmatch(page)
	if id == nil {
		o.t.Fatalf("no form at %s: %s", login, page)
	}
	res, err = b.PostForm(o.idp.URL+"/login/username", url.Values{"id": {id[1]}, "username": {user}, "password": {"x"}})
	status, at, body = read(o.t, res, err)
	return status, at, body, last
}

func TestSignOn_atARealProvider(t *testing.T) {
	o := newOffice(t)
	res, err := o.browser().Get(o.base + "/thong-ke/dang-nhap")
	if _, _, body := read(t, res, err); !strings.Contains(body, `href="/thong-ke/dang-nhap/nha-cung-cap"`) {
		t.Error("the sign-in page does not offer the provider")
	}
	for _, user := range []string{"gia-mao", "la"} {
		if status, _, body, _ := o.signIn(o.browser(), user); status != 403 || !strings.Contains(body, "chưa có tài khoản nào được mời") {
			t.Errorf("%s: %d", user, status)
		}
	}
	b := o.browser()
	status, at, body, back := o.signIn(b, "minh")
	if status != 200 || at.Path != "/thong-ke/cong" || !strings.Contains(body, "minh@mst.gov.vn") {
		t.Fatalf("%d at %s", status, at)
	}
	if !strings.Contains(back, "state=") || !strings.Contains(back, "code=") {
		t.Errorf("came back at %s", back)
	}
	accounts, err := o.app.access.Accounts(t.Context(), root)
	fatal(t, err)
	if len(accounts) != 1 || !accounts[0].Linked {
		t.Errorf("accounts %+v", accounts)
	}

	for what, c := range map[string]struct {
		browser *http.Client
		address string
	}{
		"the same answer again":           {b, back},
		"in another browser":              {o.browser(), back},
		"without anything":                {o.browser(), o.base + "/thong-ke/dang-nhap/tro-lai"},
		"the provider says access_denied": {o.browser(), o.base + "/thong-ke/dang-nhap/tro-lai?error=access_denied&state=x"},
	} {
		res, err := c.browser.Get(c.address)
		if status, _, body := read(t, res, err); status != 403 || !strings.Contains(body, "nhà cung cấp không xác nhận") {
			t.Errorf("%s: %d", what, status)
		}
	}
	log, _, err := o.app.access.Log(t.Context(), root, access.Query{Entity: "account", Key: "minh@mst.gov.vn"})
	fatal(t, err)
	if len(log) < 2 || log[0].Verb != "sign_in_provider" || log[1].Verb != "link" {
		t.Errorf("log %+v", log)
	}
}

// A state of one sign-in must not finish another's, even in the same browser.
func TestSignOn_stateAndNonceAreOfOneSignIn(t *testing.T) {
	o := newOffice(t)
	signOn := o.app.signOn()
	_, kept, err := signOn.Begin(t.Context())
	fatal(t, err)
	address, _, err := signOn.Begin(t.Context())
	fatal(t, err)
	u, err := url.Parse(address)
	fatal(t, err)
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) < 43 || len(q.Get("nonce")) < 32 || len(q.Get("state")) < 32 {
		t.Errorf("address %s", address)
	}
	if _, err := signOn.Finish(t.Context(), kept, url.Values{"state": {q.Get("state")}, "code": {"x"}}); err == nil {
		t.Error("another's state is taken")
	}
	for _, bad := range []string{"", ".", "...", strings.Repeat("a", 40) + ".b.c.1", kept + "0"} {
		if _, err := signOn.Finish(t.Context(), bad, url.Values{"state": {""}, "code": {"x"}}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSignOn_providerDown(t *testing.T) {
	o := newOffice(t)
	o.idp.Close()
	res, err := o.browser().Get(o.base + "/thong-ke/dang-nhap/nha-cung-cap")
	if status, _, body := read(t, res, err); status != 503 || !strings.Contains(body, "không liên lạc được với nhà cung cấp") {
		t.Errorf("%d", status)
	}
}
