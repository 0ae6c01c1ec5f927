// Package alerts keeps what staff and operator have to know: that something
// began, goes on, and is over. Sources say what they see; this room opens and
// closes alerts, and tells about them in groups, by mail and by webhook. It
// knows nothing of what the sources look at.
package alerts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lensan/server/referral"
)

// Kind says what an alert is about; its texts are "alert.KIND_…".
type Kind string

// The kinds, the most urgent first.
const (
	Recording   Kind = "recording"   // clicks cannot be written
	Counting    Kind = "counting"    // clicks are written and not counted
	Lost        Kind = "lost"        // clicks were answered and not written
	Difference  Kind = "difference"  // the numbers do not sum to the journal
	Destination Kind = "destination" // one is dead
	Certificate Kind = "certificate" // of a destination, near its end
	Jump        Kind = "jump"        // one placement has far more people than ever
	Portal      Kind = "portal"      // one that showed the link no longer does
	Message     Kind = "message"     // mail was not delivered
)

// Kinds lists all, the most urgent first.
var Kinds = []Kind{Recording, Counting, Lost, Difference, Destination, Certificate, Jump, Portal, Message}

// Sign is what a source sees now. Subject tells two signs of a kind apart: an
// id, a code, a day. Args fill its texts.
type Sign struct {
	Kind    Kind
	Subject string
	Args    referral.Args
	Since   time.Time // zero: since it is seen
}

// Alert is a sign that is or was there.
type Alert struct {
	Num int64
	Sign
	OpenedAt time.Time
	ClosedAt time.Time // zero while it is open
	ToldAt   time.Time // when it was last told about as open
	EndTold  bool      // that it is over was told
	KnownBy  string    // who said that it needs no more telling
	KnownAt  time.Time
	SeenAt   time.Time // when it opened, or SeeAlert last said
}

// Source says what it sees of some kinds.
type Source struct {
	Kinds []Kind
	See   func(ctx context.Context) ([]Sign, error)
	Here  bool // of servers that share a store each sees something else
}

// Store is what alerts need of a database.
type Store interface {
	// OpenAlert keeps a sign as open and returns it; one that is open already
	// keeps its number and times and gets the sign's Args (opened is false).
	OpenAlert(ctx context.Context, s Sign, now time.Time) (a Alert, opened bool, err error)
	// SeeAlert notes that the sign of one that is open is still there.
	SeeAlert(ctx context.Context, num int64, now time.Time) error
	CloseAlert(ctx context.Context, num int64, now time.Time) error
	// Alerts lists open ones, oldest first, and those closed since a time,
	// newest first.
	Alerts(ctx context.Context, closedSince time.Time) (open, closed []Alert, err error)
	// AlertsTold notes that they were told about, those that are over as over.
	AlertsTold(ctx context.Context, nums []int64, now time.Time) error
	// KnowAlert returns referral.ErrNotFound wrapped if none of that number is open.
	KnowAlert(ctx context.Context, num int64, by string, now time.Time, c referral.Change) error
}

// How alerts pace themselves: together the rule against storms.
const (
	closeAfter  = 10 * time.Minute // without the sign
	noteEvery   = closeAfter / 2   // that the sign is there, for servers that do not see it
	tellEvery   = 15 * time.Minute // at most, whatever opens meanwhile
	repeatEvery = 24 * time.Hour   // of what is open and not known
	shownFor    = 90 * 24 * time.Hour
)

// Alerts is safe for use by many goroutines.
type Alerts struct {
	Store   Store
	Sources []Source
	// Tell hands a round over to who has to know; see Round.
	Tell func(ctx context.Context, r Round) error
	// Opened is told of each alert when it opens; nil: nobody is.
	Opened func(ctx context.Context, a Alert)
	Now    func() time.Time
	Log    *slog.Logger

	seen map[int64]time.Time // when the sign was last there; Tick's own
	told time.Time
}

// Round is what is told about together: what opened or is repeated, what is
// over. Key names it: the same round has the same key.
type Round struct {
	Key  string
	Open []Alert
	Over []Alert
}

// Tick looks at all sources, opens and closes, and tells; it is called every
// ten seconds. A source that fails leaves its alerts as they are.
func (a *Alerts) Tick(ctx context.Context) error {
	if a.seen == nil {
		a.seen = map[int64]time.Time{}
	}
	now := a.Now()
	var failures []error
	failed := map[Kind]bool{}
	for _, source := range a.Sources {
		signs, err := source.See(ctx)
		if err != nil {
			failures = append(failures, err)
			for _, k := range source.Kinds {
				failed[k] = true
			}
			continue
		}
		for _, s := range signs {
			alert, opened, err := a.Store.OpenAlert(ctx, s, now)
			if err != nil {
				return err
			}
			a.seen[alert.Num] = now
			if source.Here && now.Sub(alert.SeenAt) >= noteEvery {
				if err := a.Store.SeeAlert(ctx, alert.Num, now); err != nil {
					return err
				}
			}
			if opened {
				a.Log.Warn("alert", "kind", s.Kind, "subject", s.Subject)
				if a.Opened != nil {
					a.Opened(ctx, alert)
				}
			}
		}
	}
	if err := a.close(ctx, failed, now); err != nil {
		return err
	}
	if err := a.tell(ctx, now); err != nil {
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// close ends what was not seen for closeAfter; after a start that time begins anew.
func (a *Alerts) close(ctx context.Context, failed map[Kind]bool, now time.Time) error {
	open, _, err := a.Store.Alerts(ctx, now)
	if err != nil {
		return err
	}
	kept := map[int64]time.Time{}
	for _, alert := range open {
		seen, known := a.seen[alert.Num]
		if !known || failed[alert.Kind] {
			seen = now
		}
		if alert.SeenAt.After(seen) {
			seen = alert.SeenAt
		}
		if now.Sub(seen) < closeAfter {
			kept[alert.Num] = seen
			continue
		}
		if err := a.Store.CloseAlert(ctx, alert.Num, now); err != nil {
			return err
		}
		a.Log.Info("alert is over", "kind", alert.Kind, "subject", alert.Subject)
	}
	a.seen = kept
	return nil
}

// List returns what is open, oldest first, and what was closed in the last 90
// days, newest first.
func (a *Alerts) List(ctx context.Context) (open, closed []Alert, err error) {
	return a.Store.Alerts(ctx, a.Now().Add(-shownFor))
}

var errNotStaff = referral.Errorf(referral.ErrForbidden, "error.forbidden")

// Know notes that somebody takes care of an alert: it is told about no more
// until it is over. The roles admin and editor may.
func (a *Alerts) Know(ctx context.Context, by referral.Actor, num int64) error {
	if by.Role != referral.RoleAdmin && by.Role != referral.RoleEditor {
		return errNotStaff
	}
	now := a.Now()
	return a.Store.KnowAlert(ctx, num, by.String(), now, referral.Change{Time: now, Actor: by.String(), Entity: "alert", Verb: "know"})
}
