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
	CSRF      string // token that every form carries
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Actor returns the account as who does something.
func (a Account) Actor() referral.Actor {
	return referral.Actor{Kind: "account", ID: a.Name, Role: a.Role, Province: a.Province}
}

// Access is safe for use by many goroutines.
type Access struct{}

// Store is what access needs of a database; declared beside its use.
type Store interface{}

// New returns an Access. adminKey, if not empty, is a further API key with the
// role admin (LENSAN_API_KEY); it is compared in constant time and never stored.
func New(s Store, adminKey string, now func() time.Time) *Access { panic("skeleton") }

// FirstInvitation returns a single-use token, valid for 24 h, with which the
// first admin chooses a name and password; "" once any account exists. A call
// makes earlier first invitations void.
func (a *Access) FirstInvitation(ctx context.Context) (token string, err error) { panic("skeleton") }

// Accept turns an invitation into an account and a session.
func (a *Access) Accept(ctx context.Context, token, name, password string) (session string, err error) {
	panic("skeleton")
}

// SignIn returns a new session's secret. A wrong name and a wrong password are
// the same error and take the same time; too many failures delay further ones.
func (a *Access) SignIn(ctx context.Context, name, password, address string) (session string, err error) {
	panic("skeleton")
}

// Session finds a session by its secret; ErrNotFound if it is unknown or over.
func (a *Access) Session(ctx context.Context, secret string) (Session, error) { panic("skeleton") }

// SignOut ends a session.
func (a *Access) SignOut(ctx context.Context, secret string) error { panic("skeleton") }

// KeyActor finds who an API key stands for; ErrNotFound if it is unknown or revoked.
func (a *Access) KeyActor(ctx context.Context, secret string) (referral.Actor, error) {
	panic("skeleton")
}

// CreateKey makes a key and returns its secret, which is not kept.
func (a *Access) CreateKey(ctx context.Context, by referral.Actor, k Key) (key Key, secret string, err error) {
	panic("skeleton")
}

// Keys lists all keys, newest first.
func (a *Access) Keys(ctx context.Context) ([]Key, error) { panic("skeleton") }

// RevokeKey ends a key for good.
func (a *Access) RevokeKey(ctx context.Context, by referral.Actor, id int64) error { panic("skeleton") }
