package wording

import (
	"slices"
	"strings"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
)

// Item is one text that may be changed.
type Item struct {
	Key, Group   string
	Placeholders []string // each stands in the text once or as often as here
	Lines        bool     // it may have several
	Words        map[string]Words
}

// Words is a text in one language.
type Words struct {
	Now, Default string
	Changed      bool // Now is not the default
	Stale        bool // what is kept is not in force: it does not go with the default of this version
	Kept         string
	Most         int // characters
	By           string
	At           time.Time // of the change; zero for a default
}

// Changed reports whether the text differs from the default in any language.
func (x *Item) Changed() bool {
	for _, words := range x.Words {
		if words.Changed || words.Stale {
			return true
		}
	}
	return false
}

// Query narrows a list of texts; empty fields do not. Search ignores case and
// accents and looks at key, words and default in every language.
type Query struct {
	Group, Search string
	Changed       bool
}

// Texts lists the texts that may be changed, by group in the order of Groups
// and then as they stand in the files. The roles admin and editor may.
func (w *Wording) Texts(a referral.Actor, q Query) ([]Item, error) {
	if err := may(a); err != nil {
		return nil, err
	}
	search := registry.SearchKey(q.Search)
	byGroup := map[string][]Item{}
	for _, key := range w.texts.In(text.Languages[0]).Written() {
		group := groupOf(key)
		if group == "" || q.Group != "" && group != q.Group {
			continue
		}
		x := w.item(key)
		if q.Changed && !x.Changed() || search != "" && !strings.Contains(x.searched(), search) {
			continue
		}
		byGroup[group] = append(byGroup[group], x)
	}
	var list []Item
	for _, g := range groups {
		list = append(list, byGroup[g.ID]...)
	}
	return list, nil
}

func (x *Item) searched() string {
	parts := []string{x.Key}
	for _, code := range text.Languages {
		parts = append(parts, x.Words[code].Now, x.Words[code].Default)
	}
	return registry.SearchKey(parts...)
}

// Text returns one text, ErrNotFound if there is none that may be changed.
func (w *Wording) Text(a referral.Actor, key string) (Item, error) {
	if err := may(a); err != nil {
		return Item{}, err
	}
	if !w.texts.In(text.Languages[0]).Has(key) || groupOf(key) == "" {
		return Item{}, referral.Errorf(referral.ErrNotFound, "error.text_unknown")
	}
	return w.item(key), nil
}

func (w *Wording) item(key string) Item {
	x := Item{Key: key, Group: groupOf(key), Words: map[string]Words{}}
	s := w.kept.Load()
	for _, code := range text.Languages {
		r := w.newRule(code, key)
		x.Placeholders, x.Lines = slices.Compact(r.names), x.Lines || r.lines
		at := place{code, key}
		words := Words{Now: r.standard, Default: r.standard, Most: r.most, Stale: s.stale[at]}
		if k, kept := s.kept[at]; kept {
			words.By, words.At, words.Kept = k.By, k.At, k.Words
			if words.Changed = !words.Stale; words.Changed {
				words.Now = k.Words
			}
		}
		x.Words[code] = words
	}
	return x
}
