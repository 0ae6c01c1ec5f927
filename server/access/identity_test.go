package access_test

import (
	"context"
	"errors"
	"testing"

	"lensan/server/access"
	"lensan/server/referral"
)

func TestSignInAs(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	minh, _ := h.join("minh@mst.gov.vn", referral.RoleEditor)
	refused := func(what string, id access.Identity) {
		t.Helper()
		if _, err := h.SignInAs(ctx, id); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("an address that is not verified", access.Identity{Subject: "https://id|1"})
	refused("nobody's address", access.Identity{Subject: "https://id|1", Email: "ai.do@mst.gov.vn"})
	secret, err := h.SignInAs(ctx, access.Identity{Subject: "https://id|1", Email: "Minh@MST.gov.vn"})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Session(ctx, secret); err != nil || s.Account.ID != minh.ID || s.Account.Role != referral.RoleEditor {
		t.Errorf("%+v, %v", s, err)
	}
	if again, err := h.SignInAs(ctx, access.Identity{Subject: "https://id|1"}); err != nil || !h.alive(again) {
		t.Errorf("by the subject alone: %v", err)
	}
	refused("another subject with the address of an account that is linked", access.Identity{Subject: "https://id|2", Email: "minh@mst.gov.vn"})
	if list, err := h.Accounts(ctx, boss); err != nil || len(list) != 2 {
		t.Errorf("accounts %+v, %v", list, err)
	}
	minh.Disabled = true
	if err := h.UpdateAccount(ctx, boss, minh, "x"); err != nil {
		t.Fatal(err)
	}
	refused("a disabled account", access.Identity{Subject: "https://id|1", Email: "minh@mst.gov.vn"})
}
