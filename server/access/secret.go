package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// KeyPrefix begins every API key, so that scanners of leaked secrets know it.
const KeyPrefix = "lsk_"

// newSecret returns 256 random bits in 43 characters that are safe in addresses.
func newSecret() string {
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// hashSecret returns the SHA-256 of a secret in hexadecimal. A fast hash is
// enough for 256 random bits: there is no dictionary to try.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// csrfToken derives a session's form token from its secret, so that whoever
// reads the database knows neither.
func csrfToken(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
