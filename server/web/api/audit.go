package api

import (
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

// entryView is a change of whatever kind.
type entryView struct {
	changeView
	Entity string `json:"entity"`
	Key    string `json:"key"`
}

func (a *API) handleAudit(c *call) error {
	q := c.query()
	ask := access.Query{Who: q.text("who"), Entity: q.text("what"), Key: q.text("key"), Cursor: q.text("cursor"), Limit: q.whole("limit", 0, 1, 500)}
	from, to := q.day("from", referral.NoDay), q.day("to", referral.NoDay)
	if from != referral.NoDay && to != referral.NoDay && to < from {
		q.faults.Add("/to", "error.audit_days")
	}
	if err := q.done(); err != nil {
		return err
	}
	ask.From, ask.Until = startOf(from, 0), startOf(to, 1)
	changes, next, err := a.d.Access.Log(c.ctx, c.actor, ask)
	if err != nil {
		return err
	}
	return sendList(c, changes, next, func(c referral.Change) entryView { return entryView{change(c), c.Entity, c.Key} })
}

// startOf returns when a day begins, some days on; zero for no day.
func startOf(d, add referral.Day) time.Time {
	if d == referral.NoDay {
		return time.Time{}
	}
	return (d + add).Start()
}
