package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
)

var morning = time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)

func letter(key string) outbox.Message {
	return outbox.Message{Key: key, Kind: "report", Channel: outbox.Mail, To: "vp@angiang.gov.vn", Subject: "Báo cáo", Body: "Kính gửi",
		Files: []outbox.File{{Name: "a.pdf", Type: "application/pdf", Content: []byte{0, 1, 0xff}}, {Name: "b.xlsx", Type: "x", Content: []byte{}}}}
}

// post is a mail server in memory: what an outbox promises is tested here,
// what a real one does in package outbox.
type post struct {
	mu   sync.Mutex
	fail func(m outbox.Message, handing func() error) error
	took []string
}

func (p *post) Send(_ context.Context, m outbox.Message, handing func() error) error {
	if p.fail != nil {
		return p.fail(m, handing)
	}
	if err := handing(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.took = append(p.took, m.Key)
	return nil
}

func newOutbox(s *Store, p *post, now *time.Time) *outbox.Outbox {
	return outbox.New(s, map[string]outbox.Sender{outbox.Mail: p}, func() time.Time { return *now }, slog.New(slog.DiscardHandler))
}

func TestOutbox_sendsOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		now, p := morning, &post{}
		o := newOutbox(s, p, &now)
		for _, want := range []int{2, 1, 0} {
			list := []outbox.Message{letter("a"), letter("b"), letter("c")}[:2]
			if want == 1 {
				list = []outbox.Message{letter("b"), letter("c")}
			}
			if added, err := o.Put(t.Context(), list...); err != nil || added != want {
				t.Fatalf("put: %d, %v", added, err)
			}
		}
		for range 2 {
			if err := o.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"a", "b", "c"}; !slices.Equal(p.took, want) {
			t.Errorf("sent %v, want %v", p.took, want)
		}
		m, err := o.Message(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		want := letter("a")
		want.Num, want.State, want.Tries, want.CreatedAt, want.NextAt, want.DoneAt = 1, outbox.Sent, 1, now, m.NextAt, now
		if diff := cmp.Diff(want, m); diff != "" {
			t.Errorf("message (-want +got):\n%s", diff)
		}
		if counts, err := o.Counts(t.Context()); err != nil || counts[outbox.Sent] != 3 || len(counts) != 1 {
			t.Errorf("counts %v, %v", counts, err)
		}
		if has, err := o.Has(t.Context(), "a"); err != nil || !has {
			t.Errorf("has a: %v, %v", has, err)
		}
		if _, err := o.Put(t.Context(), outbox.Message{Key: "w", Channel: outbox.Webhook}); !errors.Is(err, referral.ErrUnavailable) {
			t.Errorf("a channel that is off: %v", err)
		}
	})
}

// What may pass is tried again, ever more rarely, for three days; what is
// refused is not; what may have arrived is never repeated by itself.
func TestOutbox_failures(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		now, p := morning, &post{}
		o := newOutbox(s, p, &now)
		tries := map[string][]time.Duration{}
		p.fail = func(m outbox.Message, handing func() error) error {
			tries[m.Key] = append(tries[m.Key], now.Sub(morning))
			switch m.Key {
			case "refused":
				return fmt.Errorf("550: %w", outbox.ErrRefused)
			case "unclear":
				if err := handing(); err != nil {
					return err
				}
				return fmt.Errorf("broken: %w", outbox.ErrUnclear)
			}
			return errors.New("451 later")
		}
		if _, err := o.Put(t.Context(), letter("later"), letter("refused"), letter("unclear")); err != nil {
			t.Fatal(err)
		}
		for m := (outbox.Message{State: outbox.Waiting}); m.State == outbox.Waiting; now = m.NextAt {
			err := o.Tick(t.Context())
			if err == nil {
				m, err = o.Message(t.Context(), 1)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(tries["refused"]) != 1 || len(tries["unclear"]) != 1 {
			t.Errorf("tries: %v", tries)
		}
		if got := tries["later"]; len(got) != 12 || got[1] != time.Minute || got[2] != 6*time.Minute || got[3] != 21*time.Minute || got[len(got)-1] < 72*time.Hour || got[len(got)-1] > 84*time.Hour {
			t.Errorf("tries of what may pass: %v", got)
		}
		list, _, err := o.Messages(t.Context(), outbox.Query{States: []outbox.State{outbox.Failed, outbox.Unclear}})
		if err != nil || len(list) != 3 {
			t.Fatalf("%d messages, %v", len(list), err)
		}
		for i, want := range []struct {
			state   outbox.State
			problem string
		}{{outbox.Unclear, "broken: it may have been taken"}, {outbox.Failed, "550: refused for good"}, {outbox.Failed, "451 later"}} {
			if list[i].State != want.state || list[i].Problem != want.problem || list[i].Body != "" || list[i].Files != nil {
				t.Errorf("%s: %s %q", list[i].Key, list[i].State, list[i].Problem)
			}
		}
		viewer, editor := referral.Actor{Kind: "account", ID: "x", Role: referral.RoleViewer}, referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleEditor}
		if err := o.Retry(t.Context(), viewer, 3); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("a viewer sends again: %v", err)
		}
		if err := o.Retry(t.Context(), editor, 9); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("nothing is sent again: %v", err)
		}
		p.fail = nil
		if err := errors.Join(o.Retry(t.Context(), editor, 3), o.Tick(t.Context())); err != nil || !slices.Equal(p.took, []string{"unclear"}) {
			t.Errorf("sent again: %v, %v", p.took, err)
		}
		if err := o.Retry(t.Context(), editor, 3); !errors.Is(err, referral.ErrConflict) {
			t.Errorf("what was sent is sent again: %v", err)
		}
	})
}

// A server that dies before it hands a message over leaves it to another; one
// that dies while it does leaves it to a person.
func TestOutbox_serverDies(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		now, p := morning, &post{}
		o := newOutbox(s, p, &now)
		if _, err := o.Put(t.Context(), letter("before"), letter("during")); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			m, ok, err := s.TakeMessage(t.Context(), now, now.Add(5*time.Minute))
			if err != nil || !ok {
				t.Fatalf("%v, %v", ok, err)
			}
			if m.Key == "during" {
				m.State, m.NextAt = outbox.Handed, now.Add(5*time.Minute)
				if err := s.SettleMessage(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
		}
		now = now.Add(4 * time.Minute)
		if err := o.Tick(t.Context()); err != nil || len(p.took) > 0 {
			t.Fatalf("sent %v while another server has them, %v", p.took, err)
		}
		now = now.Add(time.Minute)
		if err := o.Tick(t.Context()); err != nil || !slices.Equal(p.took, []string{"before"}) {
			t.Errorf("sent %v, %v", p.took, err)
		}
		if m, err := o.Message(t.Context(), 2); err != nil || m.State != outbox.Unclear || m.DoneAt.IsZero() {
			t.Errorf("%s, %v", m.State, err)
		}
	})
}

// Of several servers one sends each message.
func TestOutbox_manyServers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		now, p := morning, &post{}
		var list []outbox.Message
		for i := range 60 {
			list = append(list, letter(fmt.Sprint(i)))
		}
		if _, err := newOutbox(s, p, &now).Put(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 4 {
			o := newOutbox(s, p, &now)
			all.Go(func() {
				for {
					if err := o.Tick(t.Context()); err != nil {
						t.Error(err)
						return
					}
					counts, err := o.Counts(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if counts[outbox.Sent] == len(list) {
						return
					}
				}
			})
		}
		all.Wait()
		slices.Sort(p.took)
		if len(slices.Compact(slices.Clone(p.took))) != len(list) || len(p.took) != len(list) {
			t.Errorf("%d messages sent %d times", len(list), len(p.took))
		}
	})
}

func TestOutbox_forgets(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		now, p := morning, &post{}
		o := newOutbox(s, p, &now)
		if _, err := o.Put(t.Context(), letter("old")); err != nil {
			t.Fatal(err)
		}
		if err := o.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, days := range []int{399, 2} {
			now = now.AddDate(0, 0, days)
			if err := o.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Message(t.Context(), 1); (err == nil) != (days == 399) {
				t.Errorf("after %s: %v", now.Sub(morning), err)
			}
		}
	})
}

func TestSubscriptions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		x := mailing.Subscription{Kind: mailing.Reports, Email: "vp@angiang.gov.vn", Province: 911, Lang: "vi", Day: 3, CreatedBy: "account:lan", CreatedAt: morning}
		c := referral.Change{Time: morning, Actor: "account:lan", Entity: "subscription", Verb: "create"}
		if err := s.InsertSubscription(ctx, &x, c); err != nil || x.Num != 1 {
			t.Fatalf("%d, %v", x.Num, err)
		}
		again := x
		if err := s.InsertSubscription(ctx, &again, c); !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("twice: %v", err)
		}
		list, err := s.Subscriptions(ctx, mailing.Reports)
		if diff := cmp.Diff([]mailing.Subscription{x}, list); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		c.Verb, c.Key = "retire", "1"
		if err := s.EndSubscription(ctx, 1, morning, c); err != nil {
			t.Fatal(err)
		}
		if err := s.EndSubscription(ctx, 1, morning, c); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("ended twice: %v", err)
		}
		if err := s.InsertSubscription(ctx, &again, c); err != nil || again.Num != 2 {
			t.Errorf("after the end: %d, %v", again.Num, err)
		}
	})
}
