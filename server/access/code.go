package access

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"lensan/server/referral"
)

// The second factor is TOTP (RFC 6238) as every authenticator app knows it:
// SHA-1, six digits, 30 s; one step before and after is taken too, for clocks
// that are a little wrong. A code is taken once (section 5.2).
const (
	codePeriod    = 30
	codeSecret    = 20 // bytes; RFC 4226 asks for 160 bits
	recoveryCodes = 10
)

// second is what access needs of a database about the second factor.
type second interface {
	// InsertPending keeps a session that waits for its code.
	InsertPending(ctx context.Context, s StoredSession) error
	FindPending(ctx context.Context, hash string) (StoredSession, Account, error)
	// ConfirmPending replaces a pending session by s.
	ConfirmPending(ctx context.Context, pending string, s StoredSession, c referral.Change) error

	CodeSecret(ctx context.Context, account int64) (secret string, step int64, err error)
	// UseStep takes a step of time, once and in order; false if that was done.
	UseStep(ctx context.Context, account, step int64) (bool, error)
	// UseRecovery takes a recovery code, once; false if there is no such code.
	UseRecovery(ctx context.Context, account int64, hash string) (bool, error)
	// SetCode turns the second factor on with its recovery codes, or off with "".
	SetCode(ctx context.Context, account int64, secret string, step int64, recovery []string, c referral.Change) error
}

var errCode = referral.Errorf(referral.ErrForbidden, "error.code_wrong")

// NewCode proposes a second factor: its secret (base32) and the address that an
// authenticator app reads from a QR code. Nothing is kept.
func (a *Access) NewCode(acc Account, issuer string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: acc.Name, SecretSize: codeSecret, Period: codePeriod})
	if err != nil {
		return "", "", fmt.Errorf("second factor: %w", err)
	}
	return key.Secret(), CodeAddress(acc, issuer, key.Secret()), nil
}

// CodeAddress is the address of a proposed secret, in printable ASCII.
func CodeAddress(acc Account, issuer, secret string) string {
	return "otpauth://totp/" + url.PathEscape(issuer+":"+acc.Name) + "?secret=" + secret + "&issuer=" + url.QueryEscape(issuer)
}

// EnableCode turns the second factor on, given a code that the app shows, and
// returns the recovery codes, which are not kept. ErrInvalid names the fields
// "/current" (the password), "/code" and "/secret".
func (a *Access) EnableCode(ctx context.Context, s Session, password, secret, code string) (recovery []string, err error) {
	var f referral.Faults
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(raw) != codeSecret {
		f.Add("/secret", "error.text")
	}
	step, ok := matchCode(secret, code, a.now())
	if !ok {
		f.Add("/code", "error.code_wrong")
	}
	if err := a.confirm(ctx, &f, "/current", s.Account, password); err != nil {
		return nil, err
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	hashes := make([]string, recoveryCodes)
	for i := range hashes {
		code := newRecovery()
		recovery, hashes[i] = append(recovery, code), hashSecret(foldRecovery(code))
	}
	return recovery, a.store.SetCode(ctx, s.Account.ID, secret, step, hashes, a.change(s.Account.Actor(), "account", s.Account.Name, "code_on", nil))
}

// DisableCode turns the second factor off. ErrInvalid names "/current".
func (a *Access) DisableCode(ctx context.Context, s Session, password string) error {
	var f referral.Faults
	if err := a.confirm(ctx, &f, "/current", s.Account, password); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	return a.store.SetCode(ctx, s.Account.ID, "", 0, nil, a.change(s.Account.Actor(), "account", s.Account.Name, "code_off", nil))
}

// Pending reports whether a session waits for its code.
func (a *Access) Pending(ctx context.Context, secret string) (bool, error) {
	_, _, err := a.pending(ctx, secret)
	if errors.Is(err, referral.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (a *Access) pending(ctx context.Context, secret string) (StoredSession, Account, error) {
	if secret == "" || len(secret) > 100 {
		return StoredSession{}, Account{}, errSession
	}
	stored, acc, err := a.store.FindPending(ctx, hashSecret(secret))
	if errors.Is(err, referral.ErrNotFound) || err == nil && (acc.Disabled || a.now().Sub(stored.CreatedAt) >= PendingLife) {
		return stored, acc, errSession
	}
	return stored, acc, err
}

// EnterCode ends the wait of a pending session, with a code of the app or a
// recovery code, and returns the secret of a new session in its place. A wrong
// code is ErrForbidden and counts as a failed sign-in of the name and of the
// address; ErrNotFound: the sign-in took too long or was never begun.
func (a *Access) EnterCode(ctx context.Context, pending, code, address, known string) (session string, err error) {
	stored, acc, err := a.pending(ctx, pending)
	if err != nil {
		return "", err
	}
	try := newAttempt("code "+acc.Name, address)
	wait := a.failures.enter(try, a.now())
	defer a.failures.leave(try)
	if wait > 0 {
		if !a.failures.begin(try) {
			return "", errBusy
		}
		defer a.failures.end(try)
		if err := a.pause(ctx, wait); err != nil {
			return "", err
		}
	}
	browser, err := a.browser(ctx, known, acc.ID)
	if err != nil {
		return "", err
	}
	ok, verb := false, ""
	if !a.barred(acc, browser) {
		if ok, verb, err = a.useCode(ctx, acc, code); err != nil {
			return "", err
		}
	}
	if !ok {
		a.fail(ctx, try, acc.ID, browser)
		return "", errCode
	}
	a.failures.succeeded(try)
	secret, fresh := a.newSession(acc.ID)
	return secret, a.store.ConfirmPending(ctx, stored.Hash, fresh, a.change(acc.Actor(), "account", acc.Name, verb, nil))
}

func (a *Access) useCode(ctx context.Context, acc Account, code string) (ok bool, verb string, err error) {
	secret, last, err := a.store.CodeSecret(ctx, acc.ID)
	if err != nil {
		return false, "", err
	}
	if step, ok := matchCode(secret, code, a.now()); ok {
		if step <= last {
			return false, "", nil
		}
		ok, err := a.store.UseStep(ctx, acc.ID, step)
		return ok, "sign_in", err
	}
	ok, err = a.store.UseRecovery(ctx, acc.ID, hashSecret(foldRecovery(code)))
	return ok, "sign_in_recovery", err
}

// matchCode returns the step of time at which a secret has a code.
func matchCode(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	if secret == "" || len(code) != 6 {
		return 0, false
	}
	current := now.Unix() / codePeriod
	for _, step := range []int64{current, current - 1, current + 1} {
		valid, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && valid {
			return step, true
		}
	}
	return 0, false
}

// newRecovery returns 80 random bits as four groups of letters and digits.
func newRecovery() string {
	var raw [10]byte
	if _, err := rand.Read(raw[:]); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err))
	}
	s := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

func foldRecovery(code string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(code)))
}
