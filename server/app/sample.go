package app

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"lensan/server/classify"
	"lensan/server/config"
	"lensan/server/demo"
	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/store"
)

// sampleAccount is whom the one-time link of a sample instance signs in.
const sampleAccount = "khach-xem-mau"

// FillSample creates the database in c's data folder and fills it with sample data.
func FillSample(ctx context.Context, c config.Config, o demo.Options) (demo.Result, error) {
	s, deps, err := openSample(ctx, c)
	if err != nil {
		return demo.Result{}, err
	}
	defer s.Close()
	return demo.Fill(ctx, deps, o)
}

// openSample returns what fills a new database, to be closed by the caller.
func openSample(ctx context.Context, c config.Config) (*store.Store, demo.Deps, error) {
	d := demo.Deps{Clock: new(demo.Clock), Links: new(referral.LinkTable)}
	s, err := OpenStore(c)
	if err != nil {
		return nil, d, err
	}
	d.Sink = s
	if d.Registry, err = loadRegistry(ctx, s, d.Links, d.Clock.Now); err == nil {
		d.Classifier, err = classify.New()
	}
	if err != nil {
		return nil, d, errors.Join(err, s.Close())
	}
	d.Signups = signups.New(s, d.Registry, d.Links, d.Clock.Now)
	return s, d, nil
}

// ScaleReport says what a database of the size that was asked for is like.
type ScaleReport struct {
	Clicks  int64
	Took    time.Duration // to fill it
	Tables  []store.TableSize
	Bytes   int64
	Answers []demo.Answer
}

// MeasureScale fills a database in c's data folder and asks it each question
// as often as told. asked is called before each.
func MeasureScale(ctx context.Context, c config.Config, o demo.ScaleOptions, times int, asked func(question string)) (r ScaleReport, err error) {
	s, deps, err := openSample(ctx, c)
	if err != nil {
		return r, err
	}
	defer s.Close()
	start := time.Now()
	if r.Clicks, err = demo.FillScale(ctx, deps, o); err != nil {
		return r, err
	}
	r.Took = time.Since(start)
	if r.Tables, r.Bytes, err = s.Sizes(ctx); err != nil {
		return r, err
	}
	now := func() time.Time { return o.Today.Start().Add(15 * time.Hour) }
	st := stats.New(s, deps.Registry.Provinces(), func() rollup.Status { return rollup.Status{} }, now)
	for _, q := range o.Questions() {
		asked(q.Name)
		a, err := demo.Ask(ctx, st, q, times)
		if err != nil {
			return r, err
		}
		r.Answers = append(r.Answers, a)
	}
	return r, nil
}

// openGuest makes the account of a sample instance, signs it in and keeps the
// session for whoever opens the one-time link first.
func (a *App) openGuest(ctx context.Context) error {
	session, err := a.access.Accept(ctx, a.Invitation, sampleAccount, rand.Text())
	if err != nil {
		return err
	}
	a.Invitation, a.Guest = "", rand.Text()
	var taken atomic.Bool
	a.guest = func(token string) (string, bool) {
		if token != a.Guest || !taken.CompareAndSwap(false, true) {
			return "", false
		}
		return session, true
	}
	return nil
}
