package api

import (
	"strings"
	"testing"
)

// Whatever the header says, what is read has a key, a time and 32 bytes.
func FuzzReadSignature(f *testing.F) {
	for _, s := range []string{"", "key=3,t=1764000000,v1=" + strings.Repeat("ab", 32), "key=3,key=3,t=1", "t=-1,key=1,v1=zz", "key=9223372036854775808", ",,,", "key==3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := readSignature(text); ok && (s.key <= 0 || s.unix <= 0 || len(s.mac) != 32) {
			t.Errorf("%q: %+v", text, s)
		}
	})
}
