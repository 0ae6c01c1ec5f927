package wording

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
)

// Input is what a text becomes in some languages, nil for the default; what it
// is in other languages stays.
type Input map[string]*string

// entity is the history's name for texts.
const entity = "text"

// Change puts other words in the place of a text, with a reason. Faults name
// the language, "/vi", or "/reason". Words that are the default's are none of
// their own. The new words are in force when it returns.
func (w *Wording) Change(ctx context.Context, a referral.Actor, key string, in Input, reason string) (Item, error) {
	if _, err := w.Text(a, key); err != nil {
		return Item{}, err
	}
	var f referral.Faults
	become, err := w.validate(key, in, &f)
	if err != nil {
		return Item{}, err
	}
	reason = checkReason(&f, reason)
	if err := f.Err(); err != nil {
		return Item{}, err
	}
	err = w.write(ctx, key, func(now []Kept, _ referral.Change) (map[string]*string, referral.Change, error) {
		c := w.change(a, key, "update", reason)
		if !slices.ContainsFunc(slices.Collect(maps.Values(become)), func(words *string) bool { return words != nil }) {
			c.Verb = "default"
		}
		return decided(now, become, c)
	})
	if err != nil {
		return Item{}, fmt.Errorf("change text %s: %w", key, err)
	}
	return w.item(key), nil
}

// Undo takes back the newest change of a text, as a change of its own with a
// reason. ErrConflict says that change is not the newest any more.
func (w *Wording) Undo(ctx context.Context, a referral.Actor, key string, change int64, reason string) error {
	if _, err := w.Text(a, key); err != nil {
		return err
	}
	list, _, err := w.store.History(ctx, entity, key, registry.Page{Limit: 1})
	if err != nil {
		return fmt.Errorf("undo a change of text %s: %w", key, err)
	}
	if len(list) == 0 || list[0].ID != change {
		return errUndoSince
	}
	var before Input
	if err := json.Unmarshal(list[0].Before, &before); err != nil {
		return fmt.Errorf("read what text %s was: %w", key, err)
	}
	var f referral.Faults
	become, err := w.validate(key, before, &f)
	if err != nil {
		return err
	}
	reason = checkReason(&f, reason)
	if err := f.Err(); err != nil {
		return err
	}
	err = w.write(ctx, key, func(now []Kept, last referral.Change) (map[string]*string, referral.Change, error) {
		if last.ID != change {
			return nil, referral.Change{}, errUndoSince
		}
		return decided(now, become, w.change(a, key, "undo", reason))
	})
	if err != nil {
		return fmt.Errorf("undo a change of text %s: %w", key, err)
	}
	return nil
}

var errUndoSince = referral.Errorf(referral.ErrConflict, "error.undo_since")

// History returns who changed a text, newest first. Before and After of a
// change say what the text was and became in the languages that were changed:
// {"vi":"…"}, null for the default.
func (w *Wording) History(ctx context.Context, a referral.Actor, key string, p registry.Page) ([]referral.Change, string, error) {
	if _, err := w.Text(a, key); err != nil {
		return nil, "", err
	}
	return w.store.History(ctx, entity, key, p)
}

// validate tidies words and notes what is wrong with them.
func (w *Wording) validate(key string, in Input, f *referral.Faults) (Input, error) {
	become, inForce := Input{}, w.kept.Load().words
	for _, lang := range slices.Sorted(maps.Keys(in)) {
		if !slices.Contains(text.Languages, lang) {
			f.Add("/"+lang, "error.lang", "value", lang)
		}
	}
	for _, lang := range text.Languages {
		words, named := in[lang]
		if !named {
			continue
		}
		after := maps.Clone(inForce[lang])
		if after == nil {
			after = map[string]string{}
		}
		delete(after, key)
		become[lang] = nil
		if words != nil {
			r := w.newRule(lang, key)
			tidied := tidy(*words, r.lines)
			if tidied != r.standard {
				if fault := r.fault(tidied); fault != nil {
					f.AddError("/"+lang, fault)
					continue
				}
				become[lang], after[key] = &tidied, tidied
			}
		}
		for i := range w.checks {
			if c := &w.checks[i]; become[lang] != nil && covers(c.Of, key) {
				fault, err := findings{}.find(findings{}, c, w.texts.In(lang), inForce[lang], after)
				if err != nil {
					return nil, fmt.Errorf("text %s: %w", key, err)
				}
				if fault != nil {
					f.AddError("/"+lang, &referral.Error{Kind: referral.ErrInvalid, Key: fault.Key, Args: fault.Args})
				}
			}
		}
	}
	return become, nil
}

func (w *Wording) change(a referral.Actor, key, verb, reason string) referral.Change {
	return referral.Change{Time: w.now().UTC().Truncate(time.Millisecond), Actor: a.String(), Entity: entity, Key: key, Verb: verb, Reason: reason}
}

// decided leaves out what is so already and says in the change what was and
// what becomes.
func decided(now []Kept, become Input, c referral.Change) (map[string]*string, referral.Change, error) {
	before, after := Input{}, Input{}
	for lang, words := range become {
		var was *string
		for i := range now {
			if now[i].Lang == lang {
				was = &now[i].Words
			}
		}
		if was == nil && words == nil || was != nil && words != nil && *was == *words {
			continue
		}
		before[lang], after[lang] = was, words
	}
	if len(after) == 0 {
		return nil, c, errUnchanged
	}
	var err error
	if c.Before, err = json.Marshal(before); err == nil {
		c.After, err = json.Marshal(after)
	}
	return after, c, err
}
