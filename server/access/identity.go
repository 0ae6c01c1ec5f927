package access

import (
	"context"
	"errors"

	"lensan/server/referral"
)

// identities is what access needs of a database about the sign-in provider.
type identities interface {
	FindSubject(ctx context.Context, subject string) (Account, error)
	// LinkSubject links an account once; ErrConflict if it is linked already.
	LinkSubject(ctx context.Context, account int64, subject string, c referral.Change) error
}

var errIdentity = referral.Errorf(referral.ErrForbidden, "error.identity")

// Identity is who a sign-in provider (OpenID Connect) says somebody is.
type Identity struct {
	Subject string // issuer and subject: never given to another person
	Email   string // "" unless the provider says that it is verified
}

// SignInAs returns a new session's secret for whom the provider vouches. The
// account is the one that is linked to the subject or, the first time, the one
// whose name is the verified e-mail address; no account is ever made.
// ErrForbidden: there is none, or it is kept out. A second factor is the
// provider's to ask for.
func (a *Access) SignInAs(ctx context.Context, id Identity) (session string, err error) {
	acc, err := a.store.FindSubject(ctx, id.Subject)
	if errors.Is(err, referral.ErrNotFound) {
		acc, err = a.link(ctx, id)
	}
	if err != nil {
		return "", err
	}
	if acc.Disabled {
		return "", errIdentity
	}
	secret, stored := a.newSession(acc.ID)
	return secret, a.store.InsertSession(ctx, stored, a.change(acc.Actor(), "account", acc.Name, "sign_in_provider", nil))
}

func (a *Access) link(ctx context.Context, id Identity) (Account, error) {
	if id.Email == "" {
		return Account{}, errIdentity
	}
	acc, _, err := a.store.FindAccount(ctx, foldName(id.Email))
	if errors.Is(err, referral.ErrNotFound) || err == nil && (acc.Disabled || acc.Linked) {
		return Account{}, errIdentity
	}
	if err != nil {
		return Account{}, err
	}
	err = a.store.LinkSubject(ctx, acc.ID, id.Subject, a.change(acc.Actor(), "account", acc.Name, "link", nil))
	if errors.Is(err, referral.ErrConflict) {
		return Account{}, errIdentity
	}
	return acc, err
}
