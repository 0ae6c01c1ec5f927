package access

import (
	"context"
	"errors"
	"unicode"
	"unicode/utf8"

	"lensan/server/referral"
)

var errInvitation = referral.Errorf(referral.ErrNotFound, "error.invitation")

// FirstInvitation returns a single-use token, valid for 24 h, with which the
// first admin chooses a name and password; "" once any account exists. A call
// makes earlier first invitations void.
func (a *Access) FirstInvitation(ctx context.Context) (token string, err error) {
	token, now := newSecret(), a.now()
	inv := Invitation{Hash: hashSecret(token), Role: referral.RoleAdmin, First: true, InvitedBy: "system", CreatedAt: now, ExpiresAt: now.Add(InvitationLife)}
	made, err := a.store.ReplaceFirstInvitation(ctx, inv, a.invited(referral.Actor{Kind: "system"}, inv))
	if err != nil || !made {
		return "", err
	}
	return token, nil
}

// Invite returns a single-use token, valid for 24 h, with which somebody
// becomes an account of a role. Only an admin may invite (ErrForbidden).
func (a *Access) Invite(ctx context.Context, by referral.Actor, role referral.Role, province referral.ProvinceID) (token string, err error) {
	if by.Role != referral.RoleAdmin {
		return "", errNotAdmin
	}
	var f referral.Faults
	checkAccountRole(&f, role, province)
	if err := f.Err(); err != nil {
		return "", err
	}
	token, now := newSecret(), a.now()
	inv := Invitation{Hash: hashSecret(token), Role: role, Province: province, InvitedBy: by.String(), CreatedAt: now, ExpiresAt: now.Add(InvitationLife)}
	return token, a.store.InsertInvitation(ctx, inv, a.invited(by, inv))
}

// Accept turns an invitation into an account and a session, whose secret it
// returns; one that Reset made sets that account's password instead, and name
// is not read. ErrNotFound: the invitation is unknown, used, void or over.
// ErrInvalid names the fields "/name" and "/password".
func (a *Access) Accept(ctx context.Context, token, name, password string) (session string, err error) {
	now, hash := a.now(), hashSecret(token)
	inv, err := a.store.FindInvitation(ctx, hash, now)
	if errors.Is(err, referral.ErrNotFound) {
		return "", errInvitation
	}
	if err != nil {
		return "", err
	}
	account := Account{Name: foldName(name), Role: inv.Role, Province: inv.Province, CreatedAt: now}
	verb, after := "create", fields{"role": inv.Role, "province": int(inv.Province), "invited_by": inv.InvitedBy}
	var f referral.Faults
	if inv.Account != 0 {
		if account, err = a.store.Account(ctx, inv.Account); err != nil {
			return "", err
		}
		account.CreatedAt, verb, after = now, "reset", fields{"invited_by": inv.InvitedBy}
	} else {
		checkName(&f, "/name", account.Name)
	}
	name = account.Name
	checkPassword(&f, "/password", name, password)
	if err := f.Err(); err != nil {
		return "", err
	}
	passwordHash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	secret, stored := a.newSession(0)
	change := a.change(account.Actor(), "account", name, verb, after)
	err = a.store.AcceptInvitation(ctx, hash, &account, passwordHash, stored, change)
	switch {
	case errors.Is(err, referral.ErrNotFound):
		return "", errInvitation
	case errors.Is(err, referral.ErrConflict):
		return "", &referral.Error{Kind: referral.ErrConflict, Key: "error.invalid", Fields: []referral.FieldError{{Field: "/name", Key: "error.name_taken"}}}
	case err != nil:
		return "", err
	}
	return secret, nil
}

// checkName accepts a folded name of 2 to 254 letters, digits and . _ - + @.
func checkName(f *referral.Faults, field, name string) {
	n := utf8.RuneCountInString(name)
	bad := n < 2 || n > 254 || !utf8.ValidString(name)
	for _, r := range name {
		bad = bad || !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' || r == '-' || r == '+' || r == '@')
	}
	switch {
	case name == "":
		f.Add(field, "error.required")
	case bad:
		f.Add(field, "error.account_name")
	}
}
