package referral

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawPayload(t *rapid.T) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune(Alphabet)), CodeLength-1, CodeLength-1, -1).Draw(t, "payload")
}

func withCheck(payload string) string { return payload + string(checkSymbol(payload)) }

func TestParseCode(t *testing.T) {
	good := withCheck("K7Q2P")
	for _, c := range []struct {
		name, in string
		want     Code
		err      error
	}{
		{"canonical", good, Code(good), nil},
		{"lower case", strings.ToLower(good), Code(good), nil},
		{"mixed case", strings.ToLower(good[:3]) + good[3:], Code(good), nil},
		{"empty", "", "", errCodeShape},
		{"short", good[:5], "", errCodeShape},
		{"long", good + "2", "", errCodeShape},
		{"a zero", "0" + good[1:], "", errCodeShape},
		{"an o", "o" + good[1:], "", errCodeShape},
		{"an i", "i" + good[1:], "", errCodeShape},
		{"a one", "1" + good[1:], "", errCodeShape},
		{"an l", "l" + good[1:], "", errCodeShape},
		{"a u", "U" + good[1:], "", errCodeShape},
		{"a dash", "K7Q-2P", "", errCodeShape},
		{"a space", " " + good[1:], "", errCodeShape},
		{"a letter of another script", "К" + good[2:], "", errCodeShape}, // Cyrillic, two bytes
		{"line end", good[:5] + "\n", "", errCodeShape},
		{"NUL", good[:5] + "\x00", "", errCodeShape},
		{"another check symbol", "K7Q2P" + other(good[5]), "", errCodeCheck},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseCode(c.in)
			if got != c.want || (c.err == nil) != (err == nil) || c.err != nil && err.Error() != c.err.Error() {
				t.Errorf("ParseCode(%q) = %q, %v; want %q, %v", c.in, got, err, c.want, c.err)
			}
			if err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("%v does not wrap ErrInvalid", err)
			}
		})
	}
}

func other(symbol byte) string {
	return string(Alphabet[(strings.IndexByte(Alphabet, symbol)+1)%len(Alphabet)])
}

func TestParseCode_findsEverySingleSymbolError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := withCheck(drawPayload(t))
		for i := range code {
			for _, wrong := range Alphabet {
				if byte(wrong) == code[i] {
					continue
				}
				mistyped := code[:i] + string(wrong) + code[i+1:]
				if _, err := ParseCode(mistyped); err == nil {
					t.Fatalf("%s mistyped as %s is accepted", code, mistyped)
				}
				if _, err := ParseCode(strings.ToLower(mistyped)); err == nil {
					t.Fatalf("%s mistyped as %s is accepted in lower case", code, mistyped)
				}
			}
		}
	})
}

// The one pair of neighbours whose exchange Luhn mod 30 cannot find is the
// first and the last symbol of the alphabet (as 0 and 9 for cards); all others
// are found at every place, the check symbol's included.
func TestParseCode_findsTranspositions(t *testing.T) {
	const first, last = '2', 'Z'
	rapid.Check(t, func(t *rapid.T) {
		code := withCheck(drawPayload(t))
		for i := 0; i+1 < len(code); i++ {
			a, b := code[i], code[i+1]
			if a == b {
				continue
			}
			swapped := code[:i] + string(b) + string(a) + code[i+2:]
			_, err := ParseCode(swapped)
			blind := a == first && b == last || a == last && b == first
			if (err == nil) != blind {
				t.Fatalf("%s with places %d and %d exchanged, %s: accepted %v, want %v", code, i, i+1, swapped, err == nil, blind)
			}
		}
	})
}

func TestParseCode_transpositionsOfAllPairs(t *testing.T) {
	missed := map[string]bool{}
	for place := 0; place+1 < CodeLength-1; place++ {
		for _, a := range Alphabet {
			for _, b := range Alphabet {
				if a == b {
					continue
				}
				payload := "K7Q2P"[:place] + string(a) + string(b) + "K7Q2P"[place+2:]
				swapped := "K7Q2P"[:place] + string(b) + string(a) + "K7Q2P"[place+2:]
				if checkSymbol(payload) == checkSymbol(swapped) {
					missed[string(a)+string(b)] = true
				}
			}
		}
	}
	if len(missed) != 2 || !missed["2Z"] || !missed["Z2"] {
		t.Errorf("transpositions not found: %v, want 2Z and Z2 alone", missed)
	}
}

func TestParseCode_canonicalWithoutAllocation(t *testing.T) {
	code := withCheck("K7Q2P")
	if n := testing.AllocsPerRun(100, func() { ParseCode(code) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNewCode_isValidAndIssuable(t *testing.T) {
	for range 20_000 {
		code := NewCode()
		parsed, err := ParseCode(string(code))
		if err != nil || parsed != code {
			t.Fatalf("NewCode gave %q: %q, %v", code, parsed, err)
		}
		if !code.Issuable() {
			t.Fatalf("NewCode gave %q", code)
		}
	}
}

// Each place of a code is a draw from 30 symbols. With 60,000 draws a symbol
// is expected 2,000 times, σ ≈ 44; words that are never issued take away less
// than 2 %. 7σ on top of that fails once in 10^11.
func TestNewCode_distribution(t *testing.T) {
	const draws = 60_000
	var counts [CodeLength][256]int
	seen := map[Code]bool{}
	for range draws {
		code := NewCode()
		seen[code] = true
		for i := range code {
			counts[i][code[i]]++
		}
	}
	want := float64(draws) / float64(len(Alphabet))
	allowed := 7*math.Sqrt(want) + 0.02*want
	for place, count := range counts {
		for _, symbol := range Alphabet {
			if n := float64(count[symbol]); math.Abs(n-want) > allowed {
				t.Errorf("place %d: %c stands %.0f times, want %.0f ± %.0f", place, symbol, n, want, allowed)
			}
		}
	}
	// 60,000 of 24.3 million: about 74 repetitions.
	if repeated := draws - len(seen); repeated > 200 {
		t.Errorf("%d codes repeated", repeated)
	}
}

func TestIssuable(t *testing.T) {
	for _, word := range neverIssued {
		for _, r := range word {
			if !strings.ContainsRune(Alphabet, r) {
				t.Errorf("%s cannot occur: %c is not in the alphabet", word, r)
			}
		}
		if len(word) > CodeLength {
			t.Errorf("%s is longer than a code", word)
			continue
		}
		for before := 0; before+len(word) <= CodeLength; before++ {
			padded := "787878"[:before] + word + "787878"[:CodeLength-before-len(word)]
			if Code(padded).Issuable() {
				t.Errorf("%s is issuable", padded)
			}
		}
	}
	for code, want := range map[Code]bool{"K7Q2PX": true, "787878": true, "772277": true, "777282": false, "287772": false, "282777": false, "KKK782": false} {
		if got := code.Issuable(); got != want {
			t.Errorf("%s is issuable: %v", code, got)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{withCheck("K7Q2P"), "k7q2px", "READYZ", "K7Q2P", "", "000000", "K7Q2P\x00", "Ｋ7Q", "ſſſ", strings.Repeat("2", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCode(s)
		if err != nil {
			if code != "" || !errors.Is(err, ErrInvalid) {
				t.Fatalf("ParseCode(%q) = %q, %v", s, code, err)
			}
			return
		}
		if string(code) != strings.ToUpper(s) || len(code) != CodeLength {
			t.Fatalf("ParseCode(%q) = %q", s, code)
		}
		if again, err := ParseCode(string(code)); err != nil || again != code {
			t.Fatalf("ParseCode(%q) = %q, %v", code, again, err)
		}
	})
}
