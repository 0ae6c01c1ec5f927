package inspect

import (
	"slices"
	"strings"
	"testing"

	"lensan/server/referral"
)

func TestCodes(t *testing.T) {
	fill := strings.NewReplacer("CODE", string(code))
	for source, want := range map[string][]referral.Code{
		"":            nil,
		badge:         {code},
		badge + badge: {code},
		frame:         {code},
		`<img src="https://len.example.vn/b/CODE.svg">`:    {code},
		`<a href="https://other.example.vn/go/CODE">x</a>`: nil,
		`<a href="//LEN.example.vn/go/CODE?x">x</a>`:       {code},
		`<a href="https://len.example.vn/go/K7Q2PP">x</a>`: nil,
		`<a href="https://len.example.vn/gone/CODE">x</a>`: nil,
	} {
		if got := Codes(fill.Replace(source), base); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
}
