package access

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// Lengths of a password in characters.
const (
	PasswordMin = 8
	PasswordMax = 128
)

// params follow OWASP's first choice for argon2id: 19 MiB, two passes, one
// lane, which a small server bears.
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is the hash, under params, of a password that nobody has: an unknown
// name is checked against it, so that it takes as long as a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hasher bounds how many passwords are hashed at once, and so the memory.
type hasher chan struct{}

func newHasher() hasher { return make(hasher, 2) }

// enter waits for a place, at most hashWait, and then returns errBusy.
func (h hasher) enter(ctx context.Context) error {
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case h <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

const hashWait = 10 * time.Second

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h }()
	return argon2id.CreateHash(norm.NFC.String(password), params)
}

func (h hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h }()
	return argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
}

//go:embed common_passwords.txt
var commonList string

var common = func() map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(commonList) {
		m[word] = true
	}
	return m
}()

// checkPassword follows NIST SP 800-63B, 3.1.1.2: a length, no rules of
// composition, and nothing that is common, a mere row of keys, or made of the
// account's or the service's name.
func checkPassword(f *referral.Faults, field, name, password string) {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		f.Add(field, "error.text")
	case n < PasswordMin:
		f.Add(field, "error.password_short", "min", strconv.Itoa(PasswordMin))
	case n > PasswordMax:
		f.Add(field, "error.too_long", "max", strconv.Itoa(PasswordMax))
	case isCommon(password):
		f.Add(field, "error.password_common")
	case isOwnName(password, name):
		f.Add(field, "error.password_name")
	}
}

// isCommon also finds a common word with digits or signs around it, "Password123!".
func isCommon(password string) bool {
	lower := strings.ToLower(password)
	core := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	return common[lower] || common[core] || isRow(lower)
}

// isRow finds "aaaaaaaa", "12345678", "hgfedcba": each character at the same
// small distance from the one before.
func isRow(s string) bool {
	runes := []rune(s)
	step := runes[1] - runes[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(runes); i++ {
		if runes[i]-runes[i-1] != step {
			return false
		}
	}
	return true
}

// isOwnName finds a password of which fewer than four letters are left without
// the account's name and the service's.
func isOwnName(password, name string) bool {
	rest := strings.ToLower(password)
	local, _, _ := strings.Cut(name, "@")
	found := false
	for _, word := range []string{name, local, "lensan", "lên sàn", "len san", "lênsàn"} {
		if word != "" && strings.Contains(rest, word) {
			rest, found = strings.ReplaceAll(rest, word, ""), true
		}
	}
	letters := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return found && letters < 4
}
