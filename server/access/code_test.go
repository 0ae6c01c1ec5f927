package access_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lensan/server/access"
	"lensan/server/referral"
)

// code is what an authenticator app shows.
func (h *house) code(secret string, ago time.Duration) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.now().Add(-ago))
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// withCode makes an account with a second factor; the code that turned it on is spent.
func (h *house) withCode(name string) (secret string, recovery []string) {
	h.t.Helper()
	ctx := context.Background()
	_, session := h.join(name, referral.RoleEditor)
	s, err := h.Session(ctx, session)
	if err != nil {
		h.t.Fatal(err)
	}
	secret, address, err := h.NewCode(s.Account, "Lên Sàn")
	if err != nil || !strings.HasPrefix(address, "otpauth://totp/L%C3%AAn%20S%C3%A0n:"+name+"?secret="+secret) {
		h.t.Fatalf("%s, %v", address, err)
	}
	_, err = h.EnableCode(ctx, s, "sai", secret, "000000")
	wantFields(h.t, err, referral.ErrInvalid, "/code error.code_wrong", "/current error.password_wrong")
	_, err = h.EnableCode(ctx, s, password, "AAAA", "000000")
	wantFields(h.t, err, referral.ErrInvalid, "/secret error.text", "/code error.code_wrong")
	if recovery, err = h.EnableCode(ctx, s, password, secret, h.code(secret, 0)); err != nil || len(recovery) != 10 {
		h.t.Fatalf("%v, %v", recovery, err)
	}
	return secret, recovery
}

// begin signs in up to the code.
func (h *house) begin(name string) string {
	h.t.Helper()
	pending, err := h.SignIn(context.Background(), name, password, "192.0.2.1", "")
	if err != nil {
		h.t.Fatal(err)
	}
	if waits, err := h.Pending(context.Background(), pending); !waits || err != nil {
		h.t.Fatalf("pending %t, %v", waits, err)
	}
	if h.alive(pending) {
		h.t.Fatal("the password alone opens a session")
	}
	return pending
}

func TestCode_isAskedForAndTakenOnce(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, _ := h.withCode("minh")
	pending := h.begin("minh")
	if _, err := h.EnterCode(ctx, pending, h.code(secret, 0), "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("the code that turned it on: %v", err)
	}
	h.advance(time.Minute)
	code := h.code(secret, 0)
	session, err := h.EnterCode(ctx, pending, code[:3]+" "+code[3:], "192.0.2.1", "")
	if err != nil || session == pending || !h.alive(session) {
		t.Fatalf("%v", err)
	}
	if _, err := h.EnterCode(ctx, pending, code, "192.0.2.1", ""); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("the pending sign-in again: %v", err)
	}
	if _, err := h.EnterCode(ctx, h.begin("minh"), code, "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("a code that was taken: %v", err)
	}
	if _, err := h.EnterCode(ctx, session, code, "192.0.2.1", ""); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("a session that waits for nothing: %v", err)
	}
}

func TestCode_clocksThatAreALittleWrong(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, _ := h.withCode("minh")
	h.SetPause(func(context.Context, time.Duration) error { return nil })
	for _, c := range []struct {
		ago time.Duration
		ok  bool
	}{{90 * time.Second, false}, {-90 * time.Second, false}, {30 * time.Second, true}, {-30 * time.Second, true}} {
		h.advance(10 * time.Minute)
		_, err := h.EnterCode(ctx, h.begin("minh"), h.code(secret, c.ago), "192.0.2.1", "")
		if (err == nil) != c.ok {
			t.Errorf("%s ago: %v", c.ago, err)
		}
	}
}

func TestCode_waitsTenMinutes(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, _ := h.withCode("minh")
	pending := h.begin("minh")
	h.advance(access.PendingLife)
	if _, err := h.EnterCode(ctx, pending, h.code(secret, 0), "192.0.2.1", ""); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestCode_guessingIsHeldBack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, _ := h.withCode("minh")
	var waited []time.Duration
	h.SetPause(func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil })
	pending := h.begin("minh")
	for range 8 {
		h.EnterCode(ctx, pending, "000000", "192.0.2.1", "")
	}
	if len(waited) != 5 || waited[4] != 8*time.Second {
		t.Errorf("waited %v", waited)
	}
	h.advance(time.Minute)
	if _, err := h.EnterCode(ctx, pending, h.code(secret, 0), "198.51.100.7", ""); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func TestCode_guessingAllAtOnceIsHeldBack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	h.withCode("minh")
	h.SetPause(func(ctx context.Context, _ time.Duration) error { return context.Canceled })
	pending := h.begin("minh")
	var free atomic.Int64
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			if _, err := h.EnterCode(ctx, pending, "000000", "192.0.2.1", ""); errors.Is(err, referral.ErrForbidden) {
				free.Add(1)
			}
		})
	}
	all.Wait()
	if n := free.Load(); n == 0 || n > 3 {
		t.Errorf("%d guesses were looked at without a wait", n)
	}
}

func TestCode_recovery(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	_, recovery := h.withCode("minh")
	if _, err := h.EnterCode(ctx, h.begin("minh"), " "+strings.ToUpper(recovery[3])+" ", "192.0.2.1", ""); err != nil {
		t.Error(err)
	}
	if _, err := h.EnterCode(ctx, h.begin("minh"), recovery[3], "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("again: %v", err)
	}
	if got := strings.Join(h.history("account", "minh"), ", "); !strings.Contains(got, "sign_in_recovery") || !strings.Contains(got, "code_on") {
		t.Error(got)
	}
}

func TestCode_off(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	secret, recovery := h.withCode("minh")
	h.advance(time.Minute)
	session, err := h.EnterCode(ctx, h.begin("minh"), h.code(secret, 0), "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Session(ctx, session)
	if err != nil || !s.Account.HasCode {
		t.Fatalf("%+v, %v", s, err)
	}
	wantFields(t, h.DisableCode(ctx, s, "sai"), referral.ErrInvalid, "/current error.password_wrong")
	pending := h.begin("minh")
	if err := h.DisableCode(ctx, s, password); err != nil {
		t.Fatal(err)
	}
	if _, err := h.EnterCode(ctx, pending, recovery[0], "192.0.2.1", ""); !errors.Is(err, referral.ErrForbidden) {
		t.Errorf("a recovery code of before: %v", err)
	}
	if plain, err := h.SignIn(ctx, "minh", password, "192.0.2.1", ""); err != nil || !h.alive(plain) {
		t.Errorf("without a code: %v", err)
	}
}

func TestReset_turnsTheSecondFactorOff(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.admin()
	h.withCode("minh")
	list, err := h.Accounts(ctx, boss)
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.Reset(ctx, boss, list[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	pending := h.begin("minh")
	if _, err := h.Accept(ctx, token, "", "một mật khẩu hoàn toàn mới"); err != nil {
		t.Fatal(err)
	}
	if waits, err := h.Pending(ctx, pending); waits || err != nil {
		t.Errorf("a sign-in of before still waits: %t, %v", waits, err)
	}
	if secret, err := h.SignIn(ctx, "minh", "một mật khẩu hoàn toàn mới", "192.0.2.1", ""); err != nil || !h.alive(secret) {
		t.Errorf("signing in: %v", err)
	}
}

func FuzzEnterCode(f *testing.F) {
	for _, seed := range []string{"000000", "123 456", "abcd-efgh-ijkl-mnop", "", "１２３４５６", "\x00\xff", "-- -- --"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if step, ok := access.MatchCode("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code, time.Unix(1_800_000_000, 0)); ok {
			again, err := totp.GenerateCode("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", time.Unix(step*30, 0))
			if err != nil || strings.NewReplacer(" ", "", "-", "").Replace(code) != again {
				t.Errorf("%q is taken for %s", code, again)
			}
		}
	})
}
