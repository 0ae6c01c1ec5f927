// Package text holds every text that a person reads, in Vietnamese and
// English, and writes numbers and dates the way each language does. The texts
// are the TOML files of assets/text, one folder a language; a key is the path
// of tables in a file: "error.province_ended". Other words can be put in their
// place while pages are being written; where they come from it does not know.
package text

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/BurntSushi/toml"

	"lensan/server/referral"
)

// Languages lists the languages, the default one first.
var Languages = []string{"vi", "en"}

// Bundle is all texts of all languages. It is safe for use by many goroutines,
// and looking up a text waits for nobody.
type Bundle struct {
	languages map[string]*Language
	now       atomic.Pointer[state]
}

// Language is the texts of one language, those that are in force at each
// lookup.
type Language struct {
	Code     string
	defaults map[string]string
	order    []string // of the keys in the files
	now      *atomic.Pointer[state]
}

// state is what is in force in all languages, put there at once and never
// changed.
type state struct {
	version int64
	texts   map[string]map[string]string // language → key → text
}

// Load reads DIR/text/{vi,en}/*.toml of files. A key that stands twice, or in one
// language alone, is an error.
func Load(files fs.FS) (*Bundle, error) {
	b := &Bundle{languages: map[string]*Language{}}
	for _, code := range Languages {
		l := &Language{Code: code, defaults: map[string]string{}, now: &b.now}
		paths, err := fs.Glob(files, "text/"+code+"/*.toml")
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			raw, err := fs.ReadFile(files, path)
			if err != nil {
				return nil, err
			}
			var tree map[string]any
			file, err := toml.Decode(string(raw), &tree)
			if err == nil {
				err = l.add("", tree)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			for _, key := range file.Keys() {
				if l.Has(key.String()) {
					l.order = append(l.order, key.String())
				}
			}
		}
		b.languages[code] = l
	}
	b.Replace(0, nil)
	return b, b.compare()
}

func (l *Language) add(prefix string, tree map[string]any) error {
	for name, value := range tree {
		key := prefix + name
		switch v := value.(type) {
		case string:
			if _, taken := l.defaults[key]; taken {
				return fmt.Errorf("text %s stands twice", key)
			}
			l.defaults[key] = v
		case map[string]any:
			if err := l.add(key+".", v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("text %s is a %T, not a string", key, value)
		}
	}
	return nil
}

func (b *Bundle) compare() error {
	var missing []string
	for _, one := range b.languages {
		for _, other := range b.languages {
			for key := range one.defaults {
				if _, ok := other.defaults[key]; !ok {
					missing = append(missing, other.Code+": "+key)
				}
			}
		}
	}
	if len(missing) > 0 {
		sort.Strings(missing)
		return fmt.Errorf("texts missing: %s", strings.Join(missing, ", "))
	}
	return nil
}

// In returns the texts of a language, Vietnamese for one that is not known.
func (b *Bundle) In(code string) *Language {
	if l := b.languages[code]; l != nil {
		return l
	}
	return b.languages[Languages[0]]
}

// Keys returns all keys, sorted.
func (l *Language) Keys() []string { return slices.Sorted(maps.Keys(l.defaults)) }

// Has reports whether there is a text with this key.
func (l *Language) Has(key string) bool { _, ok := l.defaults[key]; return ok }

// T returns the text of a key with {name} replaced by the value that follows
// the name in nameValue. A key that is not known comes back in brackets.
func (l *Language) T(key string, nameValue ...string) string {
	s, ok := l.now.Load().texts[l.Code][key]
	if !ok {
		return "[" + key + "]"
	}
	if len(nameValue) == 0 {
		return s
	}
	old := make([]string, 0, len(nameValue))
	for i := 0; i+1 < len(nameValue); i += 2 {
		old = append(old, "{"+nameValue[i]+"}", nameValue[i+1])
	}
	return strings.NewReplacer(old...).Replace(s)
}

// Args is T for the arguments of a referral.Error or FieldError.
func (l *Language) Args(key string, args referral.Args) string {
	nameValue := make([]string, 0, 2*len(args))
	for name, value := range args {
		nameValue = append(nameValue, name, value)
	}
	return l.T(key, nameValue...)
}

// Number writes 1.234.567 in Vietnamese and 1,234,567 in English.
func (l *Language) Number(n int64) string {
	separator := byte('.')
	if l.Code == "en" {
		separator = ','
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	out := make([]byte, 0, len(digits)+len(digits)/3)
	for i := 0; i < len(digits); i++ {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, separator)
		}
		out = append(out, digits[i])
	}
	return sign + string(out)
}

// Day writes 24/11/2026 in Vietnamese and 24 Nov 2026 in English.
func (l *Language) Day(d referral.Day) string {
	if d == referral.NoDay {
		return ""
	}
	if l.Code == "en" {
		return d.Start().Format("2 Jan 2006")
	}
	return d.Vietnamese()
}

// Time writes 14:05 24/11/2026 in Vietnamese and 24 Nov 2026 14:05 in English,
// in the zone Asia/Ho_Chi_Minh.
func (l *Language) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if l.Code == "en" {
		return t.In(referral.Zone).Format("2 Jan 2006 15:04")
	}
	return t.In(referral.Zone).Format("15:04 02/01/2006")
}
