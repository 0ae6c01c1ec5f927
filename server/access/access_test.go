package access_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
	"lensan/server/testkit"
)

// house is an Access on a real database with a clock that stands still.
type house struct {
	*access.Access
	t     *testing.T
	store *store.Store
	path  string
	mu    sync.Mutex
	time  time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, path: filepath.Join(t.TempDir(), "lensan.db"), time: time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)}
	h.open()
	return h
}

func (h *house) open() {
	h.t.Helper()
	s := testkit.Migrated(h.t, h.path, store.OpenSQLite)
	h.store, h.Access = s, access.New(s, "environment-key", h.now)
	h.SetPause(func(context.Context, time.Duration) error {
		h.t.Error("an answer is held back")
		return nil
	})
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *house) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

const password = "con trâu đi trước cái cày"

// admin makes the first account and returns its session.
func (h *house) admin() string {
	h.t.Helper()
	token, err := h.FirstInvitation(context.Background())
	if err != nil || token == "" {
		h.t.Fatalf("first invitation %q, %v", token, err)
	}
	session, err := h.Accept(context.Background(), token, "lan@mst.gov.vn", password)
	if err != nil {
		h.t.Fatal(err)
	}
	return session
}

var boss = referral.Actor{Kind: "account", ID: "lan@mst.gov.vn", Role: referral.RoleAdmin}

func (h *house) key(k access.Key) (access.Key, string) {
	h.t.Helper()
	k, secret, err := h.CreateKey(context.Background(), boss, k)
	if err != nil {
		h.t.Fatal(err)
	}
	return k, secret
}

// history returns "actor verb key" of an entity, oldest first.
func (h *house) history(entity, key string) (lines []string) {
	h.t.Helper()
	list, _, err := h.store.History(context.Background(), entity, key, registry.Page{Limit: 500})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range list {
		lines = append([]string{c.Actor + " " + c.Verb + " " + c.Key}, lines...)
		if !c.Time.Equal(h.now()) && c.Time.After(h.now()) {
			h.t.Errorf("change at %s, after now", c.Time)
		}
	}
	return lines
}

func wantFields(t *testing.T, err error, kind error, want ...string) {
	t.Helper()
	var e *referral.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("error is %v, want %v", err, kind)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field+" "+f.Key)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("fields are %v, want %v", got, want)
	}
}

func TestFirstInvitation_makesOneAdmin(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	first, err := h.FirstInvitation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.FirstInvitation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accept(ctx, first, "lan", password); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a replaced invitation: %v", err)
	}
	secret, err := h.Accept(ctx, second, " Lan@mst.gov.vn ", password)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Session(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	if s.Account.Name != "lan@mst.gov.vn" || s.Account.Role != referral.RoleAdmin || s.CSRF == "" || s.CSRF == secret {
		t.Errorf("session is %+v", s)
	}
	if _, err := h.Accept(ctx, second, "other", password); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a used invitation: %v", err)
	}
	if third, err := h.FirstInvitation(ctx); third != "" || err != nil {
		t.Errorf("with an account there: %q, %v", third, err)
	}
	if got := h.history("account", "lan@mst.gov.vn"); len(got) != 1 || got[0] != "account:lan@mst.gov.vn create lan@mst.gov.vn" {
		t.Errorf("history is %v", got)
	}
}

func TestFirstInvitation_endsAfterADay(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	token, err := h.FirstInvitation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.advance(access.InvitationLife)
	if _, err := h.Accept(ctx, token, "lan", password); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestAccept_isSingleUseUnderRace(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	token, err := h.FirstInvitation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for _, name := range []string{"anna", "binh", "chi", "dung"} {
		go func() {
			_, err := h.Accept(ctx, token, name, password)
			errs <- err
		}()
	}
	won := 0
	for range 4 {
		if err := <-errs; err == nil {
			won++
		} else if !errors.Is(err, referral.ErrNotFound) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d accounts came of one invitation", won)
	}
}

func TestAccept_faultsNameEveryFieldAndKeepTheInvitation(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	token, err := h.FirstInvitation(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Accept(ctx, token, "a b", "short")
	wantFields(t, err, referral.ErrInvalid, "/name error.account_name", "/password error.password_short")
	_, err = h.Accept(ctx, token, "", "12345678")
	wantFields(t, err, referral.ErrInvalid, "/name error.required", "/password error.password_common")
	if _, err := h.Accept(ctx, token, "lan", password); err != nil {
		t.Error(err)
	}
}

func TestInvite(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	token, err := h.Invite(ctx, boss, referral.RoleProvince, 911)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Accept(ctx, token, "LAN@mst.gov.vn", password)
	wantFields(t, err, referral.ErrConflict, "/name error.name_taken")
	secret, err := h.Accept(ctx, token, "minh", password)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Session(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	want := referral.Actor{Kind: "account", ID: "minh", Role: referral.RoleProvince, Province: 911}
	if s.Account.Actor() != want {
		t.Errorf("actor is %+v, want %+v", s.Account.Actor(), want)
	}
	if _, err := h.Invite(ctx, want, referral.RoleAdmin, 0); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("a province invites: %v", err)
	}
	_, err = h.Invite(ctx, boss, "king", 911)
	wantFields(t, err, referral.ErrInvalid, "/role error.role", "/province error.role_province")
}

func TestSignIn(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, err := h.SignIn(ctx, " LAN@mst.gov.vn", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, secret); err != nil {
		t.Error(err)
	}
	decomposed := "con tra\u0302u \u0111i tru\u031bo\u031b\u0301c ca\u0301i ca\u0300y"
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", decomposed, "192.0.2.1", ""); err != nil {
		t.Errorf("the same password in decomposed form: %v", err)
	}
	_, wrong := h.SignIn(ctx, "lan@mst.gov.vn", password+"x", "192.0.2.1", "")
	_, unknown := h.SignIn(ctx, "nobody", password, "192.0.2.1", "")
	_, empty := h.SignIn(ctx, "", "", "192.0.2.1", "")
	_, long := h.SignIn(ctx, "lan@mst.gov.vn", strings.Repeat("x", 1<<20), "192.0.2.1", "")
	for _, err := range []error{wrong, unknown, empty, long} {
		if !errors.Is(err, referral.ErrForbidden) || err.Error() != wrong.Error() {
			t.Errorf("error is %v, want %v", err, wrong)
		}
	}
	if err := h.SignOut(ctx, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("after sign-out: %v", err)
	}
	if err := h.SignOut(ctx, secret); err != nil {
		t.Errorf("second sign-out: %v", err)
	}
	if got := strings.Join(h.history("account", "lan@mst.gov.vn"), ", "); strings.Count(got, "sign_in") != 2 || strings.Count(got, "sign_out") != 1 {
		t.Errorf("history is %s", got)
	}
}

func TestSignIn_unknownNameTakesAsLong(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	known, unknown := time.Hour, time.Hour
	measure := func(name string, best *time.Duration) {
		start := testkit.ProcessorTime(t)
		h.SignIn(ctx, name, "wrong password", "192.0.2.1", "")
		*best = min(*best, testkit.ProcessorTime(t)-start)
	}
	for range 8 { // in turns, so that a machine that grows slower slows both
		measure("lan@mst.gov.vn", &known)
		measure("nobody", &unknown)
	}
	if ratio := float64(known) / float64(unknown); ratio < 0.5 || ratio > 2 {
		t.Errorf("known %s, unknown %s", known, unknown)
	}
}

func TestSession_ends(t *testing.T) {
	for _, c := range []struct {
		name  string
		step  time.Duration
		steps int
		alive bool
	}{
		{"idle just within", access.SessionIdle - time.Second, 1, true},
		{"idle", access.SessionIdle, 1, false},
		{"used every hour", time.Hour, 7*24 - 1, true},
		{"used every hour for too long", time.Hour, 7 * 24, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, ctx := newHouse(t), context.Background()
			secret := h.admin()
			var err error
			for range c.steps {
				h.advance(c.step)
				_, err = h.Session(ctx, secret)
			}
			if alive := err == nil; alive != c.alive {
				t.Errorf("alive %t: %v", alive, err)
			}
			if err != nil && !errors.Is(err, referral.ErrNotFound) {
				t.Error(err)
			}
		})
	}
}

func TestSession_csrfIsStableAndItsOwn(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	one := h.admin()
	two, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	token := func(secret string) string {
		s, err := h.Session(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		return s.CSRF
	}
	if token(one) != token(one) || token(one) == token(two) {
		t.Errorf("tokens %s %s %s", token(one), token(one), token(two))
	}
}

func TestSession_survivesADatabaseThatCannotBeWritten(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	secret := h.admin()
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	h.open()
	lock, err := store.OpenSQLite(h.path)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	err = lock.Write(ctx, func(registry.Tx) error {
		h.advance(time.Hour)
		_, err := h.Session(ctx, secret)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	session := h.admin()
	invitation, err := h.Invite(ctx, boss, referral.RoleViewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, key := h.key(access.Key{Label: "robot", Role: referral.RoleViewer})
	s, err := h.Session(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.KeyActor(ctx, "environment-key"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{h.path, h.path + "-wal"} {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, secret := range map[string]string{"session": session, "csrf": s.CSRF, "invitation": invitation, "key": key,
			"bare key": strings.TrimPrefix(key, access.KeyPrefix), "password": password, "environment key": "environment-key"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s is in %s", what, path)
			}
		}
	}
	list, _, err := h.store.History(ctx, "account", "", registry.Page{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if raw, _ := json.Marshal(c); strings.Contains(string(raw), "argon2") {
			t.Errorf("history holds %s", raw)
		}
	}
}
