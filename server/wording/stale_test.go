package wording_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/wording"
)

// room is a check that lets a line have so many letters.
func room(letters int) wording.Check {
	return wording.Check{Of: []string{"badge."}, Fits: func(l *text.Language) error {
		var f referral.Faults
		for _, key := range []string{"badge.line1", "badge.line2"} {
			if len([]rune(l.T(key))) > letters {
				f.Add("/"+key, "error.badge_text_long", "text", l.T(key))
			}
		}
		return f.Err()
	}}
}

func TestCheck(t *testing.T) {
	h := newHouse(t, room(30))
	_, err := h.Change(t.Context(), editor, "badge.line1", words("en", "Short", "vi", "Hỗ trợ tất cả bà con nông dân cả nước"), "x")
	var e *referral.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "/vi" || e.Fields[0].Key != "error.badge_text_long" {
		t.Errorf("too long: %v", err)
	}
	h.says("en", "badge.line1", h.texts.In("en").Default("badge.line1"))
	h.change("badge.line1", words("vi", "Cùng bà con"))
	h.says("vi", "badge.line1", "Cùng bà con")

	// What does not fit with the default is no reason to refuse the rest.
	tight := newHouse(t, room(20))
	tight.change("badge.line1", words("vi", "Cùng bà con"))
	tight.says("vi", "badge.line1", "Cùng bà con")
	if tight.texts.In("vi").Default("badge.line2") == "" || room(20).Fits(tight.texts.In("vi")) == nil {
		t.Error("the default fits: this proves nothing")
	}
	failing := newHouse(t, wording.Check{Of: []string{"badge."}, Fits: func(*text.Language) error { return errors.New("no font") }})
	if _, err := failing.Change(t.Context(), editor, "badge.line1", words("vi", "Cùng bà con"), "x"); err == nil || errors.Is(err, referral.ErrInvalid) {
		t.Errorf("a check that fails: %v", err)
	}
	failing.change(title, words("vi", "Nó không hỏi đến"))
}

// What an older version kept and this one cannot use is not in force, is said
// so, and can be changed or taken back.
func TestStale(t *testing.T) {
	h := newHouse(t)
	h.change("badge.line1", words("vi", "Hỗ trợ tất cả bà con nông dân cả nước"))
	h.change("badge.button", words("vi", "Lên sàn"))
	h.change(title, words("vi", "Bán trên mạng"))
	h.keep("public.hub.code", "vi", "Mã số")          // the placeholder is younger
	h.keep("public.hub.gone", "vi", "Không còn")      // the key is older
	h.keep("error.required", "vi", "Không sửa ở đây") // never was one of these
	h.keep(title, "fr", "Bonjour")

	next := h.beside(room(30))
	next.says("vi", "public.hub.code", next.texts.In("vi").Default("public.hub.code"))
	next.says("vi", "error.required", next.texts.In("vi").Default("error.required"))
	next.says("vi", "badge.line1", next.texts.In("vi").Default("badge.line1"))
	next.says("vi", "badge.button", next.texts.In("vi").Default("badge.button"))
	next.says("vi", title, "Bán trên mạng")
	list, err := next.Texts(editor, wording.Query{Changed: true})
	if err != nil {
		t.Fatal(err)
	}
	var stale, changed []string
	for _, x := range list {
		if x.Words["vi"].Stale {
			stale = append(stale, x.Key)
		}
		if x.Words["vi"].Changed {
			changed = append(changed, x.Key)
		}
	}
	if s := strings.Join(stale, " "); s != "public.hub.code badge.line1 badge.button" {
		t.Errorf("stale: %s", s)
	}
	if !slices.Equal(changed, []string{title}) {
		t.Errorf("changed: %v", changed)
	}
	next.change("badge.line1", words("vi", "Cùng bà con"))
	next.says("vi", "badge.button", "Lên sàn") // fits again with what stands beside it
	next.change("public.hub.code", wording.Input{"vi": nil})
	if x, err := next.Text(editor, "public.hub.code"); err != nil || x.Changed() {
		t.Errorf("%+v, %v", x, err)
	}
}

// keep writes words as another version of the program might have.
func (h *house) keep(key, lang, said string) {
	h.t.Helper()
	err := h.store.WriteText(h.t.Context(), key, func([]wording.Kept, referral.Change) (map[string]*string, referral.Change, error) {
		return map[string]*string{lang: &said}, referral.Change{Time: noon, Actor: "cli", Entity: "text", Key: key, Verb: "update"}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestTexts(t *testing.T) {
	h := newHouse(t)
	h.change(title, words("vi", "Bán trên mạng"))
	for _, c := range []struct {
		q     wording.Query
		least int
		first string
	}{
		{wording.Query{}, 300, title},
		{wording.Query{Group: "hub"}, 15, title},
		{wording.Query{Group: "mail"}, 2, "mail.report_subject"},
		{wording.Query{Group: "none"}, 0, ""},
		{wording.Query{Search: "BAN TREN mang"}, 1, title},
		{wording.Query{Search: "dua nong san len san"}, 3, title}, // the default of what was changed is found too
		{wording.Query{Search: "poster.warn"}, 1, "poster.warning"},
		{wording.Query{Search: "trieu ho"}, 1, "badge.figure"},
		{wording.Query{Search: "không có gì như thế"}, 0, ""},
		{wording.Query{Changed: true}, 1, title},
		{wording.Query{Changed: true, Group: "poster"}, 0, ""},
	} {
		list, err := h.Texts(editor, c.q)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) < c.least || c.least == 0 && len(list) > 0 || c.least == 1 && len(list) != 1 {
			t.Errorf("%+v: %d texts", c.q, len(list))
		}
		if len(list) > 0 && list[0].Key != c.first {
			t.Errorf("%+v: first is %s, want %s", c.q, list[0].Key, c.first)
		}
	}
}

// Every text of the public pages belongs to a group, each group has texts, and
// all of them keep to the rules that changes must keep to.
func TestGroups(t *testing.T) {
	h := newHouse(t)
	list, err := h.Texts(editor, wording.Query{})
	if err != nil {
		t.Fatal(err)
	}
	seen, groups := map[string]bool{}, map[string]int{}
	for _, x := range list {
		if seen[x.Key] {
			t.Errorf("%s stands twice", x.Key)
		}
		seen[x.Key] = true
		groups[x.Group]++
		for lang, w := range x.Words {
			if w.Now == "" || w.Most < len([]rune(w.Now)) || x.Lines != strings.Contains(w.Now, "\n") {
				t.Errorf("%s %s: %+v", lang, x.Key, w)
			}
		}
	}
	for _, g := range wording.Groups() {
		if groups[g] == 0 {
			t.Errorf("group %s is empty", g)
		}
	}
	for _, key := range h.texts.In("vi").Keys() {
		root, _, _ := strings.Cut(key, ".")
		want := slices.Contains([]string{"public", "badge", "snippet", "poster", "cms"}, root) || strings.HasPrefix(key, "mail.report_") || strings.HasPrefix(key, "mail.silence_")
		if seen[key] != want {
			t.Errorf("%s may be changed: %v", key, seen[key])
		}
	}
}
