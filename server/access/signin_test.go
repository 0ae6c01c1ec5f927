package access_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"lensan/server/referral"
)

func TestSignIn_ownerGetsInDuringAnAttack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	var waited []time.Duration
	h.SetPause(func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return nil
	})
	for range 12 {
		if _, err := h.SignIn(ctx, "lan@mst.gov.vn", "guess again and again", "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
			t.Fatal(err)
		}
	}
	if len(waited) != 9 || waited[0] != 500*time.Millisecond || waited[8] != 8*time.Second {
		t.Errorf("the attacker waited %v", waited)
	}
	waited = nil
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "198.51.100.7", ""); err != nil {
		t.Errorf("the owner: %v", err)
	}
	if len(waited) != 1 || waited[0] > 8*time.Second {
		t.Errorf("the owner waited %v", waited)
	}
}

func TestSignIn_placesAreBounded(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	for range 5 {
		h.SignIn(ctx, "lan@mst.gov.vn", "guess again and again", "192.0.2.1", "")
	}
	held, release := make(chan struct{}), make(chan struct{})
	h.SetPause(func(context.Context, time.Duration) error {
		held <- struct{}{}
		<-release
		return nil
	})
	done := make(chan error)
	for range 4 {
		go func() {
			_, err := h.SignIn(ctx, "lan@mst.gov.vn", "guess again and again", "192.0.2.1", "")
			done <- err
		}()
		<-held
	}
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", ""); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("a fifth at once: %v", err)
	}
	close(release)
	for range 4 {
		if err := <-done; !errors.Is(err, referral.ErrForbidden) {
			t.Error(err)
		}
	}
}

func TestSignIn_whoGivesUpStopsWaiting(t *testing.T) {
	h := newHouse(t)
	h.admin()
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	for range 5 {
		h.SignIn(context.Background(), "lan@mst.gov.vn", "guess again and again", "192.0.2.1", "")
	}
	h.SetPause(func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestSignIn_disabledAccount(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	secret := h.admin()
	db, err := sql.Open("sqlite", h.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE accounts SET disabled = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("its session: %v", err)
	}
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("sign-in: %v", err)
	}
	if token, err := h.FirstInvitation(ctx); token != "" || err != nil {
		t.Errorf("a first invitation although there is an account: %q, %v", token, err)
	}
}
