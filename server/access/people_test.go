package access_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

// join makes an account of a role and returns it with its session.
func (h *house) join(name string, role referral.Role) (access.Account, string) {
	h.t.Helper()
	ctx := context.Background()
	token, err := h.Invite(ctx, boss, role, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	secret, err := h.Accept(ctx, token, name, password)
	if err != nil {
		h.t.Fatal(err)
	}
	s, err := h.Session(ctx, secret)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Account, secret
}

func (h *house) alive(secret string) bool {
	h.t.Helper()
	_, err := h.Session(context.Background(), secret)
	if err != nil && !errors.Is(err, referral.ErrNotFound) {
		h.t.Fatal(err)
	}
	return err == nil
}

func TestUpdateAccount(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc, secret := h.join("minh", referral.RoleEditor)
	acc.Role = referral.RoleViewer
	wantFields(t, h.UpdateAccount(ctx, boss, acc, "  "), referral.ErrInvalid, "/reason error.required")
	wantFields(t, h.UpdateAccount(ctx, boss, access.Account{ID: acc.ID, Role: "king", Province: 911}, "x"), referral.ErrInvalid, "/role error.role", "/province error.role_province")
	if err := h.UpdateAccount(ctx, acc.Actor(), acc, "x"); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("an editor: %v", err)
	}
	if err := h.UpdateAccount(ctx, boss, access.Account{ID: 99, Role: referral.RoleViewer}, "x"); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("an unknown account: %v", err)
	}
	if err := h.UpdateAccount(ctx, boss, acc, "Chuyển công tác"); err != nil {
		t.Fatal(err)
	}
	if s, err := h.Session(ctx, secret); err != nil || s.Account.Role != referral.RoleViewer {
		t.Errorf("the open session has role %q, %v", s.Account.Role, err)
	}
	list, _, err := h.Log(ctx, boss, access.Query{Entity: "account", Key: "minh", Limit: 1})
	if err != nil || len(list) != 1 || list[0].Reason != "Chuyển công tác" || string(list[0].Before) != `{"role":"editor"}` || string(list[0].After) != `{"role":"viewer"}` {
		t.Errorf("log %+v, %v", list, err)
	}
	acc.Disabled = true
	if err := h.UpdateAccount(ctx, boss, acc, "Nghỉ việc"); err != nil {
		t.Fatal(err)
	}
	if h.alive(secret) {
		t.Error("a disabled account's session goes on")
	}
	acc.Disabled = false
	if err := h.UpdateAccount(ctx, boss, acc, "Trở lại"); err != nil {
		t.Fatal(err)
	}
	if h.alive(secret) {
		t.Error("the session came back to life")
	}
	if _, err := h.SignIn(ctx, "minh", password, "192.0.2.1", ""); err != nil {
		t.Error(err)
	}
}

func TestUpdateAccount_keepsOneAdmin(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	secret := h.admin()
	s, err := h.Session(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, acc := range []access.Account{{ID: s.Account.ID, Role: referral.RoleViewer}, {ID: s.Account.ID, Role: referral.RoleAdmin, Disabled: true}} {
		if err := h.UpdateAccount(ctx, boss, acc, "x"); !errors.Is(err, referral.ErrConflict) {
			t.Errorf("%+v: %v", acc, err)
		}
	}
	if got, err := h.Session(ctx, secret); err != nil || got.Account.Role != referral.RoleAdmin {
		t.Errorf("%+v, %v", got, err)
	}
	h.join("mai", referral.RoleAdmin)
	if err := h.UpdateAccount(ctx, boss, access.Account{ID: s.Account.ID, Role: referral.RoleViewer}, "x"); err != nil {
		t.Errorf("with another admin: %v", err)
	}
}

func TestReset(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc, secret := h.join("minh", referral.RoleEditor)
	old, err := h.Reset(ctx, boss, acc.ID)
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.Reset(ctx, boss, acc.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !h.alive(secret) {
		t.Error("making a link ended the session")
	}
	if name, err := h.ResetName(ctx, token); name != "minh" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if name, err := h.ResetName(ctx, old); name != "" || err != nil {
		t.Errorf("a replaced link is for %q, %v", name, err)
	}
	if _, err := h.Accept(ctx, old, "", "mật khẩu hoàn toàn mới"); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a replaced link: %v", err)
	}
	_, err = h.Accept(ctx, token, "", "minh2026")
	wantFields(t, err, referral.ErrInvalid, "/password error.password_name")
	fresh, err := h.Accept(ctx, token, "somebody.else", "mật khẩu hoàn toàn mới")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Session(ctx, fresh); err != nil || s.Account.Name != "minh" || s.Account.Role != referral.RoleEditor {
		t.Errorf("session %+v, %v", s, err)
	}
	if h.alive(secret) {
		t.Error("the earlier session goes on")
	}
	if _, err := h.Accept(ctx, token, "", "mật khẩu thứ ba nữa"); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a used link: %v", err)
	}
	if _, err := h.SignIn(ctx, "minh", password, "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("the earlier password: %v", err)
	}
	if _, err := h.Reset(ctx, acc.Actor(), acc.ID); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("an editor resets: %v", err)
	}
}

func TestChangePassword_signsOutEverywhere(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc, here := h.join("minh", referral.RoleEditor)
	there, err := h.SignIn(ctx, "minh", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	link, err := h.Reset(ctx, boss, acc.ID)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Session(ctx, here)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ChangePassword(ctx, s, "sai", "12345678")
	wantFields(t, err, referral.ErrInvalid, "/current error.password_wrong", "/password error.password_common")
	if !h.alive(here) || !h.alive(there) {
		t.Error("a failed change ended a session")
	}
	fresh, err := h.ChangePassword(ctx, s, password, "một mật khẩu hoàn toàn mới")
	if err != nil {
		t.Fatal(err)
	}
	if h.alive(here) || h.alive(there) || !h.alive(fresh) {
		t.Errorf("here %t, there %t, new %t", h.alive(here), h.alive(there), h.alive(fresh))
	}
	if _, err := h.Accept(ctx, link, "", "mật khẩu thứ ba nữa"); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a link of before: %v", err)
	}
}

func TestSessions_areListedAndEnded(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	acc, one := h.join("minh", referral.RoleEditor)
	h.advance(time.Hour)
	two, err := h.SignIn(ctx, "minh", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.NameSession(ctx, two, "firefox windows"); err != nil {
		t.Fatal(err)
	}
	list, err := h.Sessions(ctx, acc)
	if err != nil || len(list) != 2 || list[0].Browser != "firefox windows" || list[0].ID == list[1].ID || strings.Contains(two, list[0].ID) {
		t.Fatalf("%+v, %v", list, err)
	}
	other, foreign := h.join("mai", referral.RoleAdmin)
	if err := h.EndSession(ctx, other, list[0].ID); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("another's session: %v", err)
	}
	if err := h.EndSession(ctx, acc, list[1].ID); err != nil || h.alive(one) || !h.alive(two) {
		t.Errorf("%v, one %t, two %t", err, h.alive(one), h.alive(two))
	}
	if err := h.EndOtherSessions(ctx, acc.Actor(), other, ""); !errors.Is(err, referral.ErrForbidden) || !h.alive(foreign) {
		t.Errorf("an editor ends another's: %v", err)
	}
	three, err := h.SignIn(ctx, "minh", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.EndOtherSessions(ctx, acc.Actor(), acc, two); err != nil || h.alive(three) || !h.alive(two) {
		t.Errorf("%v, two %t, three %t", err, h.alive(two), h.alive(three))
	}
	if err := h.EndOtherSessions(ctx, boss, acc, ""); err != nil || h.alive(two) {
		t.Errorf("%v, two %t", err, h.alive(two))
	}
	h.advance(access.SessionIdle)
	if list, err := h.Sessions(ctx, other); err != nil || len(list) != 0 {
		t.Errorf("sessions that are over: %+v, %v", list, err)
	}
}

func TestFailures_areCountedByTheHour(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	for range 3 {
		h.SignIn(ctx, "lan@mst.gov.vn", "sai", "192.0.2.1", "")
	}
	h.SignIn(ctx, "ai.do", "sai", "192.0.2.1", "")
	h.SignIn(ctx, "ai.khac", "sai", "192.0.2.1", "")
	list, err := h.Failures(ctx, boss, time.Time{}, time.Time{})
	if err != nil || len(list) != 2 || list[0] != (access.Failures{Name: "lan@mst.gov.vn", N: 3}) || list[1] != (access.Failures{N: 2}) {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := h.Failures(ctx, boss, h.now().Add(time.Hour), time.Time{}); err != nil || len(list) != 0 {
		t.Errorf("later: %+v, %v", list, err)
	}
	if _, err := h.Failures(ctx, referral.Actor{Role: referral.RoleEditor}, time.Time{}, time.Time{}); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("an editor: %v", err)
	}
}
