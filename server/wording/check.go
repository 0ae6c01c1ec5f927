package wording

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/text"
)

// A Check says whether words have room where they are drawn.
type Check struct {
	Of []string // keys that it is about; those that end in a dot stand for all that begin so
	// Fits returns nil, or an *referral.Error with the Fields that are at fault.
	Fits func(*text.Language) error
}

// faults returns what a check finds, by field.
func (c *Check) faults(l *text.Language) (map[string]referral.FieldError, error) {
	err := c.Fits(l)
	if err == nil {
		return nil, nil
	}
	var named *referral.Error
	if !errors.As(err, &named) || len(named.Fields) == 0 {
		return nil, err
	}
	found := map[string]referral.FieldError{}
	for _, f := range named.Fields {
		found[f.Field] = f
	}
	return found, nil
}

// findings remembers what checks found of which words, since they are slow.
type findings map[string]*referral.FieldError

// find returns the first fault that a check finds with some words and did not
// find with others. What it finds is remembered in next.
func (f findings) find(next findings, c *Check, l *text.Language, before, after map[string]string) (*referral.FieldError, error) {
	if maps.Equal(c.part(before), c.part(after)) {
		return nil, nil
	}
	asked := fmt.Sprint(l.Code, c.Of, c.part(before), c.part(after))
	fault, known := f[asked]
	if !known {
		now, err := c.faults(l.With(after))
		if err != nil {
			return nil, err
		}
		if len(now) > 0 {
			was, err := c.faults(l.With(before))
			if err != nil {
				return nil, err
			}
			for _, field := range slices.Sorted(maps.Keys(now)) {
				if _, old := was[field]; !old {
					found := now[field]
					fault = &found
					break
				}
			}
		}
	}
	next[asked] = fault
	return fault, nil
}

// part returns the words that a check is about.
func (c *Check) part(words map[string]string) map[string]string {
	part := map[string]string{}
	for key, s := range words {
		if covers(c.Of, key) {
			part[key] = s
		}
	}
	return part
}

// longest is the most characters of texts for which the usual rule is too
// generous: the enhancer keeps the picture of a badge whose words are longer.
var longest = map[string]int{"snippet.alt": 80}

// rule is what words of a text must keep to.
type rule struct {
	standard string // tidied
	lines    bool   // it may have several
	names    []string
	most     int
	editable bool
}

func (w *Wording) newRule(lang, key string) rule {
	l := w.texts.In(lang)
	r := rule{editable: l.Has(key) && groupOf(key) != ""}
	r.lines = strings.Contains(strings.TrimSpace(l.Default(key)), "\n")
	r.standard = tidy(l.Default(key), r.lines)
	r.names, _ = text.Placeholders(r.standard)
	slices.Sort(r.names)
	if r.most = longest[key]; r.most == 0 {
		r.most = 3*len([]rune(r.standard)) + 80
	}
	return r
}

// fault returns what is wrong with words that are tidy, nil for nothing.
func (r rule) fault(words string) *referral.Error {
	invalid := func(key string, nameValue ...string) *referral.Error {
		return referral.Errorf(referral.ErrInvalid, key, nameValue...)
	}
	names, whole := text.Placeholders(words)
	slices.Sort(names)
	switch {
	case !r.editable:
		return invalid("error.text_unknown")
	case words == "":
		return invalid("error.required")
	case unreadable(words):
		return invalid("error.text")
	case len([]rune(words)) > r.most:
		return invalid("error.too_long", "max", fmt.Sprint(r.most))
	case len(r.names) == 0 && (!whole || len(names) > 0):
		return invalid("error.text_no_placeholders")
	case !whole || !slices.Equal(names, r.names):
		return invalid("error.text_placeholders", "names", "{"+strings.Join(r.names, "} {")+"}")
	}
	return nil
}
