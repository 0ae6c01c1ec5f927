package registry_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"lensan/server/registry"
)

func TestSearchKey(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Đồng Tháp", "dong thap"},
		{"DONG THAP", "dong thap"},
		{"đồng  tháp\n", "dong thap"},
		{"Thừa Thiên Huế", "thua thien hue"},
		{"Vỏ Sò", "vo so"},
		{"ÀÁẢÃẠ ĂẰẮẲẴẶ ÂẦẤẨẪẬ ÈÉẺẼẸ ÊỀẾỂỄỆ ÌÍỈĨỊ ÒÓỎÕỌ ÔỒỐỔỖỘ ƠỜỚỞỠỢ ÙÚỦŨỤ ƯỪỨỬỮỰ ỲÝỶỸỴ Đ",
			"aaaaa aaaaaa aaaaaa eeeee eeeeee iiiii ooooo oooooo oooooo uuuuu uuuuuu yyyyy d"},
		{"stttt.angiang.gov.vn", "stttt.angiang.gov.vn"},
		{"K7Q2PX", "k7q2px"},
		{"100% _a_ \\", "100% _a_ \\"},
		{"", ""},
		{"\u00a0 ", ""},
		{"A \u0300", "a"}, // an accent that stands alone is no word
	} {
		if got := registry.SearchKey(c.in); got != c.want {
			t.Errorf("SearchKey(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := registry.SearchKey("Sở", "An Giang"); got != "so an giang" {
		t.Errorf("two texts: %q", got)
	}
}

// The form in which a text comes does not matter, and folding twice is folding once.
func TestSearchKey_anyForm(t *testing.T) {
	letters := []rune("aăâeêioôơuưyđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵABCĐĂÂÊÔƠƯ 123.-_%")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringOf(rapid.RuneFrom(letters)), rapid.String()).Draw(t, "s")
		key := registry.SearchKey(s)
		if a, b := registry.SearchKey(norm.NFC.String(s)), registry.SearchKey(norm.NFD.String(s)); a != key || b != key {
			t.Fatalf("%q: %q, NFC %q, NFD %q", s, key, a, b)
		}
		if again := registry.SearchKey(key); again != key {
			t.Fatalf("%q: %q, again %q", s, key, again)
		}
	})
}

func TestTidy(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"},
		{"  Sở\u00a0Nông nghiệp\u2003", "Sở Nông nghiệp"},
		{"a\u200bb\ufeffc\u00add\u202ee", "abcde"},
		{"\xff", "\ufffd"},
		{"a\nb", "a\nb"},
	} {
		if got := registry.Tidy(c.in); got != c.want {
			t.Errorf("tidy(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := registry.Tidy(rapid.String().Draw(t, "s"))
		if !norm.NFC.IsNormalString(s) || registry.Tidy(s) != s {
			t.Fatalf("%q is not tidy: %q", s, registry.Tidy(s))
		}
	})
}
