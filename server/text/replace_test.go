package text

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func small(t testing.TB) *Bundle {
	t.Helper()
	b, err := Load(fstest.MapFS{
		"text/vi/a.toml": {Data: []byte("[a]\nc = \"ba {n}\"\nb = \"hai\"")},
		"text/en/a.toml": {Data: []byte("[a]\nc = \"three {n}\"\nb = \"two\"")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReplace(t *testing.T) {
	b := small(t)
	vi, en := b.In("vi"), b.In("en")
	if vi.Version() != 0 {
		t.Errorf("version %d of the files", vi.Version())
	}
	b.Replace(7, map[string]map[string]string{"vi": {"a.b": "đôi", "a.none": "x"}})
	fixed := vi.Fixed()
	for _, c := range []struct{ got, want string }{
		{vi.T("a.b"), "đôi"}, {vi.T("a.c", "n", "3"), "ba 3"}, {vi.Default("a.b"), "hai"}, {en.T("a.b"), "two"}, {vi.T("a.none"), "[a.none]"}, {vi.Default("a.none"), ""},
		{strconv.FormatBool(vi.Has("a.none")), "false"}, {strconv.FormatInt(en.Version(), 10), "7"}, {strings.Join(vi.Keys(), " "), "a.b a.c"}, {strings.Join(vi.Written(), " "), "a.c a.b"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	tried := vi.With(map[string]string{"a.c": "ba lần {n}"})
	b.Replace(8, nil)
	for _, c := range []struct{ got, want string }{
		{vi.T("a.b"), "hai"}, {fixed.T("a.b"), "đôi"}, {strconv.FormatInt(fixed.Version(), 10), "7"}, {tried.T("a.b"), "hai"}, {tried.T("a.c", "n", "1"), "ba lần 1"}, {tried.Default("a.c"), "ba {n}"},
	} {
		if c.got != c.want {
			t.Errorf("after another: got %q, want %q", c.got, c.want)
		}
	}
}

// Words and version are read together, in both languages, while others are put
// in force.
func TestReplace_whileTheyAreRead(t *testing.T) {
	b := small(t)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for _, code := range Languages {
		for range 4 {
			readers.Go(func() {
				for last := int64(0); ; {
					select {
					case <-stop:
						return
					default:
					}
					l := b.In(code).Fixed()
					if v := l.Version(); v < last {
						t.Errorf("%s: version %d after %d", code, v, last)
						return
					} else {
						last = v
					}
					if want := strconv.FormatInt(last, 10); last > 0 && l.T("a.b") != want {
						t.Errorf("%s: version %s says %q", code, want, l.T("a.b"))
						return
					}
				}
			})
		}
	}
	for v := range int64(2000) {
		said := map[string]string{"a.b": strconv.FormatInt(v+1, 10)}
		b.Replace(v+1, map[string]map[string]string{"vi": said, "en": said})
	}
	close(stop)
	readers.Wait()
}

func TestPlaceholders(t *testing.T) {
	for s, want := range map[string]string{
		"": " true", "không": " true", "{a}": "a true", "{b} {a} {b}": "b a b true", "x {a": " false", "a} x": " false", "{a} }": "a false", "{}": " false", "{a{b}": " false", "{địa chỉ}": "địa chỉ true",
	} {
		names, ok := Placeholders(s)
		if got := strings.Join(names, " ") + " " + strconv.FormatBool(ok); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func FuzzPlaceholders(f *testing.F) {
	for _, s := range []string{"{a} và {b}", "{", "}", "{{a}}", "{a}{a}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		names, ok := Placeholders(s)
		without := s
		for _, name := range names {
			if name == "" || !strings.Contains(s, "{"+name+"}") {
				t.Errorf("%q: %q", s, names)
			}
			without = strings.Replace(without, "{"+name+"}", "", 1)
		}
		if ok == strings.ContainsAny(without, "{}") {
			t.Errorf("%q: %q, %v", s, names, ok)
		}
	})
}

func BenchmarkT(b *testing.B) {
	l := small(b).In("vi")
	b.ReportAllocs()
	for b.Loop() {
		l.T("a.b")
	}
}
