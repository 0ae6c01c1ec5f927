package access

import (
	"context"
	"errors"
	"time"

	"lensan/server/referral"
)

// MaxFailures is how often in a row signing in to an account may fail (NIST SP
// 800-63B-4, 3.2.2). From then on it is signed in to only from a browser in
// which it was signed in to before, each of which has as many failures of its
// own, or after an admin has set a new password. So nobody keeps another out
// of a browser that the other uses.
const MaxFailures = 100

// KnownLife is how long a browser is remembered.
const KnownLife = 400 * 24 * time.Hour

// browsersKept bounds the known browsers of an account; the oldest go.
const browsersKept = 20

// KnownBrowser is a browser in which an account was signed in to; its secret is
// not kept.
type KnownBrowser struct {
	Hash      string
	AccountID int64
	KnownAt   time.Time
	Failures  int // since it was last signed in there
}

// known is what access needs of a database about known browsers.
type known interface {
	// InsertBrowser keeps a browser and forgets those of the account that are
	// older than a time, and all but the newest of them.
	InsertBrowser(ctx context.Context, b KnownBrowser, since time.Time, keep int) error
	FindBrowser(ctx context.Context, hash string) (KnownBrowser, error)
	// CountBrowserFailure adds a failure.
	CountBrowserFailure(ctx context.Context, hash string) error
	// ClearBrowserFailures makes it none.
	ClearBrowserFailures(ctx context.Context, hash string) error
}

// Remember returns the secret by which the browser of a session is known from
// now on; "" if it is already, by a secret that it has.
func (a *Access) Remember(ctx context.Context, session, secret string) (fresh string, err error) {
	s, err := a.Session(ctx, session)
	if err != nil {
		return "", err
	}
	b, err := a.browser(ctx, secret, s.Account.ID)
	if err != nil {
		return "", err
	}
	if b.Hash != "" {
		if b.Failures > 0 {
			return "", a.store.ClearBrowserFailures(ctx, b.Hash)
		}
		return "", nil
	}
	now := a.now()
	fresh = newSecret()
	return fresh, a.store.InsertBrowser(ctx, KnownBrowser{Hash: hashSecret(fresh), AccountID: s.Account.ID, KnownAt: now}, now.Add(-KnownLife), browsersKept)
}

// browser finds an account's known browser; its zero value stands for none.
func (a *Access) browser(ctx context.Context, secret string, account int64) (KnownBrowser, error) {
	if secret == "" || len(secret) > 100 {
		return KnownBrowser{}, nil
	}
	b, err := a.store.FindBrowser(ctx, hashSecret(secret))
	if errors.Is(err, referral.ErrNotFound) || err == nil && (b.AccountID != account || a.now().Sub(b.KnownAt) >= KnownLife) {
		return KnownBrowser{}, nil
	}
	return b, err
}

// barred reports whether an account may not be signed in to from a browser,
// whatever is typed there.
func (a *Access) barred(acc Account, b KnownBrowser) bool {
	return acc.Failures >= MaxFailures && (b.Hash == "" || b.Failures >= MaxFailures)
}
