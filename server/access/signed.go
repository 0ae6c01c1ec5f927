package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strconv"
	"time"

	"lensan/server/referral"
)

// SignatureLife is how far the time of a signed request may be from ours.
const SignatureLife = 5 * time.Minute

// SignedActor finds who signed a request: mac is HMAC-SHA-256 over the Unix time
// in seconds, a full stop and the body, keyed with the SHA-256 of the API key in
// hexadecimal, so that the key itself is never sent. ErrNotFound if the key is
// unknown or revoked, the time too far off or the signature wrong.
func (a *Access) SignedActor(ctx context.Context, id, unix int64, body, mac []byte) (referral.Actor, error) {
	now := a.now()
	if off := now.Sub(time.Unix(unix, 0)); off > SignatureLife || off < -SignatureLife {
		return referral.Actor{}, errKey
	}
	key, hash, err := a.store.FindKeyByID(ctx, id)
	if errors.Is(err, referral.ErrNotFound) || err == nil && !key.RevokedAt.IsZero() {
		return referral.Actor{}, errKey
	}
	if err != nil {
		return referral.Actor{}, err
	}
	want := hmac.New(sha256.New, []byte(hash))
	want.Write([]byte(strconv.FormatInt(unix, 10) + "."))
	want.Write(body)
	if !hmac.Equal(want.Sum(nil), mac) {
		return referral.Actor{}, errKey
	}
	if hour := now.Truncate(time.Hour); key.LastUsedAt.Before(hour) {
		a.touch(ctx, func(ctx context.Context) error { return a.store.TouchKey(ctx, id, hour) })
	}
	return key.Actor(), nil
}
