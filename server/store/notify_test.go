package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/wording"
)

// Who listens hears of each committed change, and of none that was taken back.
func TestListen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if s.postgres == nil {
			if err := s.Listen(ctx, func() {}); !errors.Is(err, referral.ErrInvalid) {
				t.Errorf("%v", err)
			}
			return
		}
		heard, done := make(chan struct{}, 100), make(chan error, 1)
		go func() { done <- s.Listen(ctx, func() { heard <- struct{}{} }) }()
		hear := func(what string, want bool) {
			t.Helper()
			wait := time.Minute
			if !want {
				wait = 300 * time.Millisecond
			}
			select {
			case <-heard:
				if !want {
					t.Errorf("%s is heard of", what)
				}
			case <-time.After(wait):
				if want {
					t.Errorf("%s is not heard of", what)
				}
			}
		}
		hear("the beginning", true)
		for range 2 {
			if err := s.Write(ctx, func(registry.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			hear("a change", true)
		}
		if err := s.WriteText(ctx, "badge.note", func([]wording.Kept, referral.Change) (map[string]*string, referral.Change, error) {
			return nil, textChange("x"), nil
		}); err != nil {
			t.Fatal(err)
		}
		hear("a text", true)
		if err := s.Write(ctx, func(registry.Tx) error { return errNothing }); !errors.Is(err, errNothing) {
			t.Fatal(err)
		}
		hear("what was taken back", false)
		cancel()
		if err := <-done; err == nil {
			t.Error("it goes on after its end")
		}
	})
}
