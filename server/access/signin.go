package access

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// foldName brings a typed name into the form in which it is kept.
func foldName(name string) string { return norm.NFC.String(strings.ToLower(strings.TrimSpace(name))) }

var (
	errSignIn  = referral.Errorf(referral.ErrForbidden, "error.sign_in")
	errBusy    = referral.Errorf(referral.ErrUnavailable, "error.sign_in_busy")
	errSession = referral.Errorf(referral.ErrNotFound, "error.session_over")
)

// SignIn returns a new session's secret. If the account has a second factor the
// session is Pending until EnterCode. A wrong name and a wrong password are
// the same error (ErrForbidden) and take the same time; after too many failures
// the answer is held back (the rule is in failures.go) or, when too many wait,
// refused with ErrUnavailable. address is only counted, never kept. known is the
// secret of a browser that Remember gave out, "" for none: see MaxFailures.
func (a *Access) SignIn(ctx context.Context, name, password, address, known string) (session string, err error) {
	name = foldName(name)
	try := newAttempt(name, address)
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
	account, hash, err := a.store.FindAccount(ctx, name)
	switch {
	case errors.Is(err, referral.ErrNotFound):
		hash = nobody
	case err != nil:
		return "", err
	}
	if len(password) > 4*PasswordMax {
		password = ""
	}
	ok, err := a.hasher.matches(ctx, password, hash)
	if err != nil {
		return "", err
	}
	browser, err := a.browser(ctx, known, account.ID)
	if err != nil {
		return "", err
	}
	if !ok || account.ID == 0 || account.Disabled || a.barred(account, browser) {
		a.fail(ctx, try, account.ID, browser)
		return "", errSignIn
	}
	secret, stored := a.newSession(account.ID)
	if account.HasCode {
		stored.Pending = true
		return secret, a.store.InsertPending(ctx, stored)
	}
	a.failures.succeeded(try)
	return secret, a.store.InsertSession(ctx, stored, a.change(account.Actor(), "account", account.Name, "sign_in", nil))
}

// fail counts a failure for the rule and for the log; account is 0 for a name
// that nobody has.
func (a *Access) fail(ctx context.Context, try attempt, account int64, b KnownBrowser) {
	now := a.now()
	a.failures.failed(try, now)
	a.touch(ctx, func(ctx context.Context) error { return a.store.CountFailure(ctx, account, now) })
	if b.Hash != "" {
		a.touch(ctx, func(ctx context.Context) error { return a.store.CountBrowserFailure(ctx, b.Hash) })
	}
}

func (a *Access) newSession(account int64) (secret string, s StoredSession) {
	secret, now := newSecret(), a.now()
	return secret, StoredSession{Hash: hashSecret(secret), AccountID: account, CreatedAt: now, SeenAt: now}
}

// Session finds a session by its secret and keeps it alive; ErrNotFound if it
// is unknown or over, or its account is disabled.
func (a *Access) Session(ctx context.Context, secret string) (Session, error) {
	if secret == "" || len(secret) > 100 {
		return Session{}, errSession
	}
	hash := hashSecret(secret)
	stored, account, err := a.store.FindSession(ctx, hash)
	if errors.Is(err, referral.ErrNotFound) {
		return Session{}, errSession
	}
	if err != nil {
		return Session{}, err
	}
	now := a.now()
	if account.Disabled || !now.Before(stored.expires()) {
		return Session{}, errSession
	}
	if now.Sub(stored.SeenAt) >= touchEvery {
		a.touch(ctx, func(ctx context.Context) error { return a.store.TouchSession(ctx, hash, now) })
		stored.SeenAt = now
	}
	return Session{Account: account, ID: sessionID(hash), CSRF: csrfToken(secret), Browser: stored.Browser, CreatedAt: stored.CreatedAt, ExpiresAt: stored.expires()}, nil
}

func (s StoredSession) expires() time.Time {
	idle, end := s.SeenAt.Add(SessionIdle), s.CreatedAt.Add(SessionLife)
	if idle.Before(end) {
		return idle
	}
	return end
}

// touch writes down a use. A database that cannot be written keeps nobody out.
func (a *Access) touch(ctx context.Context, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := write(ctx); err != nil {
		slog.Warn("last use not written", slog.Any("error", err))
	}
}

// SignOut ends a session. It does nothing if there is none.
func (a *Access) SignOut(ctx context.Context, secret string) error {
	hash := hashSecret(secret)
	_, account, err := a.store.FindSession(ctx, hash)
	if errors.Is(err, referral.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.store.DeleteSession(ctx, hash, a.change(account.Actor(), "account", account.Name, "sign_out", nil))
}
