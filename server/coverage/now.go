package coverage

import (
	"context"
	"encoding/json"
	"time"

	"lensan/server/referral"
)

// A look that somebody asks for.
const (
	lookAgain = time.Minute      // after any look at the same portal
	lookTime  = 25 * time.Second // pages that were not read by then count as too slow
	looksMost = 4                // at a time
)

// Looks reports whether portals are looked at here at all.
func (c *Coverage) Looks() bool { return c.o.Interval > 0 && c.fetcher != nil }

// LookNow looks at a portal at once, writes down who asked, and makes the
// report anew. Only admins and editors may. It is ErrNotFound for a portal that
// does not stand, and ErrConflict for one that has no host, or was looked at
// within the last minute, or where portals are not looked at; ErrUnavailable
// while others are waiting for theirs.
func (c *Coverage) LookNow(ctx context.Context, a referral.Actor, id string) (Row, error) {
	if a.Role != referral.RoleAdmin && a.Role != referral.RoleEditor {
		return Row{}, referral.Errorf(referral.ErrForbidden, "error.forbidden")
	}
	select {
	case c.looking <- struct{}{}:
		defer func() { <-c.looking }()
	default:
		return Row{}, referral.Errorf(referral.ErrUnavailable, "error.coverage_busy")
	}
	list, records, err := c.load(ctx)
	if err != nil {
		return Row{}, err
	}
	var at *site
	for i := range list {
		if list[i].portal.ID == id {
			at = &list[i]
		}
	}
	switch {
	case at == nil:
		return Row{}, referral.Errorf(referral.ErrNotFound, "error.portal_unknown", "id", id)
	case !c.Looks():
		return Row{}, referral.Errorf(referral.ErrConflict, "error.coverage_off")
	case len(at.hosts) == 0:
		return Row{}, referral.Errorf(referral.ErrConflict, "error.coverage_no_host")
	}
	num, now := at.portal.Num, c.o.Now()
	record := recordOf(records, num)
	if !c.mayLook(num, record.CheckedAt, now) {
		return Row{}, referral.Errorf(referral.ErrConflict, "error.coverage_soon")
	}
	before, _ := judge(record, referral.DayOf(now))
	// Who asked may be gone before the portal answers; what was begun is kept.
	ctx = context.WithoutCancel(ctx)
	record.looked(c.lookFor(ctx, at), c.o.Now())
	after, _ := judge(record, referral.DayOf(now))
	change := referral.Change{Time: c.o.Now().UTC().Truncate(time.Millisecond), Actor: a.String(), Entity: "coverage", Key: id, Verb: "look"}
	if change.Before, err = json.Marshal(map[string]State{"coverage": before}); err != nil {
		return Row{}, err
	}
	if change.After, err = json.Marshal(map[string]State{"coverage": after}); err != nil {
		return Row{}, err
	}
	if err := c.store.SaveLook(ctx, num, record, change); err != nil {
		return Row{}, err
	}
	if err := c.Refresh(ctx); err != nil {
		return Row{}, err
	}
	for _, row := range c.Report().Rows {
		if row.ID() == id {
			return row, nil
		}
	}
	return Row{}, referral.Errorf(referral.ErrNotFound, "error.portal_unknown", "id", id)
}

// mayLook keeps two looks at a portal apart, also ones that begin together here.
func (c *Coverage) mayLook(num int64, checked, now time.Time) bool {
	c.asking.Lock()
	defer c.asking.Unlock()
	last := c.asked[num]
	if checked.After(last) {
		last = checked
	}
	if now.Sub(last) < lookAgain {
		return false
	}
	for n, at := range c.asked {
		if now.Sub(at) >= lookAgain {
			delete(c.asked, n)
		}
	}
	c.asked[num] = now
	return true
}

func (c *Coverage) lookFor(ctx context.Context, s *site) []HostCheck {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	return c.look(ctx, s)
}
