package api

import (
	"time"

	"lensan/server/health"
)

// checkView is what the last check of a destination saw, and who overrules it.
type checkView struct {
	State        health.State  `json:"state"`
	Reason       health.Reason `json:"reason"`
	Status       *int          `json:"status"`
	Host         *string       `json:"host"`
	CheckedAt    *time.Time    `json:"checked_at"`
	ChangedAt    *time.Time    `json:"changed_at"`
	Expires      *time.Time    `json:"certificate_expires_at"`
	Forced       *string       `json:"forced"`
	ForcedBy     *string       `json:"forced_by"`
	ForcedReason *string       `json:"forced_reason"`
	ForcedAt     *time.Time    `json:"forced_at"`
}

// check returns nil for a destination that was neither checked nor overruled.
func check(s health.Status) *checkView {
	if s.CheckedAt.IsZero() && s.Forced == "" {
		return nil
	}
	return &checkView{State: s.State, Reason: s.Reason, Status: statusOrNull(s.HTTP), Host: orNull(s.Host), CheckedAt: momentOrNull(s.CheckedAt),
		ChangedAt: momentOrNull(s.ChangedAt), Expires: momentOrNull(s.Expires), Forced: orNull(string(s.Forced)), ForcedBy: orNull(s.ForcedBy),
		ForcedReason: orNull(s.ForcedReason), ForcedAt: momentOrNull(s.ForcedAt)}
}

func statusOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

type healthEventView struct {
	Time   time.Time     `json:"time"`
	Before health.State  `json:"before"`
	After  health.State  `json:"after"`
	Reason health.Reason `json:"reason"`
	Status *int          `json:"status"`
	Host   *string       `json:"host"`
	Actor  string        `json:"actor"`
	Note   *string       `json:"note"`
}

func healthEvent(e health.Event) healthEventView {
	return healthEventView{Time: moment(e.Time), Before: e.Before, After: e.After, Reason: e.Reason, Status: statusOrNull(e.HTTP), Host: orNull(e.Host), Actor: e.Actor, Note: orNull(e.Note)}
}

func (a *API) handleHealth(c *call) error {
	d, err := a.d.Registry.Destination(c.ctx, c.param("id"))
	if err != nil {
		return err
	}
	events, err := a.d.Health.Events(c.ctx, d.ID)
	if err != nil {
		return err
	}
	return sendList(c, events, "", healthEvent)
}

func (a *API) handleHealthForce(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var to *string
	o.text("force", &to)
	reason := o.reason()
	faults := o.done()
	if to == nil {
		faults.Add("/force", "error.required")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if _, err := a.d.Health.Force(c.ctx, c.actor, c.param("id"), health.State(*to), reason); err != nil {
		return err
	}
	d, err := a.d.Registry.Destination(c.ctx, c.param("id"))
	if err != nil {
		return err
	}
	return c.send(200, a.destination(d))
}
