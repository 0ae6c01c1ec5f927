package referral

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSerial(t *testing.T) {
	for s, want := range map[Serial]string{1: "0000 0018", 1234: "0001 2344", 1_234_567: "1234 5674", 12_345_678: "1 2345 6782"} {
		if got := s.String(); got != want {
			t.Errorf("%d is written %q, want %q", s, got, want)
		}
	}
	for _, text := range []string{"0001 2344", "00012344", " 0001-2344 ", "Số 0001 2344", "số: 0001.2344", "Nº 0001\u00a02344", "№0001 2344"} {
		if s, err := ParseSerial(text); err != nil || s != 1234 {
			t.Errorf("%q is read as %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0001 2345", "1234", "K7Q2PX", "0000 0000", "00000 12344", "12345678901234567", "0001x2344", "Số"} {
		if s, err := ParseSerial(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q is read as %d, %v", text, s, err)
		}
	}
}

// Every number comes back, and no single wrong digit goes unseen.
func TestSerial_roundAndWrongDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Serial(rapid.Int64Range(1, 1e12).Draw(t, "serial"))
		text := strings.ReplaceAll(s.String(), " ", "")
		if got, err := ParseSerial(text); err != nil || got != s {
			t.Fatalf("%s is read as %d, %v", text, got, err)
		}
		if _, err := ParseCode(text); err == nil {
			t.Fatalf("%s is a code too", text)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		digit := byte(rapid.IntRange('0', '9').Draw(t, "digit"))
		if wrong := text[:at] + string(digit) + text[at+1:]; wrong != text {
			if got, err := ParseSerial(wrong); err == nil {
				t.Fatalf("%s for %s is read as %d", wrong, text, got)
			}
		}
	})
}

func FuzzParseSerial(f *testing.F) {
	for _, seed := range []string{"0001 2344", "Số 0001 2344", "K7Q2PX", "", "9999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseSerial(text); err == nil {
			if again, err := ParseSerial(s.String()); err != nil || again != s {
				t.Errorf("%q → %d → %q → %d, %v", text, s, s, again, err)
			}
		}
	})
}
