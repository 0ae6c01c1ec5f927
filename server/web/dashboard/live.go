package dashboard

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
)

// todayData is the counter that moves: what came since midnight within the
// page's filters, and where more of it is told.
type todayData struct {
	Value int64
	Feed  string
	Href  string // of the page about today
}

// A feed asks every liveStep for liveTime and ends; the browser comes back by
// itself, with its session looked at anew.
const (
	liveStep = 2 * time.Second
	liveTime = 50 * time.Second // less than a connection may be written to
	mostLive = 256
)

var errLive = referral.Errorf(referral.ErrUnavailable, "overview.live.many")

func (n *numbers) fillToday(v *visit, data *overviewData) {
	if n.today.refused != nil {
		return
	}
	data.Today = &todayData{Value: n.today.Total.Arrivals, Feed: v.to(Root+"/hom-nay", "period", "", "from", "", "to", "", "compare", ""),
		Href: v.to(Root, "period", "today", "from", "", "to", "")}
}

// liveMessage is what a feed sends.
type liveMessage struct {
	Arrivals int64  `json:"arrivals"`
	Text     string `json:"text"` // the number as people read it
}

// today answers /hom-nay: server-sent events, one whenever the number changes.
func (d *Dashboard) today(v *visit) error {
	if err := v.mayReadNumbers(); err != nil {
		return err
	}
	s, err := v.readScope()
	if err != nil {
		return err
	}
	if d.feeds.Add(1) > mostLive {
		d.feeds.Add(-1)
		v.c.Set(fiber.HeaderRetryAfter, "60")
		return errLive
	}
	first, err := d.arrivalsToday(v.ctx(), &s, v.l.Code)
	if err != nil {
		d.feeds.Add(-1)
		return err
	}
	v.c.Set(fiber.HeaderContentType, "text/event-stream")
	v.c.Set("X-Accel-Buffering", "no") // nginx passes each event on at once
	f := feed{d: d, lang: v.l.Code, s: s, stopping: v.c.Context().Done(), number: v.l.Number}
	web.Stream(v.c, func(w *bufio.Writer) error { f.run(w, first); return nil })
	return nil
}

// feed outlives its request, so it holds nothing of it.
type feed struct {
	d        *Dashboard
	lang     string
	s        scope
	stopping <-chan struct{}
	number   func(int64) string
}

func (f *feed) run(w *bufio.Writer, last int64) {
	defer f.d.feeds.Add(-1)
	send := func(n int64) bool {
		raw, err := json.Marshal(liveMessage{n, f.number(n)})
		if err == nil {
			_, err = fmt.Fprintf(w, "data: %s\n\n", raw)
		}
		return err == nil && w.Flush() == nil
	}
	if fmt.Fprint(w, "retry: 3000\n"); !send(last) {
		return
	}
	tick, end := time.NewTicker(liveStep), time.After(liveTime)
	defer tick.Stop()
	for {
		select {
		case <-f.stopping:
			return
		case <-end:
			return
		case <-tick.C:
		}
		n, err := f.count()
		switch {
		case err != nil:
			return
		case n != last:
			if last = n; !send(n) {
				return
			}
		default: // a comment, by which a reader that has gone is noticed
			if fmt.Fprint(w, ":\n\n"); w.Flush() != nil {
				return
			}
		}
	}
}

func (f *feed) count() (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), liveStep)
	defer cancel()
	return f.d.arrivalsToday(ctx, &f.s, f.lang)
}

func (d *Dashboard) arrivalsToday(ctx context.Context, s *scope, lang string) (int64, error) {
	today := referral.DayOf(d.Now())
	r, err := d.Stats.Query(ctx, s.query("", today, today, lang))
	return r.Total.Arrivals, err
}
