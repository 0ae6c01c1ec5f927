package access

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// people is what access needs of a database about accounts and their sessions.
type people interface {
	Accounts(ctx context.Context) ([]Account, error) // by name
	Account(ctx context.Context, id int64) (Account, error)
	// UpdateAccount writes role, province and Disabled; a disabled account loses
	// its sessions. ErrConflict if no admin would be left that can sign in.
	UpdateAccount(ctx context.Context, acc Account, c referral.Change) error
	PasswordHash(ctx context.Context, account int64) (string, error)
	// SetPassword ends all sessions of the account and begins s.
	SetPassword(ctx context.Context, account int64, passwordHash string, s StoredSession, c referral.Change) error
	// InsertReset keeps an invitation for an account and voids its earlier ones.
	InsertReset(ctx context.Context, inv Invitation, c referral.Change) error

	Sessions(ctx context.Context, account int64) ([]StoredSession, error) // latest request first
	NameSession(ctx context.Context, hash, browser string) error
	// DeleteSessions ends all sessions of an account but one; "" spares none.
	DeleteSessions(ctx context.Context, account int64, spare string, c referral.Change) error
}

var (
	errAccount   = referral.Errorf(referral.ErrNotFound, "error.account_unknown")
	errLastAdmin = referral.Errorf(referral.ErrConflict, "error.last_admin")
)

// Accounts lists all accounts by name. Only an admin may (ErrForbidden).
func (a *Access) Accounts(ctx context.Context, by referral.Actor) ([]Account, error) {
	if by.Role != referral.RoleAdmin {
		return nil, errNotAdmin
	}
	return a.store.Accounts(ctx)
}

// Account finds an account by its ID. Only an admin may (ErrForbidden).
func (a *Access) Account(ctx context.Context, by referral.Actor, id int64) (Account, error) {
	if by.Role != referral.RoleAdmin {
		return Account{}, errNotAdmin
	}
	acc, err := a.store.Account(ctx, id)
	if errors.Is(err, referral.ErrNotFound) {
		return Account{}, errAccount
	}
	return acc, err
}

// UpdateAccount gives an account another role, or keeps it out or lets it in
// again, for a reason. It is in force with the account's next request.
// ErrConflict: nobody would be left who is admin.
func (a *Access) UpdateAccount(ctx context.Context, by referral.Actor, acc Account, reason string) error {
	before, err := a.Account(ctx, by, acc.ID)
	if err != nil {
		return err
	}
	reason = norm.NFC.String(strings.TrimSpace(reason))
	var f referral.Faults
	checkAccountRole(&f, acc.Role, acc.Province)
	switch {
	case reason == "":
		f.Add("/reason", "error.required")
	case !utf8.ValidString(reason):
		f.Add("/reason", "error.text")
	case utf8.RuneCountInString(reason) > 500:
		f.Add("/reason", "error.too_long", "max", "500")
	}
	if err := f.Err(); err != nil {
		return err
	}
	was, is := before.state(), acc.state()
	for name := range is {
		if is[name] == was[name] {
			delete(is, name)
			delete(was, name)
		}
	}
	if len(is) == 0 {
		return nil
	}
	change := a.change(by, "account", before.Name, "update", is)
	change.Before, change.Reason = marshal(was), reason
	err = a.store.UpdateAccount(ctx, acc, change)
	if errors.Is(err, referral.ErrConflict) {
		return errLastAdmin
	}
	return err
}

func (a Account) state() fields {
	return fields{"role": string(a.Role), "province": int(a.Province), "disabled": a.Disabled}
}

// checkAccountRole finds what is wrong with an account's role and province.
func checkAccountRole(f *referral.Faults, role referral.Role, province referral.ProvinceID) {
	switch role {
	case referral.RoleAdmin, referral.RoleEditor, referral.RoleViewer, referral.RoleProvince:
	default:
		f.Add("/role", "error.role", "value", string(role))
	}
	if (role == referral.RoleProvince) != (province != 0) {
		f.Add("/province", "error.role_province")
	}
}

// Reset returns a single-use token, valid for 24 h, with which the owner of an
// account chooses a new password. Until then nothing changes for the owner;
// then all sessions end and the second factor is off.
func (a *Access) Reset(ctx context.Context, by referral.Actor, id int64) (token string, err error) {
	acc, err := a.Account(ctx, by, id)
	if err != nil {
		return "", err
	}
	token, now := newSecret(), a.now()
	inv := Invitation{Hash: hashSecret(token), Role: acc.Role, Province: acc.Province, InvitedBy: by.String(), CreatedAt: now, ExpiresAt: now.Add(InvitationLife), Account: id}
	return token, a.store.InsertReset(ctx, inv, a.change(by, "account", acc.Name, "reset_link", nil))
}

// ResetName returns whose password an invitation sets anew, "" if it makes a
// new account or is unknown, used or over.
func (a *Access) ResetName(ctx context.Context, token string) (string, error) {
	inv, err := a.store.FindInvitation(ctx, hashSecret(token), a.now())
	if errors.Is(err, referral.ErrNotFound) || err == nil && inv.Account == 0 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	acc, err := a.store.Account(ctx, inv.Account)
	return acc.Name, err
}

// ChangePassword sets the password of a session's account, ends all its
// sessions and returns the secret of a new one. ErrInvalid names the fields
// "/current" and "/password".
func (a *Access) ChangePassword(ctx context.Context, s Session, current, password string) (session string, err error) {
	var f referral.Faults
	if err := a.confirm(ctx, &f, "/current", s.Account, current); err != nil {
		return "", err
	}
	checkPassword(&f, "/password", s.Account.Name, password)
	if err := f.Err(); err != nil {
		return "", err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	secret, stored := a.newSession(s.Account.ID)
	stored.Browser = s.Browser
	return secret, a.store.SetPassword(ctx, s.Account.ID, hash, stored, a.change(s.Account.Actor(), "account", s.Account.Name, "password", nil))
}

// confirm has the owner of a session type the password again. Wrong ones count
// as failures of the name, so that a session left open does not help to guess.
func (a *Access) confirm(ctx context.Context, f *referral.Faults, field string, acc Account, password string) error {
	try := newAttempt("own "+acc.Name, "own "+acc.Name)
	wait := a.failures.enter(try, a.now())
	defer a.failures.leave(try)
	if wait > 0 {
		if !a.failures.begin(try) {
			return errBusy
		}
		defer a.failures.end(try)
		if err := a.pause(ctx, wait); err != nil {
			return err
		}
	}
	hash, err := a.store.PasswordHash(ctx, acc.ID)
	if err != nil {
		return err
	}
	if len(password) > 4*PasswordMax {
		password = ""
	}
	ok, err := a.hasher.matches(ctx, password, hash)
	if err != nil {
		return err
	}
	if !ok {
		a.fail(ctx, try, acc.ID, KnownBrowser{})
		f.Add(field, "error.password_wrong")
		return nil
	}
	a.failures.succeeded(try)
	return nil
}

// Sessions lists the sessions of an account that are not over, the latest
// request first.
func (a *Access) Sessions(ctx context.Context, acc Account) ([]Session, error) {
	list, err := a.store.Sessions(ctx, acc.ID)
	if err != nil {
		return nil, err
	}
	var out []Session
	for _, s := range list {
		if a.now().Before(s.expires()) {
			out = append(out, Session{Account: acc, ID: sessionID(s.Hash), Browser: s.Browser, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.expires()})
		}
	}
	return out, nil
}

// sessionID names a session in pages; it opens nothing.
func sessionID(hash string) string { return hashSecret("session " + hash)[:16] }

// NameSession notes in which browser a session is, so that its owner knows it
// again; agent is "firefox windows" and never more than that.
func (a *Access) NameSession(ctx context.Context, secret, agent string) error {
	return a.store.NameSession(ctx, hashSecret(secret), agent)
}

// EndSession ends one session of an account by its ID. ErrNotFound if the
// account has no such session.
func (a *Access) EndSession(ctx context.Context, acc Account, id string) error {
	list, err := a.store.Sessions(ctx, acc.ID)
	if err != nil {
		return err
	}
	for _, s := range list {
		if sessionID(s.Hash) == id {
			return a.store.DeleteSession(ctx, s.Hash, a.change(acc.Actor(), "account", acc.Name, "end_session", nil))
		}
	}
	return errSession
}

// EndOtherSessions ends all sessions of an account but the one with a secret;
// "" spares none. by is the account itself or an admin.
func (a *Access) EndOtherSessions(ctx context.Context, by referral.Actor, acc Account, spare string) error {
	if by.Role != referral.RoleAdmin && by != acc.Actor() {
		return errNotAdmin
	}
	hash := ""
	if spare != "" {
		hash = hashSecret(spare)
	}
	return a.store.DeleteSessions(ctx, acc.ID, hash, a.change(by, "account", acc.Name, "end_sessions", nil))
}
