package access

import (
	"context"
	"time"

	"lensan/server/referral"
)

// Query narrows the log of changes. Its zero value asks for the newest 50.
type Query struct {
	Who    string // part of the actor: "lan", "key:3"
	Entity string // "account", "portal"…
	Key    string // its public ID or code
	From   time.Time
	Until  time.Time // not included
	Cursor string    // where the last part of the list ended
	Limit  int       // 1 to 500, 0 for 50
}

// Failures are failed sign-ins with a name; "" stands for all names that nobody has.
type Failures struct {
	Name string
	N    int64
}

// audit is what access needs of a database about the log.
type audit interface {
	// CountFailure adds a failed sign-in, to the account's failures in a row as
	// well; account is 0 for a name that nobody has.
	CountFailure(ctx context.Context, account int64, at time.Time) error
	Failures(ctx context.Context, from, until time.Time) ([]Failures, error) // most first
	Log(ctx context.Context, q Query) (list []referral.Change, next string, err error)
	AppendChange(ctx context.Context, c referral.Change) error
}

// failuresKept is how long failed sign-ins are counted for.
const failuresKept = 400 * 24 * time.Hour

// Log lists changes of whatever kind, newest first; next is the cursor of the
// list's next part, "" at its end. Only an admin may (ErrForbidden).
func (a *Access) Log(ctx context.Context, by referral.Actor, q Query) (list []referral.Change, next string, err error) {
	if by.Role != referral.RoleAdmin {
		return nil, "", errNotAdmin
	}
	return a.store.Log(ctx, q)
}

// Failures counts the failed sign-ins of a time, to the hour, by name. Zero
// times stand for the last 400 days. Only an admin may (ErrForbidden).
func (a *Access) Failures(ctx context.Context, by referral.Actor, from, until time.Time) ([]Failures, error) {
	if by.Role != referral.RoleAdmin {
		return nil, errNotAdmin
	}
	if from.IsZero() {
		from = a.now().Add(-failuresKept)
	}
	if until.IsZero() {
		until = a.now().Add(time.Hour)
	}
	return a.store.Failures(ctx, from, until)
}

// Exported writes down that somebody took a file away.
func (a *Access) Exported(ctx context.Context, by referral.Actor, what string) error {
	return a.store.AppendChange(ctx, a.change(by, "export", what, "export", nil))
}
