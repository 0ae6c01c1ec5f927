package access_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

func TestKeyActor(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	admin, adminSecret := h.key(access.Key{Label: "a", Role: referral.RoleAdmin})
	angiang, angiangSecret := h.key(access.Key{Label: "b", Role: referral.RoleProvince, Province: 911})
	shop, shopSecret := h.key(access.Key{Label: "c", Role: referral.RoleMarketplace, Destination: "postmart"})
	for _, c := range []struct {
		secret string
		want   referral.Actor
	}{
		{"environment-key", referral.Actor{Kind: "key", ID: "env", Role: referral.RoleAdmin}},
		{adminSecret, referral.Actor{Kind: "key", ID: strconv.FormatInt(admin.ID, 10), Role: referral.RoleAdmin}},
		{angiangSecret, referral.Actor{Kind: "key", ID: strconv.FormatInt(angiang.ID, 10), Role: referral.RoleProvince, Province: 911}},
		{shopSecret, referral.Actor{Kind: "key", ID: strconv.FormatInt(shop.ID, 10), Role: referral.RoleMarketplace, Destination: "postmart"}},
	} {
		if !strings.HasPrefix(c.secret, "lsk_") && c.secret != "environment-key" {
			t.Errorf("secret begins with %.4s", c.secret)
		}
		for range 2 { // the second from memory
			if got, err := h.KeyActor(ctx, c.secret); err != nil || got != c.want {
				t.Errorf("actor is %+v, %v; want %+v", got, err, c.want)
			}
		}
	}
	for _, secret := range []string{"", "lsk_", "environment-keyx", "environment-ke", adminSecret + "x", adminSecret[:46], strings.TrimPrefix(adminSecret, "lsk_")} {
		if a, err := h.KeyActor(ctx, secret); !errors.Is(err, referral.ErrNotFound) || a != (referral.Actor{}) {
			t.Errorf("a wrong key is %+v, %v", a, err)
		}
	}
}

func TestKeyActor_withoutEnvironmentKey(t *testing.T) {
	h := newHouse(t)
	a := access.New(h.store, "", h.now)
	if _, err := a.KeyActor(context.Background(), ""); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("the empty key: %v", err)
	}
}

func TestRevokeKey_worksAtOnce(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	k, secret := h.key(access.Key{Label: "robot", Role: referral.RoleViewer})
	other, otherSecret := h.key(access.Key{Label: "other", Role: referral.RoleViewer})
	for _, s := range []string{secret, otherSecret} {
		if _, err := h.KeyActor(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.RevokeKey(ctx, boss, k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.KeyActor(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a revoked key: %v", err)
	}
	if _, err := h.KeyActor(ctx, otherSecret); err != nil {
		t.Errorf("key %d: %v", other.ID, err)
	}
	revoked := h.now()
	h.advance(time.Hour)
	if err := h.RevokeKey(ctx, boss, k.ID); err != nil {
		t.Errorf("revoked again: %v", err)
	}
	if err := h.RevokeKey(ctx, boss, 99); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("an unknown key: %v", err)
	}
	if err := h.RevokeKey(ctx, referral.Actor{Kind: "key", ID: "3", Role: referral.RoleViewer}, other.ID); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("a viewer revokes: %v", err)
	}
	list, err := h.Keys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].ID != other.ID || !list[1].RevokedAt.Equal(revoked) || !list[0].RevokedAt.IsZero() {
		t.Errorf("keys are %+v", list)
	}
	id := strconv.FormatInt(k.ID, 10)
	want := "account:lan@mst.gov.vn create " + id + ", account:lan@mst.gov.vn revoke " + id
	if got := strings.Join(h.history("key", id), ", "); got != want {
		t.Errorf("history is %s, want %s", got, want)
	}
}

// A key that is being read while it is revoked must not be remembered.
func TestRevokeKey_whileInUse(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	for range 20 {
		k, secret := h.key(access.Key{Label: "robot", Role: referral.RoleViewer})
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 10 {
					if _, err := h.KeyActor(ctx, secret); err != nil && !errors.Is(err, referral.ErrNotFound) {
						t.Error(err)
					}
				}
			}()
		}
		if err := h.RevokeKey(ctx, boss, k.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.KeyActor(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
			t.Fatalf("a revoked key: %v", err)
		}
		wg.Wait()
		if _, err := h.KeyActor(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
			t.Fatalf("a revoked key, later: %v", err)
		}
	}
}

func TestKeyActor_seesAnotherProcessesRevocation(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	k, secret := h.key(access.Key{Label: "robot", Role: referral.RoleViewer})
	if _, err := h.KeyActor(ctx, secret); err != nil {
		t.Fatal(err)
	}
	if err := access.New(h.store, "", h.now).RevokeKey(ctx, boss, k.ID); err != nil {
		t.Fatal(err)
	}
	h.advance(30 * time.Second)
	if _, err := h.KeyActor(ctx, secret); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("after 30 s: %v", err)
	}
}

func TestKeyActor_notesItsUseToTheHour(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	_, secret := h.key(access.Key{Label: "robot", Role: referral.RoleViewer})
	used := func() time.Time {
		list, err := h.Keys(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].LastUsedAt
	}
	if !used().IsZero() {
		t.Errorf("used at %s before its first use", used())
	}
	for _, want := range []string{"2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z"} {
		if _, err := h.KeyActor(ctx, secret); err != nil {
			t.Fatal(err)
		}
		if got := used().Format(time.RFC3339); got != want {
			t.Errorf("used at %s, want %s", got, want)
		}
		h.advance(20 * time.Minute)
	}
}

func TestCreateKey_faults(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	for _, c := range []struct {
		key  access.Key
		want []string
	}{
		{access.Key{}, []string{"/label error.required", "/role error.required"}},
		{access.Key{Label: "x\x00", Role: "king"}, []string{"/label error.text", "/role error.role"}},
		{access.Key{Label: strings.Repeat("ố", 121), Role: referral.RoleProvince}, []string{"/label error.too_long", "/province error.role_province"}},
		{access.Key{Label: "x", Role: referral.RoleMarketplace, Province: 911}, []string{"/province error.role_province", "/destination error.role_destination"}},
		{access.Key{Label: "x", Role: referral.RoleAdmin, Province: 911, Destination: "voso"}, []string{"/province error.role_province", "/destination error.role_destination"}},
	} {
		_, secret, err := h.CreateKey(ctx, boss, c.key)
		wantFields(t, err, referral.ErrInvalid, c.want...)
		if secret != "" {
			t.Error("a secret came of a faulty key")
		}
	}
	for _, role := range []referral.Role{referral.RoleEditor, referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace, ""} {
		if _, _, err := h.CreateKey(ctx, referral.Actor{Role: role}, access.Key{Label: "x", Role: referral.RoleAdmin}); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("role %q makes keys: %v", role, err)
		}
	}
	if list, err := h.Keys(ctx); len(list) != 0 || err != nil {
		t.Errorf("keys are %v, %v", list, err)
	}
}
