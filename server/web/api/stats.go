package api

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/stats"
)

// appliedTime bounds ?wait=applied.
const appliedTime = 10 * time.Second

// countsView holds null where the cubes cannot tell. In a hidden row, or
// total, every number is 0 and stands for "fewer than 5".
type countsView struct {
	Recorded int64  `json:"recorded"`
	People   int64  `json:"people"`
	Repeat   int64  `json:"repeat"`
	Bot      int64  `json:"bot"`
	Preview  int64  `json:"preview"`
	Views    *int64 `json:"views"`
	Signups  *int64 `json:"signups"`
	Loads    *int64 `json:"loads"`
	Arrivals int64  `json:"arrivals"`
	Through  *int64 `json:"through"`
	Visitors *int64 `json:"visitors"`
}

type rowView struct {
	Key       string        `json:"key"`
	Label     string        `json:"label"`
	ValidFrom *referral.Day `json:"valid_from"`
	countsView
	Hidden bool `json:"hidden"`
}

// totalView says of a total too when it is withheld.
type totalView struct {
	countsView
	Hidden bool `json:"hidden"`
}

type reportView struct {
	From         referral.Day     `json:"from"`
	To           referral.Day     `json:"to"`
	GroupBy      *string          `json:"group_by"`
	Boundaries   stats.Boundaries `json:"boundaries"`
	Rows         []rowView        `json:"rows"`
	Total        totalView        `json:"total"`
	Lost         int64            `json:"lost"`
	Unconfirmed  int64            `json:"unconfirmed"`
	AppliedAt    *time.Time       `json:"applied_at"`
	StalledSince *time.Time       `json:"stalled_since"`
}

func counts(r stats.Row) countsView {
	known := func(n int64) *int64 {
		if n == stats.Unknown {
			return nil
		}
		return &n
	}
	return countsView{Recorded: r.Recorded(), People: r.People, Repeat: r.Repeat, Bot: r.Bot, Preview: r.Preview, Views: known(r.Views),
		Signups: known(r.Signups), Loads: known(r.Loads), Arrivals: r.Arrivals, Through: known(r.Through), Visitors: known(r.Visitors)}
}

func report(q stats.Query, r stats.Report) reportView {
	v := reportView{From: r.From, To: r.To, GroupBy: orNull(string(q.GroupBy)), Boundaries: q.Boundaries, Rows: make([]rowView, len(r.Rows)), Total: totalView{counts(r.Total), r.Total.Hidden},
		Lost: r.Quality.Lost, Unconfirmed: r.Quality.Unconfirmed,
		AppliedAt: momentOrNull(r.Quality.AppliedAt), StalledSince: momentOrNull(r.Quality.StalledSince)}
	for i, row := range r.Rows {
		v.Rows[i] = rowView{Key: row.Key, Label: row.Label, ValidFrom: dayOrNull(row.ValidFrom), countsView: counts(row), Hidden: row.Hidden}
	}
	return v
}

func (a *API) handleStats(c *call) error {
	q := c.query()
	question := stats.Query{
		From:       q.day("from", referral.NoDay),
		To:         q.day("to", referral.NoDay),
		GroupBy:    stats.GroupBy(q.text("group_by")),
		Boundaries: stats.Boundaries(q.text("boundaries")),
		Filter: stats.Filter{
			Province: q.text("province"), Portal: q.text("portal"), Placement: q.text("placement"), Destination: q.text("destination"),
			Channel: q.text("channel"), Campaign: q.text("campaign"), Device: q.text("device"), OS: q.text("os"), Browser: q.text("browser"),
			App: q.text("app"), ReferrerHost: q.text("referrer_host"), Batch: q.text("batch"),
		},
		Lang: c.texts.Code,
	}
	if question.Boundaries == "" {
		question.Boundaries = stats.BoundariesCurrent
	}
	wait := q.oneOf("wait", "applied")
	if err := a.limit(c, q, &question); err != nil {
		return err
	}
	if err := q.done(); err != nil {
		return err
	}
	if wait != "" {
		if err := a.waitApplied(c); err != nil {
			return err
		}
	}
	r, err := a.d.Stats.Query(c.ctx, question)
	if err != nil {
		return err
	}
	return c.send(200, report(question, r))
}

// limit keeps a province's actor to the clicks of its own province; a portal
// or placement of another is as unknown as one that does not exist. Where one
// of its own is asked for, that is limit enough, and a cube without provinces
// can answer.
func (a *API) limit(c *call, q *query, question *stats.Query) error {
	if c.actor.Role != referral.RoleProvince {
		return nil
	}
	within := true
	if id := question.Filter.Portal; id != "" {
		if _, err := a.d.Registry.Portal(c.ctx, c.actor, id); err != nil {
			return q.unknown("portal", err)
		}
		within = false
	}
	if code, err := referral.ParseCode(question.Filter.Placement); err == nil {
		if _, err := a.d.Registry.Placement(c.ctx, c.actor, code); err != nil {
			return q.unknown("placement", err)
		}
		within = false
	}
	provinces := a.d.Registry.Provinces()
	if today := provinces.Follow(c.actor.Province, a.today()); within && today != nil {
		question.Within = provinces.Lineage(today.ID)
	}
	return nil
}

// unknown makes ErrNotFound the fault of a parameter; other errors it returns.
func (q *query) unknown(name string, err error) error {
	if errors.Is(err, referral.ErrNotFound) {
		return q.faults.AddError("/"+name, err)
	}
	return err
}

func (a *API) waitApplied(c *call) error {
	ctx, cancel := context.WithTimeout(c.ctx, appliedTime)
	defer cancel()
	err := a.d.WaitApplied(ctx)
	if err != nil && (errors.Is(err, referral.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)) {
		c.Set(fiber.HeaderRetryAfter, "10")
		return referral.Errorf(referral.ErrUnavailable, "error.not_applied")
	}
	return err
}
