package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/access"
	"lensan/server/app"
	"lensan/server/classify"
	"lensan/server/clicklog"
	"lensan/server/clicklog/localjournal"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/succession"
	"lensan/server/testkit"
	"lensan/server/text"
	"lensan/server/web"
	"lensan/server/web/api"
	"lensan/server/wording"
)

const (
	base     = "https://lensan.example.vn"
	adminKey = "environment-key"
)

// releases are the versions of the enhancer that exist in tests.
var releases = []string{"bbbbbbbbbb", "aaaaaaaaaa"}

// kit is the API on a real store, journal, registry, stats and access.
type kit struct {
	t        testing.TB
	app      *fiber.App
	api      *api.API
	store    *store.Store
	path     string // of the database
	links    *referral.LinkTable
	registry *registry.Registry
	access   *access.Access
	health   *health.Checker
	texts    *text.Bundle
	coverage *coverage.Coverage
	clicks   *clicklog.Log
	applier  *rollup.Applier
	wait     func(context.Context) error
	made     atomic.Int64 // pages of posters
	mu       sync.Mutex
	time     time.Time
	keys     map[string]string // role → secret
}

// pass moves the clock.
func (k *kit) pass(d time.Duration) { k.mu.Lock(); defer k.mu.Unlock(); k.time = k.time.Add(d) }

func (k *kit) now() time.Time { k.mu.Lock(); defer k.mu.Unlock(); return k.time }

func must[T any](t testing.TB, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKit(t testing.TB) *kit {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	k := &kit{t: t, links: new(referral.LinkTable), keys: map[string]string{"env": adminKey}, time: time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC)}
	k.path = filepath.Join(dir, "lensan.db")
	k.store = testkit.Migrated(t, k.path, store.OpenSQLite)
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		return string(must(t, raw, err))
	}
	provinces, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	k.registry = registry.New(k.store, must(t, provinces, err), k.links, k.now)
	seed, err := registry.ReadSeed([]byte(read("destinations.toml")))
	if err := k.registry.Seed(ctx, must(t, seed, err)); err != nil {
		t.Fatal(err)
	}
	k.health = health.New(k.store, k.registry, nil, health.Options{Now: k.now, Log: slog.New(slog.DiscardHandler)})
	k.coverage = coverage.New(k.store, provinces, nil, coverage.Options{Base: base, Now: k.now})
	k.access = access.New(k.store, adminKey, k.now)
	k.startClicks(dir)
	texts, err := text.Load(assets.Files)
	must(t, texts, err)
	files, err := web.NewAssets(assets.Files, "css", "fonts", "images")
	must(t, files, err)
	pages, err := web.NewPages(texts, files, web.Templates())
	must(t, pages, err)
	k.texts = texts
	posters := &app.Posters{Registry: k.registry, Texts: texts, Base: base, Now: k.now}
	words := wording.New(k.store, texts, k.now, wording.Check{Of: []string{"poster."}, Fits: posters.CheckTexts})
	if err := words.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	k.app = fiber.New(web.FiberConfig(web.ErrorHandler(pages, slog.New(slog.NewTextHandler(testLog{t}, nil)))))
	k.api = api.New(api.Deps{Registry: k.registry, Stats: stats.New(k.store, provinces, k.applier.Status, k.now), Access: k.access, Health: k.health, Coverage: k.coverage, Signups: signups.New(k.store, k.registry, k.links, k.now), Texts: texts,
		Base: base, Now: k.now, Releases: releases, Succession: succession.New(k.registry, stats.New(k.store, provinces, k.applier.Status, k.now), k.now), Posters: countedPosters{posters, &k.made}, Wording: words, WaitApplied: func(ctx context.Context) error { return k.wait(ctx) }})
	k.api.Register(k.app)
	return k
}

// testLog makes whatever is logged as an error fail the test: a 500 is a fault here.
type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) { l.t.Errorf("log: %s", b); return len(b), nil }

func (k *kit) startClicks(dir string) {
	journal, err := localjournal.Open(filepath.Join(dir, "journal"))
	must(k.t, journal, err)
	classifier, err := classify.New()
	k.applier = rollup.NewApplier(journal, k.store, must(k.t, classifier, err))
	k.clicks = clicklog.New(journal, clicklog.Options{CommitWait: time.Minute})
	k.wait = func(ctx context.Context) error {
		seq, err := journal.Last(ctx)
		if err != nil {
			return err
		}
		return k.applier.WaitApplied(ctx, seq)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- k.applier.Run(ctx) }()
	k.t.Cleanup(func() {
		k.clicks.Close(context.Background())
		stop()
		<-done
		journal.Close()
	})
}

// as returns the key of a role, made on first use: admin, editor, viewer,
// marketplace, "own" (An Giang) and "foreign" (Hà Nội), or "" for none.
func (k *kit) as(role string) string {
	k.t.Helper()
	if secret, ok := k.keys[role]; ok || role == "" {
		return secret
	}
	key := access.Key{Label: role, Role: referral.Role(role)}
	switch role {
	case "admin2":
		key.Role = referral.RoleAdmin
	case "own":
		key.Role, key.Province = referral.RoleProvince, 911
	case "foreign":
		key.Role, key.Province = referral.RoleProvince, 10
	case "marketplace":
		key.Destination = "postmart"
	}
	made, secret, err := k.access.CreateKey(context.Background(), referral.Actor{Kind: "cli", Role: referral.RoleAdmin}, key)
	if err != nil {
		k.t.Fatal(err)
	}
	k.keys[role] = secret
	if made.ID == 0 {
		k.t.Fatal("a key without a number")
	}
	return secret
}

// request is one call; header lines are "Name: value".
type request struct {
	role   string
	method string
	path   string // after /api/v1
	body   string
	header []string
}

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// do sends a request and checks the answer against openapi.json.
func (k *kit) do(r request) answer {
	k.t.Helper()
	req := httptest.NewRequest(r.method, api.Prefix+r.path, strings.NewReader(r.body))
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if secret := k.as(r.role); secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	req.Header.Set("Accept-Language", "en")
	for _, line := range r.header {
		name, value, _ := strings.Cut(line, ": ")
		if value == "" {
			req.Header.Del(name)
		} else {
			req.Header.Set(name, value)
		}
	}
	resp, err := k.app.Test(req, 60_000)
	if err != nil {
		k.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := conform(req, r.body, resp, body); err != nil {
		k.t.Errorf("%s %s: the answer is not as openapi.json says: %v\n%s", r.method, r.path, err, body)
	}
	if strings.Contains(string(body), "[error.") || strings.Contains(string(body), "[status.") {
		k.t.Errorf("%s %s: a text is missing: %s", r.method, r.path, body)
	}
	return answer{t: k.t, status: resp.StatusCode, header: resp.Header, body: string(body)}
}

func (k *kit) get(role, path string) answer {
	k.t.Helper()
	return k.do(request{role: role, method: "GET", path: path})
}

func (k *kit) post(role, path, body string) answer {
	k.t.Helper()
	return k.do(request{role: role, method: "POST", path: path, body: body})
}

func (k *kit) patch(role, path, body string) answer {
	k.t.Helper()
	return k.do(request{role: role, method: "PATCH", path: path, body: body})
}

// want checks the status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// at returns a value of the JSON answer: at("items", 0, "code").
func (a answer) at(path ...any) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				a.t.Fatalf("no %v in %s", path, a.body)
			}
			v = m[s]
		case int:
			l, ok := v.([]any)
			if !ok || s >= len(l) {
				a.t.Fatalf("no %v in %s", path, a.body)
			}
			v = l[s]
		}
	}
	return v
}

func (a answer) str(path ...any) string { a.t.Helper(); return fmt.Sprint(a.at(path...)) }

// faults returns "pointer code" of a problem, and "line:column" before it for CSV.
func (a answer) faults() string {
	a.t.Helper()
	var p web.Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	var out []string
	for _, f := range p.Errors {
		s := f.Pointer + " " + f.Code
		if f.Line > 0 {
			s = fmt.Sprintf("%d:%d %s", f.Line, f.Column, s)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// version grows with every change of the registry.
func (k *kit) version() int64 {
	k.t.Helper()
	v, err := k.store.Version(context.Background())
	return must(k.t, v, err)
}

const (
	anGiang = `{"id":"stttt-an-giang","name":"Sở TT&TT An Giang","province":"89","province_on":"2021-07-21","hosts":["stttt.angiang.gov.vn"]}`
	haNoi   = `{"id":"skhcn-ha-noi","name":"Sở KH&CN Hà Nội","province":"01"}`
)

// portals creates one portal in An Giang and one in Hà Nội.
func (k *kit) portals() {
	k.t.Helper()
	k.post("env", "/portals", anGiang).want(201)
	k.post("env", "/portals", haNoi).want(201)
}

// placement creates one and returns its code.
func (k *kit) placement(portal, kind, destination string) string {
	k.t.Helper()
	return k.post("env", "/placements", fmt.Sprintf(`{"portal":%q,"kind":%q,"destination":%q}`, portal, kind, destination)).want(201).str("code")
}

const phone = "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36"

// click records a click as the public pages do.
func (k *kit) click(code string, visitor uint64) {
	k.t.Helper()
	l := k.links.Load().Find(referral.Code(code))
	if l == nil {
		k.t.Fatalf("no link %s", code)
	}
	day := referral.DayOf(k.now())
	c := referral.Click{Milli: k.now().UnixMilli(), Placement: l.Num, Portal: l.Portal.Num, Province: l.Portal.Province(day).ID,
		Destination: referral.HubNum, Channel: referral.ChannelWidget, Visitor: visitor, UserAgent: phone}
	if l.Destination != nil {
		c.Destination = l.Destination.Num
	}
	if got := k.clicks.Record(&c); got != clicklog.Committed {
		k.t.Fatalf("click is %v", got)
	}
}

func (k *kit) code(s string) referral.Code {
	k.t.Helper()
	code, err := referral.ParseCode(s)
	return must(k.t, code, err)
}
