// Package wording lets the ministry change what the public reads: the words of
// public pages, badges, posters and mail, in each language, with who did it,
// when and why. What stands in the files is the default of each. It knows
// neither HTTP nor SQL, and what has room for which words it is told.
package wording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"lensan/server/referral"
	"lensan/server/text"
)

// Wording is safe for use by many goroutines.
type Wording struct {
	store  Store
	texts  *text.Bundle
	now    func() time.Time
	checks []Check

	loading sync.Mutex // held while words are read and put in force, so that older ones never replace newer
	loaded  int64      // version of the words in force; 0 before the first
	known   findings
	kept    atomic.Pointer[shelf]
}

// shelf is what the store keeps, and what of it is in force. It is never
// changed.
type shelf struct {
	kept  map[place]Kept
	stale map[place]bool // kept and not in force
	words map[string]map[string]string
}

// place is where words belong.
type place struct{ lang, key string }

// New returns a Wording that keeps texts up to date with the store. The texts
// are those of the files until the first Refresh or change.
func New(s Store, texts *text.Bundle, now func() time.Time, checks ...Check) *Wording {
	w := &Wording{store: s, texts: texts, now: now, checks: checks, known: findings{}}
	w.kept.Store(&shelf{})
	return w
}

// Refresh puts other words in force if the store's version is another than the
// one loaded; it is called every second, so that other processes' changes are
// seen. On an error the words in force stay.
func (w *Wording) Refresh(ctx context.Context) error {
	w.loading.Lock()
	defer w.loading.Unlock()
	version, err := w.store.TextsVersion(ctx)
	if err != nil {
		return fmt.Errorf("refresh texts: %w", err)
	}
	if version == w.loaded {
		return nil
	}
	list, version, err := w.store.Texts(ctx)
	if err != nil {
		return fmt.Errorf("refresh texts: %w", err)
	}
	if err := w.putInForce(list, version); err != nil {
		return fmt.Errorf("refresh texts: %w", err)
	}
	return nil
}

// putInForce is called with loading held. What does not go with this program's
// texts any more is left out: a page is better read with its default than with
// a hole in it, a badge or poster better with its default than not at all.
func (w *Wording) putInForce(list []Kept, version int64) error {
	s := &shelf{kept: map[place]Kept{}, stale: map[place]bool{}, words: map[string]map[string]string{}}
	for _, code := range text.Languages {
		s.words[code] = map[string]string{}
	}
	for _, k := range list {
		at := place{k.Lang, k.Key}
		s.kept[at] = k
		if s.words[k.Lang] == nil || w.newRule(k.Lang, k.Key).fault(k.Words) != nil {
			s.stale[at] = true
		} else {
			s.words[k.Lang][k.Key] = k.Words
		}
	}
	known := findings{}
	for code, words := range s.words {
		for i := range w.checks {
			c := &w.checks[i]
			fault, err := w.known.find(known, c, w.texts.In(code), nil, words)
			if err != nil {
				return err
			}
			if fault != nil {
				maps.DeleteFunc(words, func(key, _ string) bool {
					if !covers(c.Of, key) {
						return false
					}
					s.stale[place{code, key}] = true
					return true
				})
			}
		}
	}
	before := w.kept.Load()
	for at := range s.stale {
		if before.stale[at] {
			continue
		}
		slog.Warn("words are kept and not in force: the program's text has changed since", slog.String("lang", at.lang), slog.String("key", at.key))
	}
	w.known = known
	w.texts.Replace(version, s.words)
	w.kept.Store(s)
	w.loaded = version
	return nil
}

// errUnchanged rolls a write back that would change nothing.
var errUnchanged = errors.New("nothing to change")

// write is WriteText; the new words are in force when it returns. Once they are
// committed the change stands: if they cannot be read now, the next Refresh puts
// them in force.
func (w *Wording) write(ctx context.Context, key string, decide func(now []Kept, last referral.Change) (map[string]*string, referral.Change, error)) error {
	switch err := w.store.WriteText(ctx, key, decide); {
	case errors.Is(err, errUnchanged):
		return nil
	case err != nil:
		return err
	}
	if err := w.Refresh(context.WithoutCancel(ctx)); err != nil {
		slog.Warn("texts are not up to date", slog.Any("error", err))
	}
	return nil
}

var errForbidden = referral.Errorf(referral.ErrForbidden, "error.forbidden")

// may says whether the actor may see and change texts: admins and editors.
func may(a referral.Actor) error {
	if a.Role == referral.RoleAdmin || a.Role == referral.RoleEditor {
		return nil
	}
	return errForbidden
}
