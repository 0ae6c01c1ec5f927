package app

import (
	"context"
	"os"
	"strconv"
	"time"

	"lensan/server/alerts"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/stats"
)

// The rules by which alerts open.
const (
	stalledFor  = 5 * time.Minute    // clicks that wait to be counted
	lostDays    = 2                  // days, today included, in which a lost click is told of
	jumpLeast   = 100                // people at a placement today
	jumpTimes   = 8                  // as many as on an average day of
	jumpDays    = 28                 // the days before,
	jumpMargin  = 3                  // of whom a new placement is thought to have this many
	jumpEvery   = 10 * time.Minute   // between two looks at all placements
	mailFailed  = 7 * 24 * time.Hour // how long a message that failed is told of
	silenceMost = 180                // days: what is silent for longer is no news
)

func (a *App) alertSources() []alerts.Source {
	return []alerts.Source{
		{Kinds: []alerts.Kind{alerts.Recording, alerts.Counting}, See: a.seeRecording, Here: true},
		{Kinds: []alerts.Kind{alerts.Lost}, See: a.seeLost},
		{Kinds: []alerts.Kind{alerts.Difference}, See: a.seeDifference, Here: true},
		{Kinds: []alerts.Kind{alerts.Destination, alerts.Certificate}, See: a.seeDestinations},
		{Kinds: []alerts.Kind{alerts.Portal}, See: a.seePortals},
		{Kinds: []alerts.Kind{alerts.Jump}, See: (&jumps{app: a}).see},
		{Kinds: []alerts.Kind{alerts.Message}, See: a.seeMessages},
	}
}

// node tells the servers of one database apart.
func (a *App) node() string {
	name, err := os.Hostname()
	if err != nil {
		return a.config.Listen
	}
	return name
}

func (a *App) seeRecording(context.Context) (signs []alerts.Sign, err error) {
	if a.clicks.Err() != nil {
		signs = append(signs, alerts.Sign{Kind: alerts.Recording, Subject: a.node(), Args: referral.Args{"node": a.node()}})
	}
	if since := a.journals.status().StalledSince; !since.IsZero() && a.now().Sub(since) >= stalledFor {
		signs = append(signs, alerts.Sign{Kind: alerts.Counting, Subject: a.node(), Args: referral.Args{"node": a.node()}, Since: since})
	}
	return signs, nil
}

func (a *App) seeLost(ctx context.Context) ([]alerts.Sign, error) {
	today := referral.DayOf(a.now())
	day, err := a.stats.LastLost(ctx)
	if err != nil || day == referral.NoDay || day <= today-lostDays {
		return nil, err
	}
	lost, _, err := a.store.Quality(ctx, day, day)
	return []alerts.Sign{{Kind: alerts.Lost, Subject: day.String(), Since: day.Start(),
		Args: referral.Args{"n": strconv.FormatInt(lost, 10), "day": day.Start().Format("02/01/2006")}}}, err
}

func (a *App) seeDifference(context.Context) ([]alerts.Sign, error) {
	at, n := a.lastReconciled()
	if n == 0 {
		return nil, nil
	}
	return []alerts.Sign{{Kind: alerts.Difference, Args: referral.Args{"n": strconv.FormatInt(n, 10)}, Since: at}}, nil
}

func (a *App) seeDestinations(ctx context.Context) (signs []alerts.Sign, err error) {
	list, err := a.registry.Destinations(ctx)
	for _, d := range list {
		s := a.health.Status(d.ID)
		args := referral.Args{"name": d.Name.Vi, "id": d.ID}
		switch {
		case s.Forced != "" || d.Paused:
		case s.Effective() == health.Dead:
			signs = append(signs, alerts.Sign{Kind: alerts.Destination, Subject: d.ID, Args: args, Since: s.ChangedAt})
		case s.Reason == health.Expiring:
			args["day"] = s.Expires.In(referral.Zone).Format("02/01/2006")
			signs = append(signs, alerts.Sign{Kind: alerts.Certificate, Subject: d.ID, Args: args})
		}
	}
	return signs, err
}

func (a *App) seePortals(context.Context) (signs []alerts.Sign, err error) {
	days := referral.Day(a.config.SilenceDays)
	if days == 0 {
		return nil, nil
	}
	today := referral.DayOf(a.now())
	for _, row := range a.coverage.Report().Rows {
		if row.Portal == nil || row.State != coverage.Lost || today-row.Since < days || today-row.Since > silenceMost {
			continue
		}
		signs = append(signs, alerts.Sign{Kind: alerts.Portal, Subject: row.Portal.ID, Since: row.Since.Start(),
			Args: referral.Args{"portal": row.Portal.Name}})
	}
	return signs, nil
}

func (a *App) seeMessages(ctx context.Context) ([]alerts.Sign, error) {
	list, _, err := a.outbox.Messages(ctx, outbox.Query{States: []outbox.State{outbox.Failed, outbox.Unclear}})
	n := 0
	for _, m := range list {
		if a.now().Sub(m.DoneAt) < mailFailed {
			n++
		}
	}
	if err != nil || n == 0 {
		return nil, err
	}
	return []alerts.Sign{{Kind: alerts.Message, Args: referral.Args{"n": strconv.Itoa(n)}}}, nil
}

// jumps looks for placements with far more people than on any day before, and
// remembers what it saw between two looks.
type jumps struct {
	app  *App
	at   time.Time
	seen []alerts.Sign
}

func (j *jumps) see(ctx context.Context) ([]alerts.Sign, error) {
	now := j.app.now()
	if now.Sub(j.at) < jumpEvery {
		return j.seen, nil
	}
	today := referral.DayOf(now)
	ask := func(from, to referral.Day) (map[string]int64, error) {
		r, err := j.app.stats.Query(ctx, stats.Query{From: from, To: to, GroupBy: "placement", Lang: "vi"})
		people := map[string]int64{}
		for _, row := range r.Rows {
			people[row.Key] = row.People
		}
		return people, err
	}
	latest, err := ask(today, today)
	if err != nil {
		return nil, err
	}
	busy := false
	for _, n := range latest {
		busy = busy || n >= jumpLeast
	}
	before := map[string]int64{}
	if busy {
		if before, err = ask(today-jumpDays, today-1); err != nil {
			return nil, err
		}
	}
	j.at, j.seen = now, nil
	for code, n := range latest {
		if n >= jumpLeast && n > jumpTimes*max(before[code]/jumpDays, jumpMargin) {
			j.seen = append(j.seen, alerts.Sign{Kind: alerts.Jump, Subject: code + "/" + today.String(), Since: today.Start(),
				Args: referral.Args{"code": code, "n": strconv.FormatInt(n, 10), "usual": strconv.FormatInt(before[code]/jumpDays, 10)}})
		}
	}
	return j.seen, nil
}
