// Package access knows who may come in: accounts with passwords, sessions, API
// keys and invitations. Secrets are kept as hashes only. It knows neither HTTP
// nor SQL.
package access

import (
	"context"
	"time"

	"lensan/server/referral"
)

// Account is a person who signs in to the dashboard.
type Account struct {
	ID        int64
	Name      string // what is typed to sign in: an e-mail address or a short name
	Role      referral.Role
	Province  referral.ProvinceID // for RoleProvince
	CreatedAt time.Time
	Disabled  bool
	Failures  int       // of signing in, in a row
	HasCode   bool      // signing in asks for a code of an authenticator app
	Linked    bool      // to an identity at the sign-in provider
	SeenAt    time.Time // last request of a session, in lists alone; zero without one
}

// Actor returns the account as who does something.
func (a Account) Actor() referral.Actor {
	return referral.Actor{Kind: "account", ID: a.Name, Role: a.Role, Province: a.Province}
}

// Key is an API key; its secret is shown once.
type Key struct {
	ID          int64
	Label       string
	Role        referral.Role
	Province    referral.ProvinceID
	Destination string
	CreatedAt   time.Time
	LastUsedAt  time.Time // to the hour
	RevokedAt   time.Time
}

// Session is a signed-in browser.
type Session struct {
	Account   Account
	ID        string // names the session in lists; not its secret
	CSRF      string // token that every form carries
	Browser   string // "firefox windows": ids of package classify
	CreatedAt time.Time
	SeenAt    time.Time // last request, to five minutes
	ExpiresAt time.Time
}

// How long things last.
const (
	InvitationLife = 24 * time.Hour
	SessionIdle    = 12 * time.Hour     // without a request
	SessionLife    = 7 * 24 * time.Hour // whatever happens
	PendingLife    = 10 * time.Minute   // of a sign-in that waits for its code

	touchEvery   = 5 * time.Minute // how exactly a session's last request is known
	keyCacheLife = 30 * time.Second
	keyCacheSize = 1024
)

// Invitation is a stored invitation; the token itself is not kept.
type Invitation struct {
	Hash      string // of the token
	Role      referral.Role
	Province  referral.ProvinceID
	First     bool // for the first admin: void once any account exists
	InvitedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
	Account   int64 // whose password it sets anew, 0 for a new account
}

// StoredSession is a session as the store keeps it; the secret itself is not kept.
type StoredSession struct {
	Hash      string // of the secret
	AccountID int64
	CreatedAt time.Time
	SeenAt    time.Time // last request, to touchEvery
	Browser   string
	Pending   bool // the password was right, the code is still to come
}

// Store is what access needs of a database. Find... return ErrNotFound wrapped.
// A method that takes a Change writes it to the history in the same transaction.
type Store interface {
	// ReplaceFirstInvitation voids earlier first invitations and keeps inv; false,
	// with nothing written, if there is an account.
	ReplaceFirstInvitation(ctx context.Context, inv Invitation, c referral.Change) (bool, error)
	InsertInvitation(ctx context.Context, inv Invitation, c referral.Change) error
	FindInvitation(ctx context.Context, hash string, now time.Time) (Invitation, error)
	// AcceptInvitation uses an invitation up, and inserts the account (setting its
	// ID) and the session. An account that has an ID gets the password instead,
	// and loses its sessions and its second factor. It returns ErrNotFound if the invitation is used, void
	// or over at the account's CreatedAt, and ErrConflict if the name is taken.
	AcceptInvitation(ctx context.Context, invitation string, acc *Account, passwordHash string, s StoredSession, c referral.Change) error

	FindAccount(ctx context.Context, name string) (acc Account, passwordHash string, err error)

	// InsertSession also forgets sessions and invitations that are over, and the
	// account's failures in a row.
	InsertSession(ctx context.Context, s StoredSession, c referral.Change) error
	FindSession(ctx context.Context, hash string) (StoredSession, Account, error)
	TouchSession(ctx context.Context, hash string, seen time.Time) error
	// DeleteSession does nothing, and writes no change, if there is no such session.
	DeleteSession(ctx context.Context, hash string, c referral.Change) error

	people
	second
	identities
	audit
	known

	// InsertKey sets the key's ID and fills it into the change's Key.
	InsertKey(ctx context.Context, k *Key, hash string, c referral.Change) error
	FindKey(ctx context.Context, hash string) (Key, error)
	FindKeyByID(ctx context.Context, id int64) (k Key, hash string, err error)
	Keys(ctx context.Context) ([]Key, error) // newest first
	TouchKey(ctx context.Context, id int64, used time.Time) error
	// RevokeKey does nothing, and writes no change, if the key is revoked already.
	RevokeKey(ctx context.Context, id int64, at time.Time, c referral.Change) error
}

// Access is safe for use by many goroutines.
type Access struct {
	store    Store
	adminKey string // hash; "" if there is none
	now      func() time.Time
	pause    func(context.Context, time.Duration) error
	hasher   hasher
	failures *failures
	keys     *keyCache
}

// New returns an Access. adminKey, if not empty, is a further API key with the
// role admin (LENSAN_API_KEY); it is compared in constant time and never stored.
func New(s Store, adminKey string, now func() time.Time) *Access {
	a := &Access{store: s, now: now, pause: pause, hasher: newHasher(), failures: newFailures(), keys: newKeyCache()}
	if adminKey != "" {
		a.adminKey = hashSecret(adminKey)
	}
	return a
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
