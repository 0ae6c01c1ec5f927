// Package health knows which destinations are alive. It asks each one on a
// schedule, believes a change only when several checks agree, keeps what
// happened, and tells the registry which destinations are dead, so that codes
// lead to a fallback or to the hub meanwhile. An admin can overrule it. It knows
// neither HTTP servers nor SQL, and is no part of a redirect's way.
package health

import (
	"context"
	"time"

	"lensan/server/probe"
	"lensan/server/referral"
)

// State is what is known of a destination.
type State string

// The states. Unknown ones are used like alive ones.
const (
	Unknown State = "unknown"
	Alive   State = "alive"
	Dead    State = "dead"
)

// Auto is what Force takes to let the checks decide again.
const Auto State = "auto"

// Reason says what a check saw.
type Reason string

// The reasons. The first group speaks for the destination, the second against
// it, the third neither way.
const (
	Fine     Reason = "fine"
	Moved    Reason = "moved"    // it redirects to another host than before
	Expiring Reason = "expiring" // its certificate ends within expiryNotice
	Guarded  Reason = "guarded"  // it answers, and refuses programs (401, 403, 429 …)

	Name        Reason = "name" // there is no such host
	Unreachable Reason = "unreachable"
	Slow        Reason = "slow"
	Certificate Reason = "certificate"
	Missing     Reason = "missing" // 404 or 410
	Failing     Reason = "failing" // 500 to 599
	SoftError   Reason = "soft"    // 200 with a page that says that there is none
	Looping     Reason = "looping" // too many redirects
	Broken      Reason = "broken"  // no proper answer

	Private Reason = "private" // in a private network or at an unusual port: the server does not ask
	Offline Reason = "offline" // others cannot be reached either: the fault is here
)

// Reasons lists all.
var Reasons = []Reason{Fine, Moved, Expiring, Guarded, Name, Unreachable, Slow, Certificate, Missing, Failing, SoftError, Looping, Broken, Private, Offline}

// Status is what is known of one destination.
type Status struct {
	Destination string // ID
	URL         string // the template that was checked; another one begins anew
	State       State  // as the checks say
	Streak      int    // checks in a row that spoke against State
	Deaths      int    // since it was last quiet for flapTime
	DiedAt      time.Time
	CheckedAt   time.Time
	ChangedAt   time.Time // of State
	Result                // of the last check

	Forced       State // Alive or Dead while an admin overrules the checks, else ""
	ForcedBy     string
	ForcedReason string
	ForcedAt     time.Time
}

// Result is what one check saw.
type Result struct {
	Reason    Reason
	HTTP      int       // status of the answer, 0 without one
	Host      string    // at which the answer came, after redirects
	KnownHost string    // at which the first good answer came
	Expires   time.Time // of the certificate, zero without encryption
	Took      time.Duration
}

// Effective is the state that counts: the admin's word, else that of the checks.
func (s Status) Effective() State {
	switch {
	case s.Forced != "":
		return s.Forced
	case s.State == "":
		return Unknown
	}
	return s.State
}

// Event is one entry of a destination's history of health.
type Event struct {
	Time          time.Time
	Before, After State // effective
	Result
	Actor string // "system" for checks
	Note  string // the admin's reason
}

// Store is what health needs of a database.
type Store interface {
	HealthStatuses(ctx context.Context) ([]Status, error)
	// SaveHealth keeps what the checks say of a destination and, each if there is
	// one, an event and a change of its history, in one transaction. What an
	// admin said is kept by ForceHealth alone, and likewise the other way round.
	SaveHealth(ctx context.Context, s Status, e *Event, c *referral.Change) error
	ForceHealth(ctx context.Context, s Status, e *Event, c *referral.Change) error
	// HealthEvents returns the latest events of a destination, newest first.
	HealthEvents(ctx context.Context, destination string, limit int) ([]Event, error)
}

// Registry is what health needs of the registry.
type Registry interface {
	Destinations(ctx context.Context) ([]referral.Destination, error)
	Destination(ctx context.Context, id string) (referral.Destination, error)
	SetDead(ctx context.Context, dead map[string]bool) error
}

// Asker asks a public address; see probe.Probe.
type Asker interface {
	Ask(ctx context.Context, method, address string) (probe.Page, error)
}
