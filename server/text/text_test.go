package text

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/unicode/norm"

	"lensan/assets"
	"lensan/server/referral"
)

func TestLoad_product(t *testing.T) {
	b, err := Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Languages {
		l := b.In(code)
		for _, key := range l.Keys() {
			if s := l.T(key); !norm.NFC.IsNormalString(s) {
				t.Errorf("%s %s is not NFC: %q", code, key, s)
			}
			if l.T(key) == "" {
				t.Errorf("%s %s is empty", code, key)
			}
		}
	}
}

// TestLoad_samePlaceholders finds a translation that lost a {placeholder}.
func TestLoad_samePlaceholders(t *testing.T) {
	b, err := Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range b.In("vi").Keys() {
		vi, en := placeholders(b.In("vi").T(key)), placeholders(b.In("en").T(key))
		for name := range vi {
			if !en[name] {
				t.Errorf("%s: {%s} is missing in English", key, name)
			}
		}
		for name := range en {
			if !vi[name] {
				t.Errorf("%s: {%s} is missing in Vietnamese", key, name)
			}
		}
	}
}

func placeholders(s string) map[string]bool {
	out := map[string]bool{}
	for {
		_, rest, open := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return out
		}
		out[name] = true
		s = after
	}
}

func TestLoad_faults(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for name, files := range map[string]fs.FS{
		"missing in English": fstest.MapFS{"text/vi/a.toml": file("[a]\nb = \"x\"")},
		"twice":              fstest.MapFS{"text/vi/a.toml": file("[a]\nb = \"x\""), "text/vi/b.toml": file("[a]\nb = \"y\""), "text/en/a.toml": file("[a]\nb = \"x\"")},
		"not a string":       fstest.MapFS{"text/vi/a.toml": file("[a]\nb = 1"), "text/en/a.toml": file("[a]\nb = 1")},
		"not TOML":           fstest.MapFS{"text/vi/a.toml": file("[a")},
	} {
		if _, err := Load(files); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestFormats(t *testing.T) {
	files := fstest.MapFS{"text/vi/a.toml": {Data: []byte("[a]\nb = \"{x} và {y}\"")}, "text/en/a.toml": {Data: []byte("[a]\nb = \"{x} and {y}\"")}}
	b, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	vi, en := b.In("vi"), b.In("en")
	at := time.Date(2026, 11, 24, 17, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{vi.Number(1234567), "1.234.567"}, {en.Number(1234567), "1,234,567"}, {vi.Number(0), "0"}, {vi.Number(-1000), "-1.000"}, {vi.Number(999), "999"},
		{vi.Day(referral.MustDay("2026-11-24")), "24/11/2026"}, {en.Day(referral.MustDay("2026-11-04")), "4 Nov 2026"}, {vi.Day(referral.NoDay), ""},
		{vi.Time(at), "00:05 25/11/2026"}, {en.Time(at), "25 Nov 2026 00:05"}, {vi.Time(time.Time{}), ""},
		{vi.T("a.b", "x", "1", "y", "{x}"), "1 và {x}"}, {en.T("a.b", "x", "1", "y", "2"), "1 and 2"}, {vi.T("a.none"), "[a.none]"},
		{b.In("fr").Code, "vi"}, {vi.Args("a.b", referral.Args{"x": "p", "y": "q"}), "p và q"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "vi"}, {map[string]string{"LANG": "en_US.UTF-8"}, "en"}, {map[string]string{"LANG": "C.UTF-8"}, "vi"},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "vi_VN.UTF-8"}, "vi"},
	} {
		if got := FromEnvironment(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}
