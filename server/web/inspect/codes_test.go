package inspect

import (
	"slices"
	"strings"
	"testing"

	"lensan/server/referral"
)

// Whatever a page holds, the codes that are found are codes, each once.
func FuzzCodes(f *testing.F) {
	fill := strings.NewReplacer("CODE", string(code))
	for _, s := range []string{"", badge, frame, badge + badge, "<a href=https://len.example.vn/go/CODE/x?y#z>", "<a href=//LEN.example.vn:443/CODE>", "<a href='https://len.example.vn@evil.example/go/CODE'>",
		"<iframe src=https://len.example.vn/f/%4b7Q2PX>", "<a href=https://len.example.vn/go/", "<!-- " + badge, "<base href=https://len.example.vn/><a href=go/CODE>", "\xff<a href=\x00>"} {
		f.Add(fill.Replace(s))
	}
	f.Fuzz(func(t *testing.T, source string) {
		codes := Codes(source, base)
		for i, c := range codes {
			if parsed, err := referral.ParseCode(string(c)); err != nil || parsed != c || slices.Contains(codes[:i], c) {
				t.Errorf("%q of %q: %v", c, codes, err)
			}
		}
	})
}
