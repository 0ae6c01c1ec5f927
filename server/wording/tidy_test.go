package wording

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestTidy(t *testing.T) {
	for _, c := range []struct{ in, line, lines string }{
		{"  a \t b ", "a b", "a b"},
		{"a\r\nb", "a b", "a\nb"},
		{"\n\n a \n\n b \n", "a b", "a\n\n b"},
		{"e\u0301\u00a0x\u200b\ufeff", "é x", "é x"},
		{"a\xffb", "a\uFFFDb", "a\uFFFDb"},
		{" \u2028 ", "", ""},
	} {
		if got := tidy(c.in, false); got != c.line {
			t.Errorf("%q: %q, want %q", c.in, got, c.line)
		}
		if got := tidy(c.in, true); got != strings.ReplaceAll(c.lines, "\n ", "\n") {
			t.Errorf("%q in lines: %q, want %q", c.in, got, c.lines)
		}
	}
}

func FuzzTidy(f *testing.F) {
	for _, s := range []string{"Đưa nông sản", " a\r\n\r\nb ", "o\u031b\u0323", "\u200d\u0301", "a\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lines := range []bool{false, true} {
			got := tidy(s, lines)
			if again := tidy(got, lines); again != got {
				t.Errorf("%q: %q and then %q", s, got, again)
			}
			if !norm.NFC.IsNormalString(got) || strings.TrimSpace(got) != got || !lines && strings.Contains(got, "\n") {
				t.Errorf("%q: %q", s, got)
			}
		}
	})
}
