package signon

import (
	"strings"
	"testing"
	"time"
)

func FuzzReadKeep(f *testing.F) {
	long := strings.Repeat("a", 43)
	for _, seed := range []string{long + "." + long + "." + long + ".1800000000", "", "...", long + "." + long + "." + long + ".x", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, ok := readKeep(s)
		if !ok {
			return
		}
		again, ok := readKeep(k.String())
		if !ok || again != k {
			t.Errorf("%q becomes %+v, then %+v", s, k, again)
		}
		if len(k.state) < 32 || len(k.nonce) < 32 || len(k.verifier) < 32 || k.begun.Equal(time.Time{}) {
			t.Errorf("%q is taken: %+v", s, k)
		}
	})
}
