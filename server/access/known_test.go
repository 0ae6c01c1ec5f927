package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

// fails makes signing in to an account fail as often as told, as in a long attack.
func (h *house) fails(account int64, n int) {
	h.t.Helper()
	for range n {
		if err := h.store.CountFailure(context.Background(), account, h.now()); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) account(name string) access.Account {
	h.t.Helper()
	acc, _, err := h.store.FindAccount(context.Background(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return acc
}

// After a hundred failures in a row the right password does from a known
// browser alone.
func TestMaxFailures(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc := h.account("lan@mst.gov.vn")
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	from := func(known string) (string, error) {
		return h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", known)
	}
	session, err := from("")
	if err != nil {
		t.Fatal(err)
	}
	known, err := h.Remember(ctx, session, "")
	if err != nil || known == "" {
		t.Fatalf("%q, %v", known, err)
	}
	if again, err := h.Remember(ctx, session, known); err != nil || again != "" {
		t.Errorf("remembered twice: %q, %v", again, err)
	}
	h.fails(acc.ID, access.MaxFailures-1)
	if _, err := from(""); err != nil {
		t.Fatalf("after 99: %v", err)
	}
	h.fails(acc.ID, access.MaxFailures)
	if _, err := from(""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("after 100, from anywhere: %v", err)
	}
	if _, err := from("0123456789"); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("after 100, with a made-up secret: %v", err)
	}
	if _, err := h.Session(ctx, session); err != nil {
		t.Errorf("a session that was open: %v", err)
	}
	h.fails(acc.ID, 1000)
	if _, err := from(known); err != nil {
		t.Fatalf("after 1100, from the known browser: %v", err)
	}
	if _, err := from(""); err != nil {
		t.Errorf("after the owner signed in: %v", err)
	}
}

// Somebody who has a known browser's secret does not get more guesses than others.
func TestMaxFailures_ofAKnownBrowser(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc := h.account("lan@mst.gov.vn")
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	session, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	known, err := h.Remember(ctx, session, "")
	if err != nil {
		t.Fatal(err)
	}
	h.fails(acc.ID, access.MaxFailures)
	for range access.MaxFailures {
		if _, err := h.SignIn(ctx, "lan@mst.gov.vn", "", "192.0.2.1", known); !errors.Is(err, referral.ErrForbidden) {
			t.Fatal(err)
		}
	}
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", known); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("the 101st: %v", err)
	}
	token, err := h.Reset(ctx, boss, acc.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accept(ctx, token, "", password+" mới"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(ctx, "lan@mst.gov.vn", password+" mới", "192.0.2.1", ""); err != nil {
		t.Errorf("after a new password: %v", err)
	}
}

// The right password does not make the failures of the second factor forgotten.
func TestMaxFailures_ofTheSecondFactor(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, _ := h.withCode("minh")
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	acc := h.account("minh")
	h.fails(acc.ID, access.MaxFailures-1-acc.Failures)
	pending := h.begin("minh")
	if _, err := h.EnterCode(ctx, pending, "000000", "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Fatal(err)
	}
	if _, err := h.EnterCode(ctx, pending, h.code(secret, 0), "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("the 101st: %v", err)
	}
}

// Twenty browsers are known at most, each for 400 days, and none to another account.
func TestRemember_bounds(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc := h.account("lan@mst.gov.vn")
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	var all []string
	for range 21 {
		session, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		known, err := h.Remember(ctx, session, "")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, known)
		h.advance(time.Minute)
	}
	h.fails(acc.ID, access.MaxFailures)
	try := func(known string) error {
		_, err := h.SignIn(ctx, "lan@mst.gov.vn", password, "192.0.2.1", known)
		if err == nil {
			h.fails(acc.ID, access.MaxFailures)
		}
		return err
	}
	if err := try(all[0]); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("the oldest of 21: %v", err)
	}
	if err := try(all[1]); err != nil {
		t.Errorf("the second of 21: %v", err)
	}
	h.advance(access.KnownLife)
	if err := try(all[20]); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("after 400 days: %v", err)
	}
}
