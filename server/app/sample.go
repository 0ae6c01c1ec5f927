package app

import (
	"context"
	"crypto/rand"
	"sync/atomic"

	"lensan/server/classify"
	"lensan/server/config"
	"lensan/server/demo"
	"lensan/server/referral"
)

// sampleAccount is whom the one-time link of a sample instance signs in.
const sampleAccount = "khach-xem-mau"

// FillSample creates the database in c's data folder and fills it with sample data.
func FillSample(ctx context.Context, c config.Config, o demo.Options) (demo.Result, error) {
	s, err := OpenStore(c)
	if err != nil {
		return demo.Result{}, err
	}
	defer s.Close()
	clock, links := new(demo.Clock), new(referral.LinkTable)
	r, err := loadRegistry(ctx, s, links, clock.Now)
	if err != nil {
		return demo.Result{}, err
	}
	classifier, err := classify.New()
	if err != nil {
		return demo.Result{}, err
	}
	return demo.Fill(ctx, demo.Deps{Registry: r, Links: links, Clock: clock, Sink: s, Classifier: classifier}, o)
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
