package access

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

var (
	errKey      = referral.Errorf(referral.ErrNotFound, "error.key_unknown")
	errNotAdmin = referral.Errorf(referral.ErrForbidden, "error.admin_only")
)

// KeyActor finds who an API key stands for; ErrNotFound if it is unknown or
// revoked. The key of the environment is the actor "key:env".
func (a *Access) KeyActor(ctx context.Context, secret string) (referral.Actor, error) {
	hash := hashSecret(secret)
	if a.adminKey != "" && sameHash(hash, a.adminKey) {
		return referral.Actor{Kind: "key", ID: "env", Role: referral.RoleAdmin}, nil
	}
	if !strings.HasPrefix(secret, KeyPrefix) {
		return referral.Actor{}, errKey
	}
	now := a.now()
	key, generation, ok := a.keys.find(hash, now)
	if !ok {
		var err error
		key, err = a.store.FindKey(ctx, hash)
		if errors.Is(err, referral.ErrNotFound) || err == nil && !key.RevokedAt.IsZero() {
			return referral.Actor{}, errKey
		}
		if err != nil {
			return referral.Actor{}, err
		}
	}
	if hour := now.Truncate(time.Hour); key.LastUsedAt.Before(hour) {
		key.LastUsedAt, ok = hour, false
		a.touch(ctx, func(ctx context.Context) error { return a.store.TouchKey(ctx, key.ID, hour) })
	}
	if !ok {
		a.keys.keep(hash, key, now, generation)
	}
	return key.Actor(), nil
}

// Actor returns the key as who does something.
func (k Key) Actor() referral.Actor {
	return referral.Actor{Kind: "key", ID: strconv.FormatInt(k.ID, 10), Role: k.Role, Province: k.Province, Destination: k.Destination}
}

// CreateKey makes a key of k's label, role, province and destination and
// returns its secret, which is not kept. Only an admin may (ErrForbidden). That
// province and destination exist is the caller's to check.
func (a *Access) CreateKey(ctx context.Context, by referral.Actor, k Key) (key Key, secret string, err error) {
	if by.Role != referral.RoleAdmin {
		return Key{}, "", errNotAdmin
	}
	k.Label = norm.NFC.String(strings.TrimSpace(k.Label))
	if err := k.validate(); err != nil {
		return Key{}, "", err
	}
	k = Key{Label: k.Label, Role: k.Role, Province: k.Province, Destination: k.Destination, CreatedAt: a.now()}
	secret = KeyPrefix + newSecret()
	change := a.change(by, "key", "", "create", fields{"label": k.Label, "role": k.Role, "province": int(k.Province), "destination": k.Destination})
	if err := a.store.InsertKey(ctx, &k, hashSecret(secret), change); err != nil {
		return Key{}, "", err
	}
	return k, secret, nil
}

func (k *Key) validate() error {
	var f referral.Faults
	switch {
	case k.Label == "":
		f.Add("/label", "error.required")
	case !utf8.ValidString(k.Label) || strings.IndexFunc(k.Label, unicode.IsControl) >= 0:
		f.Add("/label", "error.text")
	case utf8.RuneCountInString(k.Label) > 120:
		f.Add("/label", "error.too_long", "max", "120")
	}
	switch k.Role {
	case referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace:
	case "":
		f.Add("/role", "error.required")
	default:
		f.Add("/role", "error.role", "value", string(k.Role))
	}
	if (k.Role == referral.RoleProvince) != (k.Province != 0) {
		f.Add("/province", "error.role_province")
	}
	if (k.Role == referral.RoleMarketplace) != (k.Destination != "") {
		f.Add("/destination", "error.role_destination")
	}
	return f.Err()
}

// Keys lists all keys, newest first.
func (a *Access) Keys(ctx context.Context) ([]Key, error) { return a.store.Keys(ctx) }

// RevokeKey ends a key for good, in this process at once and in others within
// keyCacheLife. ErrNotFound if there is none; a revoked one stays as it is.
func (a *Access) RevokeKey(ctx context.Context, by referral.Actor, id int64) error {
	if by.Role != referral.RoleAdmin {
		return errNotAdmin
	}
	err := a.store.RevokeKey(ctx, id, a.now(), a.change(by, "key", strconv.FormatInt(id, 10), "revoke", nil))
	a.keys.drop(id)
	if errors.Is(err, referral.ErrNotFound) {
		return errKey
	}
	return err
}
