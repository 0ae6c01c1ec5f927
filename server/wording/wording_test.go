package wording_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
	"lensan/server/testkit"
	"lensan/server/text"
	"lensan/server/wording"
)

var (
	noon   = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	editor = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleEditor}
)

// A house is a store and one server's texts.
type house struct {
	*wording.Wording
	t     *testing.T
	store *store.Store
	texts *text.Bundle
	now   time.Time
}

func newHouse(t *testing.T, checks ...wording.Check) *house {
	t.Helper()
	s := testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	return (&house{t: t, store: s, now: noon}).beside(checks...)
}

// beside is another server on the same store.
func (h *house) beside(checks ...wording.Check) *house {
	h.t.Helper()
	texts, err := text.Load(assets.Files)
	if err != nil {
		h.t.Fatal(err)
	}
	other := &house{t: h.t, store: h.store, texts: texts, now: h.now}
	other.Wording = wording.New(h.store, texts, func() time.Time { return other.now }, checks...)
	other.refresh()
	return other
}

func (h *house) refresh() {
	h.t.Helper()
	if err := h.Refresh(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) says(lang, key, want string) {
	h.t.Helper()
	if got := h.texts.In(lang).T(key); got != want {
		h.t.Errorf("%s %s says %q, want %q", lang, key, got, want)
	}
}

func words(pairs ...string) wording.Input {
	in := wording.Input{}
	for i := 0; i+1 < len(pairs); i += 2 {
		in[pairs[i]] = &pairs[i+1]
	}
	return in
}

func (h *house) change(key string, in wording.Input) wording.Item {
	h.t.Helper()
	x, err := h.Change(h.t.Context(), editor, key, in, "thử")
	if err != nil {
		h.t.Fatal(err)
	}
	return x
}

func (h *house) history(key string) []referral.Change {
	h.t.Helper()
	list, _, err := h.History(h.t.Context(), editor, key, registry.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

const title = "public.hub.title"

func TestChange(t *testing.T) {
	h := newHouse(t)
	standard := h.texts.In("vi").T(title)
	x := h.change(title, words("vi", "  Đưa nông\tsản\n lên  sa\u0300n\u200b ", "en", "Sell your produce online"))
	h.says("vi", title, "Đưa nông sản lên sàn")
	if standard == "Đưa nông sản lên sàn" { // tidied it is the default, so nothing of its own
		if x.Words["vi"].Changed || !x.Words["en"].Changed {
			t.Errorf("%+v", x)
		}
	}
	x = h.change(title, words("vi", "Bán nông sản trên mạng"))
	want := wording.Words{Now: "Bán nông sản trên mạng", Default: standard, Kept: "Bán nông sản trên mạng", Changed: true, Most: 3*len([]rune(standard)) + 80, By: "account:lan", At: noon}
	if diff := cmp.Diff(want, x.Words["vi"]); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	h.says("vi", title, "Bán nông sản trên mạng")
	h.says("en", title, "Sell your produce online")
	version := h.texts.In("vi").Version()
	h.change(title, words("vi", "Bán nông sản trên mạng"))
	if n := len(h.history(title)); n != 2 || h.texts.In("vi").Version() != version {
		t.Errorf("what changes nothing is written down: %d changes", n)
	}
	h.change(title, wording.Input{"vi": nil, "en": nil})
	h.says("vi", title, standard)
	history := h.history(title)
	if last := history[0]; last.Verb != "default" || last.Actor != "account:lan" || last.Reason != "thử" || string(last.Before) != `{"en":"Sell your produce online","vi":"Bán nông sản trên mạng"}` || string(last.After) != `{"en":null,"vi":null}` {
		t.Errorf("%+v, before %s, after %s", last, last.Before, last.After)
	}
	if list, err := h.Texts(editor, wording.Query{Changed: true}); err != nil || len(list) != 0 {
		t.Errorf("changed: %v, %v", list, err)
	}
}

func TestChange_refused(t *testing.T) {
	h := newHouse(t)
	long := strings.Repeat("ấ", 3*len([]rune(h.texts.In("vi").T(title)))+81)
	for _, c := range []struct {
		key    string
		in     wording.Input
		reason string
		want   string // fields and keys
	}{
		{title, words("vi", " \u200b\n"), "x", "/vi error.required"},
		{title, words("vi", long), "x", "/vi error.too_long"},
		{title, words("vi", "a\x00b"), "x", "/vi error.text"},
		{title, words("vi", "a\xffb"), "x", "/vi error.text"},
		{title, words("vi", "Đưa {host} lên sàn"), "x", "/vi error.text_no_placeholders"},
		{title, words("vi", "Đưa { lên sàn"), "x", "/vi error.text_no_placeholders"},
		{title, words("vi", "a"), " ", "/reason error.reason_missing"},
		{title, words("vi", "a"), strings.Repeat("á", 501), "/reason error.too_long"},
		{title, words("vi", "", "en", " "), "", "/vi error.required, /en error.required, /reason error.reason_missing"},
		{title, words("fr", "Bonjour"), "x", "/fr error.lang"},
		{"public.hub.code", words("vi", "Mã"), "x", "/vi error.text_placeholders"},
		{"public.hub.code", words("vi", "Mã {ma}"), "x", "/vi error.text_placeholders"},
		{"public.hub.code", words("en", "Code {code} {code}"), "x", "/en error.text_placeholders"},
		{"public.hub.code", words("en", "Code {code} {"), "x", "/en error.text_placeholders"},
		{"mail.report_subject", words("vi", "Báo cáo\x0b{month}: {scope}"), "x", ""},
		{"snippet.alt", words("vi", strings.Repeat("chữ ", 21)), "x", "/vi error.too_long"},
	} {
		_, err := h.Change(t.Context(), editor, c.key, c.in, c.reason)
		var e *referral.Error
		errors.As(err, &e)
		var got []string
		if e != nil {
			for _, f := range e.Fields {
				got = append(got, f.Field+" "+f.Key)
			}
		}
		if s := strings.Join(got, ", "); s != c.want || (c.want != "") != errors.Is(err, referral.ErrInvalid) {
			t.Errorf("%s %v, want %s", c.key, err, c.want)
		}
	}
	h.says("vi", title, h.texts.In("vi").Default(title))
	for _, key := range []string{"error.required", "dashboard.nav.overview", "cli.description", "common.product", "mail.title", "public", "public.hub.", "public.hub.none", "status.internal.title", "agent.os.ios"} {
		if _, err := h.Change(t.Context(), editor, key, words("vi", "x"), "x"); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, role := range []referral.Role{referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace, ""} {
		a := referral.Actor{Kind: "account", Role: role}
		_, change := h.Change(t.Context(), a, title, words("vi", "x"), "x")
		_, list := h.Texts(a, wording.Query{})
		_, one := h.Text(a, title)
		_, _, history := h.History(t.Context(), a, title, registry.Page{})
		for what, err := range map[string]error{"change": change, "list": list, "text": one, "history": history, "undo": h.Undo(t.Context(), a, title, 1, "x")} {
			if !errors.Is(err, referral.ErrForbidden) {
				t.Errorf("%s as %q: %v", what, role, err)
			}
		}
	}
}

// A letter keeps its lines, and nothing else may have any.
func TestChange_lines(t *testing.T) {
	h := newHouse(t)
	h.change("mail.report_body", words("en", "\r\nDear  all,\r\n\r\n{month} {scope}\n{link} {since} {server} \n\n"))
	h.says("en", "mail.report_body", "Dear all,\n\n{month} {scope}\n{link} {since} {server}")
	h.change("mail.report_subject", words("en", "Report\r\nBcc: x@example.vn {month} {scope}"))
	h.says("en", "mail.report_subject", "Report Bcc: x@example.vn {month} {scope}")
}

func TestUndo(t *testing.T) {
	h := newHouse(t)
	standard := h.texts.In("vi").T(title)
	h.change(title, words("vi", "Một"))
	h.change(title, words("vi", "Hai", "en", "Two"))
	newest := h.history(title)[0]
	if err := h.Undo(t.Context(), editor, title, newest.ID-1, "x"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("an older change: %v", err)
	}
	if err := h.Undo(t.Context(), editor, title, newest.ID, " "); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := h.Undo(t.Context(), editor, title, newest.ID, "nhầm"); err != nil {
		t.Fatal(err)
	}
	h.says("vi", title, "Một")
	h.says("en", title, h.texts.In("en").Default(title))
	undone := h.history(title)[0]
	if undone.Verb != "undo" || undone.Reason != "nhầm" || string(undone.After) != `{"en":null,"vi":"Một"}` {
		t.Errorf("%+v %s", undone, undone.After)
	}
	if err := h.Undo(t.Context(), editor, title, undone.ID, "lại"); err != nil { // an undo can be undone
		t.Fatal(err)
	}
	h.says("vi", title, "Hai")
	h.change(title, wording.Input{"vi": nil})
	if err := h.Undo(t.Context(), editor, title, h.history(title)[0].ID, "x"); err != nil {
		t.Fatal(err)
	}
	h.says("vi", title, "Hai")
	h.change(title, wording.Input{"vi": nil, "en": nil})
	h.says("vi", title, standard)
	if err := h.Undo(t.Context(), editor, "public.hub.lead", 1, "x"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("nothing to undo: %v", err)
	}
}

// Two servers on one store: what one takes the other says after its next look.
func TestRefresh_twoServers(t *testing.T) {
	one := newHouse(t)
	two := one.beside()
	one.change(title, words("vi", "Bán trên mạng"))
	two.says("vi", title, two.texts.In("vi").Default(title))
	two.refresh()
	two.says("vi", title, "Bán trên mạng")
	if a, b := one.texts.In("vi").Version(), two.texts.In("en").Version(); a != b {
		t.Errorf("versions %d and %d", a, b)
	}
	two.change("public.hub.lead", words("vi", "Lời khác"))
	two.says("vi", title, "Bán trên mạng")
	one.refresh()
	one.says("vi", "public.hub.lead", "Lời khác")
	if err := one.Undo(t.Context(), editor, "public.hub.lead", two.history("public.hub.lead")[0].ID, "x"); err != nil {
		t.Fatal(err)
	}
	two.refresh()
	two.says("vi", "public.hub.lead", two.texts.In("vi").Default("public.hub.lead"))
}

// Pages read while the ministry writes on two servers.
func TestRefresh_whileRead(t *testing.T) {
	one := newHouse(t)
	two := one.beside()
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for _, h := range []*house{one, two, one, two} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				l := h.texts.In("vi").Fixed()
				if a, b := l.T(title), l.T(title); a != b || a == "" {
					t.Errorf("%q and then %q", a, b)
					return
				}
				if _, err := h.Texts(editor, wording.Query{Group: "hub"}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var writers sync.WaitGroup
	for i, h := range []*house{one, two} {
		writers.Go(func() {
			for n := range 10 {
				said := strings.Repeat("x", 1+2*n+i)
				if _, err := h.Change(context.Background(), editor, title, words("vi", said), "x"); err != nil {
					t.Error(err)
				}
				if err := h.Refresh(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	one.refresh()
	two.refresh()
	two.says("vi", title, one.texts.In("vi").T(title))
	if n := len(one.history(title)); n != 20 {
		t.Errorf("%d changes, want 20", n)
	}
}
