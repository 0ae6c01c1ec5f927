package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/server/alerts"
	"lensan/server/referral"
)

// watch is Alerts with one source and a clock, and keeps what is told.
type watch struct {
	*alerts.Alerts
	t     *testing.T
	now   time.Time
	signs []alerts.Sign
	fail  error
	tell  error
	told  []string
	keys  []string
}

func newWatch(t *testing.T, s *Store) *watch {
	w := &watch{t: t, now: morning}
	w.restart(s)
	return w
}

func (w *watch) restart(s *Store) {
	w.Alerts = &alerts.Alerts{Store: s, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Sources: []alerts.Source{{Kinds: []alerts.Kind{alerts.Portal, alerts.Destination}, See: func(context.Context) ([]alerts.Sign, error) { return w.signs, w.fail }}},
		Tell: func(_ context.Context, r alerts.Round) error {
			if w.tell != nil {
				return w.tell
			}
			var parts []string
			for _, a := range r.Open {
				parts = append(parts, "+"+a.Subject)
			}
			for _, a := range r.Over {
				parts = append(parts, "-"+a.Subject)
			}
			w.told, w.keys = append(w.told, fmt.Sprintf("%s %s", w.now.Sub(morning), strings.Join(parts, " "))), append(w.keys, r.Key)
			return nil
		}}
}

// until ticks each half minute up to a time.
func (w *watch) until(after time.Duration) {
	w.t.Helper()
	for ; w.now.Before(morning.Add(after)); w.now = w.now.Add(30 * time.Second) {
		if err := w.Tick(w.t.Context()); err != nil && !errors.Is(err, w.fail) && !errors.Is(err, w.tell) {
			w.t.Fatal(err)
		}
	}
}

func (w *watch) want(told ...string) {
	w.t.Helper()
	if !slices.Equal(w.told, told) {
		w.t.Errorf("told:\n%s\nwant:\n%s", strings.Join(w.told, "\n"), strings.Join(told, "\n"))
	}
}

func sign(kind alerts.Kind, subject string) alerts.Sign {
	return alerts.Sign{Kind: kind, Subject: subject, Args: referral.Args{"name": subject}}
}

// The first alert is told at once, what comes within a quarter of an hour
// together, what stays once a day, and that it is over once.
func TestAlerts_noStorm(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWatch(t, s)
		w.signs = []alerts.Sign{sign(alerts.Portal, "a")}
		w.until(time.Minute)
		for i := range 40 {
			w.signs = append(w.signs, sign(alerts.Portal, fmt.Sprintf("p%02d", i)))
		}
		w.signs = append(w.signs, sign(alerts.Destination, "d"))
		w.until(10 * time.Minute)
		w.want("0s +a")
		w.until(16 * time.Minute)
		if len(w.told) != 2 || !strings.HasPrefix(w.told[1], "15m0s +d +p00 +p01") || strings.Count(w.told[1], "+") != 41 {
			t.Errorf("told: %v", w.told)
		}
		w.signs = w.signs[:1]
		w.until(time.Hour)
		if len(w.told) != 3 || !strings.HasPrefix(w.told[2], "30m0s -d -p") || strings.Count(w.told[2], "-") != 41 {
			t.Errorf("told: %v", w.told)
		}
		w.told = nil
		w.until(50 * time.Hour)
		w.want("24h0m0s +a", "48h0m0s +a")
	})
}

// A flapping sign is one alert; a source that fails closes nothing; a restart
// neither repeats nor forgets.
func TestAlerts_flapsFailsRestarts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWatch(t, s)
		for m := 1; m < 60; m++ {
			w.signs = nil
			if m%5 == 0 {
				w.signs = []alerts.Sign{sign(alerts.Portal, "a")}
			}
			w.until(time.Duration(m) * time.Minute)
		}
		w.want("4m0s +a")
		w.signs, w.fail = nil, errors.New("away")
		w.until(3 * time.Hour)
		w.want("4m0s +a")
		w.restart(s)
		w.until(4 * time.Hour)
		w.want("4m0s +a")
		w.fail = nil
		w.restart(s)
		w.until(5 * time.Hour)
		w.want("4m0s +a", "4h10m0s -a")
		open, closed, err := w.List(t.Context())
		if err != nil || len(open) != 0 || len(closed) != 1 || !closed[0].EndTold {
			t.Errorf("%v %v %v", open, closed, err)
		}
	})
}

// What could not be told is told later, under the same key.
func TestAlerts_tellFails(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWatch(t, s)
		w.signs, w.tell = []alerts.Sign{sign(alerts.Portal, "a")}, errors.New("no database")
		w.until(5 * time.Minute)
		w.want()
		w.tell = nil
		w.until(6 * time.Minute)
		w.want("5m0s +a")
	})
}

// Who takes care of an alert is not reminded; it is told when it is over.
func TestAlerts_known(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w := newWatch(t, s)
		w.signs = []alerts.Sign{sign(alerts.Portal, "a")}
		w.until(time.Minute)
		editor := referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleEditor}
		if err := w.Know(t.Context(), referral.Actor{Role: referral.RoleProvince}, 1); !errors.Is(err, referral.ErrForbidden) {
			t.Errorf("a province: %v", err)
		}
		if err := w.Know(t.Context(), editor, 2); !errors.Is(err, referral.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
		if err := w.Know(t.Context(), editor, 1); err != nil {
			t.Fatal(err)
		}
		w.until(30 * time.Hour)
		w.signs = nil
		w.until(31 * time.Hour)
		w.want("0s +a", "30h9m30s -a")
		w.signs = []alerts.Sign{sign(alerts.Portal, "a")}
		w.until(32 * time.Hour)
		open, closed, err := w.List(t.Context())
		if err != nil || len(open) != 1 || len(closed) != 1 || open[0].Num == closed[0].Num || open[0].KnownBy != "" {
			t.Errorf("%v %v %v", open, closed, err)
		}
		if n := len(slices.Compact(slices.Sorted(slices.Values(w.keys)))); n != len(w.keys) {
			t.Errorf("keys %v", w.keys)
		}
	})
}

// What one server alone sees stays open, and is told once, though another looks
// and sees nothing of it.
func TestAlerts_seenByOneServer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		w, other := newWatch(t, s), newWatch(t, s)
		w.Sources[0].Here, other.Sources[0].Here = true, true
		until := func(from, to int) {
			for m := from; m <= to; m++ {
				w.until(time.Duration(m) * time.Minute)
				other.until(time.Duration(m) * time.Minute)
			}
		}
		w.signs = []alerts.Sign{sign(alerts.Portal, "a")}
		until(1, 60)
		w.want("0s +a")
		other.want()
		w.signs = nil
		until(61, 120)
		if told := strings.Join(append(w.told[1:], other.told...), ", "); strings.Count(told, "a") != 1 || !strings.HasSuffix(told, "-a") {
			t.Errorf("told: %s", told)
		}
	})
}
