package app

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/access"
	"lensan/server/alerts"
	"lensan/server/config"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
)

// A row says what a route answers to each role. A new route without a row fails
// TestRoutes_everyRole, and LENSAN_ROUTES=print shows what it answers now.
//
//	{"POST /thong-ke/in-an/{batch}", "name=", "in - 403 404 422 422 422"}
//
// First the method and address as the application registers it, parameters
// replaced by things that exist, all of them An Giang's: {code} {portal}
// {batch} {empty} (a batch without places) {place} {report} {step} (of a succession), and {account} {key} {session} {destination} for what an admin
// names. A query may follow. Then the body: a form on the dashboard, JSON
// elsewhere; let it be one that changes nothing even for those who may (a field
// missing, or what is there already), since all roles ask the same application.
// Last the statuses, in the order of roles below; "in" is a redirect to the
// sign-in page, "-" a role that cannot be asked (no account is a marketplace).
//
// Besides the statuses the test proves of each row: what is refused writes
// nothing; what the province of another portal gets shows nothing of An Giang's;
// and a refusal is, to the letter, what somebody gets who asks for a thing that
// does not exist.
type row struct{ route, body, want string }

var roles = []string{"guest", "marketplace", "viewer", "foreign", "own", "editor", "admin"}

// What only An Giang may see, beside its codes. Public pages speak of portals.
var secrets = []string{"so-bi-mat", "cu-bi-mat", "Sở Bí mật", "bimat.angiang", "Nhãn kín", "dot-bi-mat", "Đợt kín", "Chợ kín"}

// world is a running application with one portal of An Giang and an account and
// a key of each role.
type world struct {
	t       *testing.T
	app     *App
	base    string
	cookies map[string]string // role → secret of a session
	csrf    map[string]string
	keys    map[string]string // role → secret of a key
	real    *strings.Replacer // {code} → what exists
	ghost   *strings.Replacer // {code} → what does not, as long
	blur    *strings.Replacer // both → {code}, in answers
}

func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	w := &world{t: t, cookies: map[string]string{}, csrf: map[string]string{}, keys: map[string]string{}}
	w.app, err = New(t.Context(), config.Config{Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: t.TempDir(), CommitWait: time.Minute},
		Options{Texts: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	fatal(t, err)
	fatal(t, w.app.Listen())
	w.base = "http://" + w.app.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.app.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	w.people()
	w.things()
	return w
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var root = referral.Actor{Kind: "cli", Role: referral.RoleAdmin}

// people makes an account and a key of each role.
func (w *world) people() {
	w.t.Helper()
	ctx := w.t.Context()
	for _, role := range roles[1:] {
		k := access.Key{Label: role, Role: referral.Role(role)}
		switch role {
		case "own":
			k.Role, k.Province = referral.RoleProvince, 911
		case "foreign":
			k.Role, k.Province = referral.RoleProvince, 10
		case "marketplace":
			k.Destination = "postmart"
		}
		_, secret, err := w.app.access.CreateKey(ctx, root, k)
		fatal(w.t, err)
		w.keys[role] = secret
		if role == "marketplace" {
			continue
		}
		token, err := w.app.access.Invite(ctx, root, k.Role, k.Province)
		fatal(w.t, err)
		w.cookies[role], err = w.app.access.Accept(ctx, token, role+".person", "ruộng bậc thang mùa lúa chín")
		fatal(w.t, err)
		s, err := w.app.access.Session(ctx, w.cookies[role])
		fatal(w.t, err)
		w.csrf[role] = s.CSRF
	}
}

// things makes what the addresses speak of.
func (w *world) things() {
	w.t.Helper()
	ctx, r := w.t.Context(), w.app.registry
	text := func(s string) *string { return &s }
	_, err := r.CreatePortal(ctx, root, registry.PortalInput{ID: text("so-bi-mat"), Name: text("Sở Bí mật"), Province: text("91"), Hosts: &[]string{"bimat.angiang.gov.vn"}})
	fatal(w.t, err)
	p, err := r.CreatePlacement(ctx, root, registry.PlacementInput{Portal: text("so-bi-mat"), Kind: text("widget"), Destination: text("support_portal"), Label: text("Nhãn kín")})
	fatal(w.t, err)
	_, err = r.CreateBatch(ctx, root, registry.BatchInput{ID: text("dot-bi-mat"), Name: text("Đợt kín"), Portal: text("so-bi-mat")})
	fatal(w.t, err)
	_, err = r.CreateBatch(ctx, root, registry.BatchInput{ID: text("rong-bi-mat"), Name: text("Đợt kín"), Portal: text("so-bi-mat")})
	fatal(w.t, err)
	places, err := r.ImportPlaces(ctx, root, "dot-bi-mat", strings.NewReader("label\nChợ kín\n"), false)
	fatal(w.t, err)
	report, err := r.ReportCode(ctx, referral.CodeReport{Code: places[0].Code, Where: "Chợ kín"})
	fatal(w.t, err)
	old := referral.MustDay("2021-07-21")
	_, err = r.CreatePortal(ctx, root, registry.PortalInput{ID: text("cu-bi-mat"), Name: text("Sở Bí mật"), Province: text("89"), ProvinceOn: &old})
	fatal(w.t, err)
	step, err := r.ApplySuccession(ctx, root, []registry.SuccessionChoice{{Portal: "cu-bi-mat", Do: registry.DecideKeep}}, "x")
	fatal(w.t, err)
	k, _, err := w.app.access.CreateKey(ctx, root, access.Key{Label: "x", Role: referral.RoleViewer})
	fatal(w.t, err)
	fatal(w.t, w.app.access.RevokeKey(ctx, root, k.ID))
	accounts, err := w.app.access.Accounts(ctx, root)
	fatal(w.t, err)
	viewer := accounts[slices.IndexFunc(accounts, func(a access.Account) bool { return a.Name == "viewer.person" })]
	other, err := w.app.access.SignIn(ctx, "viewer.person", "ruộng bậc thang mùa lúa chín", "192.0.2.1", "")
	fatal(w.t, err)
	session, err := w.app.access.Session(ctx, other)
	fatal(w.t, err)

	subscription, err := w.app.mailing.Subscribe(ctx, root, mailing.Subscription{Kind: mailing.Reports, Email: "kin@angiang.gov.vn", Province: 911, Lang: "vi", Day: 3})
	fatal(w.t, err)
	_, err = w.app.store.PutMessages(ctx, []outbox.Message{{Key: "kin", Kind: mailing.Reports, Channel: outbox.Mail, To: "kin@angiang.gov.vn", Subject: "Thư kín", State: outbox.Waiting,
		CreatedAt: time.Now(), NextAt: time.Now().Add(time.Hour), Files: []outbox.File{{Name: "kin.pdf", Type: "application/pdf", Content: []byte("%PDF-")}}}})
	fatal(w.t, err)

	alert, _, err := w.app.store.OpenAlert(ctx, alerts.Sign{Kind: alerts.Portal, Subject: "so-bi-mat", Args: referral.Args{"portal": "Sở Bí mật", "day": "01/11/2026"}}, time.Now())
	fatal(w.t, err)

	pairs := [][3]string{
		{"{alert}", strconv.FormatInt(alert.Num, 10), "94"},
		{"{subscription}", strconv.FormatInt(subscription.Num, 10), "96"},
		{"{message}", "1", "95"},
		{"{file}", "0", "9"},
		{"{code}", string(p.Code), string(referral.NewCode())},
		{"{place}", string(places[0].Code), string(referral.NewCode())},
		{"{portal}", "so-bi-mat", "so-ma-not"},
		{"{batch}", "dot-bi-mat", "dot-ma-not"},
		{"{destination}", "postmart", "nothing1"},
		{"{empty}", "rong-bi-mat", "rong-ma-not"},
		{"{report}", strconv.FormatInt(report.Num, 10), "99"},
		{"{step}", strconv.FormatInt(step.ID, 10), "96"},
		{"{text}", "public.hub.title", "public.hub.nicht"},
		{"{lang}", "vi", "vi"},
		{"{key}", strconv.FormatInt(k.ID, 10), "98"},
		{"{account}", strconv.FormatInt(viewer.ID, 10), "97"},
		{"{session}", session.ID, "0123456789abcdef"},
	}
	var real, ghost, blur []string
	for _, x := range pairs {
		real, ghost = append(real, x[0], x[1]), append(ghost, x[0], x[2])
		if len(x[1]) > 3 {
			blur = append(blur, x[1], x[0], x[2], x[0])
		}
	}
	w.real, w.ghost, w.blur = strings.NewReplacer(real...), strings.NewReplacer(ghost...), strings.NewReplacer(blur...)
}

type reply struct {
	status string // "200", or "in" for a redirect to the sign-in page
	body   string
}

var client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends a row's request as a role.
func (w *world) ask(role, route, body string) reply {
	w.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	api := strings.HasPrefix(path, "/api/")
	if !api && method == "POST" {
		form, err := url.ParseQuery(body)
		fatal(w.t, err)
		form.Set("csrf", w.csrf[role])
		body = form.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, w.base+path, strings.NewReader(body))
	fatal(w.t, err)
	r.Host = "localhost:8080"
	switch {
	case api && strings.Contains(path, ":import"):
		r.Header.Set("Content-Type", "text/csv")
	case api:
		r.Header.Set("Content-Type", "application/json")
	case method == "POST":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if w.keys[role] != "" && api {
		r.Header.Set("Authorization", "Bearer "+w.keys[role])
	}
	if w.cookies[role] != "" {
		r.AddCookie(&http.Cookie{Name: "lensan-session", Value: w.cookies[role]})
	}
	res, err := client.Do(r)
	fatal(w.t, err)
	defer res.Body.Close()
	got := reply{status: strconv.Itoa(res.StatusCode)}
	if strings.HasPrefix(res.Header.Get("Location"), "/thong-ke/dang-nhap") && path != "/thong-ke/dang-xuat" {
		got.status = "in"
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		raw, err := io.ReadAll(res.Body)
		fatal(w.t, err)
		got.body = string(raw)
	}
	return got
}

// changes counts the entries of the log.
func (w *world) changes() (n int) {
	w.t.Helper()
	q := access.Query{Limit: 500}
	for {
		list, next, err := w.app.access.Log(w.t.Context(), root, q)
		fatal(w.t, err)
		if n, q.Cursor = n+len(list), next; next == "" {
			return n
		}
	}
}

// logged are the pages that hand out a file, which is written down.
var logged = regexp.MustCompile(`^GET /thong-ke/((so-lieu|do-phu)\.(csv|xlsx)|nhat-ky\.csv|bao-cao-thang\.(pdf|xlsx)|thu/.*/tep/|.*/ap-phich)`)

func TestRoutes_everyRole(t *testing.T) {
	w := newWorld(t)
	for _, x := range rows {
		want := strings.Fields(x.want)
		if len(want) != len(roles) {
			t.Errorf("%s: %d statuses, want %d", x.route, len(want), len(roles))
			continue
		}
		var seen []string
		for i, role := range roles {
			if want[i] == "-" {
				seen = append(seen, "-")
				continue
			}
			before := w.changes()
			got := w.ask(role, w.real.Replace(x.route), w.real.Replace(x.body))
			seen = append(seen, got.status)
			refused := got.status >= "4" || got.status == "in"
			if refused && w.changes() != before {
				t.Errorf("%s as %s: refused with %s and written down all the same", x.route, role, got.status)
			}
			if wrote := w.changes() != before; !refused && strings.HasPrefix(x.route, "GET ") && wrote != logged.MatchString(x.route) {
				t.Errorf("%s as %s: a GET wrote something: %v", x.route, role, wrote)
			}
			if role != "foreign" || isPublic(x.route) {
				continue
			}
			for _, secret := range secrets {
				if strings.Contains(got.body, secret) && !strings.Contains(w.real.Replace(x.route+x.body), secret) {
					t.Errorf("%s as %s: %q shows", x.route, role, secret)
				}
			}
			if refused && strings.ContainsAny(x.route+x.body, "{") {
				none := w.ask(role, w.ghost.Replace(x.route), w.ghost.Replace(x.body))
				if none.status != got.status || w.plain(none.body) != w.plain(got.body) {
					here, there := apart(w.plain(got.body), w.plain(none.body))
					t.Errorf("%s as %s differs from what does not exist: %s …%q…, %s …%q…", x.route, role, got.status, here, none.status, there)
				}
			}
		}
		if got := strings.Join(seen, " "); got != strings.Join(want, " ") {
			t.Errorf("%s: %s, want %s (%s)", x.route, got, strings.Join(want, " "), strings.Join(roles, ", "))
		}
	}
}

func isPublic(route string) bool {
	_, path, _ := strings.Cut(route, " ")
	return !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/thong-ke")
}

var numbered = regexp.MustCompile(`/(tinh-sap-nhap|khoa|nguoi|bao-cao-ma|dang-ky|thu|tep|canh-bao|keys|code-reports)/[0-9]+`)

// plain is an answer without what was asked for, which must differ.
func (w *world) plain(body string) string {
	return numbered.ReplaceAllString(w.blur.Replace(body), "/$1/{}")
}

// apart returns where two answers begin to differ.
func apart(a, b string) (string, string) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	part := func(s string) string { return s[max(0, min(i-20, len(s))):min(i+60, len(s))] }
	return part(a), part(b)
}

// What the application answers has a row; on the paths of the API other methods
// are 405 to everybody.
func TestRoutes_haveRows(t *testing.T) {
	w := newWorld(t)
	known := map[string]bool{}
	for _, x := range rows {
		known[shape(x.route)] = true
	}
	var missing []string
	for _, r := range w.app.fiber.GetRoutes(true) {
		route := r.Method + " " + r.Path
		if r.Method == http.MethodHead || known[shape(route)] {
			continue
		}
		if strings.HasPrefix(r.Path, "/api/") {
			if r.Method == http.MethodConnect {
				continue // no client asks that of a path
			}
			if got := w.ask("admin", concrete(route), ""); got.status == "405" {
				continue
			}
		}
		missing = append(missing, route)
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	for _, route := range missing {
		t.Errorf("%s has no row: add one to routes_table_test.go", route)
		if os.Getenv("LENSAN_ROUTES") == "print" {
			var seen []string
			for _, role := range roles {
				seen = append(seen, w.ask(role, concrete(route), "").status)
			}
			t.Logf("{%q, %q, %q},", route, "", strings.Join(seen, " "))
		}
	}
}

// shape makes "GET /a/:id\:x" and "GET /a/{batch}:x?q=1" the same.
func shape(route string) string {
	route, _, _ = strings.Cut(route, "?")
	parts := strings.Split(strings.ReplaceAll(route, `\:`, "%"), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") || strings.HasPrefix(part, ":") {
			_, verb, _ := strings.Cut(part, "}")
			_, after, _ := strings.Cut(part, "%")
			_, called, found := strings.Cut(verb, ":")
			parts[i] = "*"
			if name := cmp.Or(called, after); found || name != "" {
				parts[i] += "%" + name
			}
		}
		parts[i] = strings.ReplaceAll(parts[i], ":", "%")
	}
	return strings.Join(parts, "/")
}

// concrete is an address for a registered route, with something for each parameter.
func concrete(route string) string {
	parts := strings.Split(strings.ReplaceAll(route, `\:`, "%"), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") || part == "*" {
			parts[i] = "1"
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), "%", ":")
}
