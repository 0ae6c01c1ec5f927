package referral

import (
	"crypto/rand"
	"fmt"
	"strings"
)

// Alphabet holds the 30 symbols of a code: no 0 O, 1 I L, U.
const Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLength counts the symbols of a code: five at random and one to check.
const CodeLength = 6

// Code is the public, opaque identifier of a placement in canonical form:
// six capitals of Alphabet, the last being the check symbol. Make one with
// ParseCode or NewCode.
type Code string

const badSymbol = 0xff

// symbolValue maps a byte to its place in Alphabet, in either case.
var symbolValue = func() (t [256]byte) {
	for i := range t {
		t[i] = badSymbol
	}
	for i := 0; i < len(Alphabet); i++ {
		c := Alphabet[i]
		t[c] = byte(i)
		t[strings.ToLower(Alphabet)[i]] = byte(i)
	}
	return t
}()

// ParseCode returns the canonical form of a code written in either case. It
// allocates nothing when s is already canonical. The error wraps ErrInvalid
// when s has another length, a symbol outside Alphabet, or a check symbol
// that does not fit.
func ParseCode(s string) (Code, error) {
	if len(s) != CodeLength {
		return "", errCodeShape
	}
	canonical := true
	for i := 0; i < CodeLength; i++ {
		if symbolValue[s[i]] == badSymbol {
			return "", errCodeShape
		}
		canonical = canonical && s[i] <= 'Z'
	}
	if checkSymbol(s[:CodeLength-1]) != Alphabet[symbolValue[s[CodeLength-1]]] {
		return "", errCodeCheck
	}
	if !canonical {
		s = strings.ToUpper(s)
	}
	return Code(s), nil
}

var (
	errCodeShape = Errorf(ErrInvalid, "error.code_shape")
	errCodeCheck = Errorf(ErrInvalid, "error.code_check")
)

// checkSymbol returns the Luhn mod N check symbol (N = 30) of a payload whose
// bytes all have a symbolValue. Source: ISO/IEC 7812-1 annex B, generalised to
// base N. It finds every single-symbol error and every transposition of
// neighbours but that of the first and last symbol of Alphabet.
func checkSymbol(payload string) byte {
	const n = len(Alphabet)
	factor, sum := 2, 0
	for i := len(payload) - 1; i >= 0; i-- {
		addend := factor * int(symbolValue[payload[i]])
		sum += addend/n + addend%n
		factor = 3 - factor
	}
	return Alphabet[(n-sum%n)%n]
}

// NewCode draws a code from crypto/rand that is Issuable. Uniqueness is the store's to keep.
func NewCode() Code {
	for {
		var raw [CodeLength - 1]byte
		for i := range raw {
			raw[i] = Alphabet[randomBelow(len(Alphabet))]
		}
		payload := string(raw[:])
		code := Code(payload + string(checkSymbol(payload)))
		if code.Issuable() {
			return code
		}
	}
}

func randomBelow(n int) int {
	limit := 256 - 256%n
	for {
		var b [1]byte
		if _, err := rand.Read(b[:]); err != nil {
			panic(fmt.Sprintf("no randomness: %v", err))
		}
		if int(b[0]) < limit {
			return int(b[0]) % n
		}
	}
}

// neverIssued are words of Alphabet that a code may not contain: public paths
// and words that nobody should find on a poster, in Vietnamese and English.
var neverIssued = []string{
	"READYZ", "ASSETS",
	"FCK", "SHT", "SEX", "ASS", "DAMN", "NAZ", "FAG", "CNT", "DCK", "PNS",
	"DM", "DCM", "VCK", "CAC", "BEN", "DKM", "CMM", "DMM", "VKH", "NGE",
}

// Issuable reports whether the code spells nothing that must not be printed and
// has no symbol three times in a row, which people miscount when they type it.
func (c Code) Issuable() bool {
	for i := 2; i < len(c); i++ {
		if c[i] == c[i-1] && c[i] == c[i-2] {
			return false
		}
	}
	for _, word := range neverIssued {
		if strings.Contains(string(c), word) {
			return false
		}
	}
	return true
}
