package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/wording"
)

func textChange(reason string) referral.Change {
	return referral.Change{Time: noon, Actor: "account:lan", Entity: "text", Key: "public.hub.title", Verb: "update", Reason: reason}
}

func TestWriteText(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		ctx, key := t.Context(), "public.hub.title"
		words := func(s string) *string { return &s }
		list, first, err := s.Texts(ctx)
		if err != nil || len(list) != 0 || first == 0 {
			t.Fatalf("empty: %v, version %d, %v", list, first, err)
		}
		write := func(become map[string]*string, wantNow []wording.Kept, wantLast string) {
			t.Helper()
			err := s.WriteText(ctx, key, func(now []wording.Kept, last referral.Change) (map[string]*string, referral.Change, error) {
				if diff := cmp.Diff(wantNow, now); diff != "" || last.Reason != wantLast || (last.ID == 0) != (wantLast == "") {
					t.Errorf("decides with %+v (-want +got):\n%s", last, diff)
				}
				return become, textChange(fmt.Sprint(len(become))), nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		vi := wording.Kept{Key: key, Lang: "vi", Words: "Đưa nông sản lên sàn số", By: "account:lan", At: noon}
		en := wording.Kept{Key: key, Lang: "en", Words: "Sell online", By: "account:lan", At: noon}
		write(map[string]*string{"vi": &vi.Words}, nil, "")
		write(map[string]*string{"vi": words("khác"), "en": &en.Words}, []wording.Kept{vi}, "1")
		list, version, err := s.Texts(ctx)
		other := vi
		other.Words = "khác"
		if diff := cmp.Diff([]wording.Kept{en, other}, list); err != nil || diff != "" || version != first+2 {
			t.Errorf("version %d after %d, %v (-want +got):\n%s", version, first, err, diff)
		}
		failed := errors.New("no")
		if err := s.WriteText(ctx, key, func([]wording.Kept, referral.Change) (map[string]*string, referral.Change, error) {
			return map[string]*string{"vi": nil}, textChange("x"), failed
		}); !errors.Is(err, failed) {
			t.Errorf("refused: %v", err)
		}
		write(map[string]*string{"vi": nil}, []wording.Kept{en, other}, "2")
		if list, _, err := s.Texts(ctx); err != nil || len(list) != 1 || list[0] != en {
			t.Errorf("after the default: %+v, %v", list, err)
		}
		if v, err := s.TextsVersion(ctx); err != nil || v != first+3 {
			t.Errorf("version %d, %v: what was refused must not raise it", v, err)
		}
		history, _, err := s.History(ctx, "text", key, registry.Page{})
		if err != nil || len(history) != 3 || history[0].Reason != "1" || history[1].Reason != "2" {
			t.Errorf("history: %+v, %v", history, err)
		}
	})
}

// Changes of one text at the same time come one after the other: each is
// decided with what the one before left.
func TestWriteText_atOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		const writers = 8
		var all sync.WaitGroup
		var mu sync.Mutex
		seen := map[int64]bool{}
		for range writers {
			all.Go(func() {
				err := s.WriteText(t.Context(), "badge.figure", func(now []wording.Kept, last referral.Change) (map[string]*string, referral.Change, error) {
					mu.Lock()
					defer mu.Unlock()
					if seen[last.ID] || len(now) != min(len(seen), 1) {
						t.Errorf("change %d was decided upon twice, or %d words are kept", last.ID, len(now))
					}
					seen[last.ID] = true
					words := fmt.Sprint(len(seen))
					c := textChange(words)
					c.Key = "badge.figure"
					return map[string]*string{"vi": &words}, c, nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if list, _, err := s.Texts(t.Context()); err != nil || len(list) != 1 || list[0].Words != fmt.Sprint(writers) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
