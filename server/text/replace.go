package text

import (
	"maps"
	"slices"
	"sync/atomic"
)

// Replace puts other words in the place of some texts: language, key, text. All
// other texts are those of the files again. What has no key in the files is
// left out. The version tells what was made of these words from what was made
// of others.
func (b *Bundle) Replace(version int64, words map[string]map[string]string) {
	s := &state{version: version, texts: map[string]map[string]string{}}
	for code, l := range b.languages {
		s.texts[code] = l.replaced(words[code])
	}
	b.now.Store(s)
}

// replaced returns the texts of the files with some of them replaced.
func (l *Language) replaced(words map[string]string) map[string]string {
	if len(words) == 0 {
		return l.defaults
	}
	texts := maps.Clone(l.defaults)
	for key, s := range words {
		if l.Has(key) {
			texts[key] = s
		}
	}
	return texts
}

// Version returns that of the words in force, 0 for those of the files.
func (l *Language) Version() int64 { return l.now.Load().version }

// Default returns the text of a key as it stands in the files, "" for a key
// that is not known.
func (l *Language) Default(key string) string { return l.defaults[key] }

// Written returns all keys in the order of the files.
func (l *Language) Written() []string { return slices.Clone(l.order) }

// Fixed returns the texts that are in force now, whatever is put in their
// place later: for what is made in several steps that must agree.
func (l *Language) Fixed() *Language { return l.holding(l.now.Load()) }

// With returns the texts of the files with some of them replaced, as they would
// be if these words were put in force alone.
func (l *Language) With(words map[string]string) *Language {
	return l.holding(&state{texts: map[string]map[string]string{l.Code: l.replaced(words)}})
}

func (l *Language) holding(s *state) *Language {
	fixed := &Language{Code: l.Code, defaults: l.defaults, order: l.order, now: new(atomic.Pointer[state])}
	fixed.now.Store(s)
	return fixed
}

// Placeholders returns the names of the {placeholders} of a text in their
// order, one that stands twice twice. ok is false if a brace belongs to none.
func Placeholders(s string) (names []string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '}':
			return names, false
		case '{':
			end := i + 1
			for end < len(s) && s[end] != '{' && s[end] != '}' {
				end++
			}
			if end == len(s) || s[end] == '{' || end == i+1 {
				return names, false
			}
			names = append(names, s[i+1:end])
			i = end
		}
	}
	return names, true
}
