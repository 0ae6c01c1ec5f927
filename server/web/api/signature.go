package api

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// signatureHeader carries "key=3,t=1764000000,v1=HEX" in the place of a key.
const signatureHeader = "X-LenSan-Signature"

// signature is what the header says.
type signature struct {
	key, unix int64
	mac       []byte
}

// readSignature accepts each part once, in any order, and nothing else.
func readSignature(text string) (s signature, ok bool) {
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if seen[name] || len(value) > 64 {
			return s, false
		}
		seen[name] = true
		var err error
		switch name {
		case "key":
			s.key, err = strconv.ParseInt(value, 10, 64)
		case "t":
			s.unix, err = strconv.ParseInt(value, 10, 64)
		case "v1":
			s.mac, err = hex.DecodeString(value)
		default:
			return s, false
		}
		if err != nil {
			return s, false
		}
	}
	return s, len(seen) == 3 && s.key > 0 && s.unix > 0 && len(s.mac) == 32
}

// signedActor finds who signed a request.
func (a *API) signedActor(ctx context.Context, c *fiber.Ctx) (referral.Actor, error) {
	s, ok := readSignature(c.Get(signatureHeader))
	if !ok {
		return referral.Actor{}, referral.Errorf(referral.ErrNotFound, "error.key_unknown")
	}
	return a.d.Access.SignedActor(ctx, s.key, s.unix, c.Request().Body(), s.mac)
}
