package api

import (
	"context"

	"lensan/server/referral"
	"lensan/server/web"
)

// Posters is what the API needs to print; rights are those of reading.
type Posters interface {
	OfBatch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (web.PosterJob, error)
	OfPlacement(ctx context.Context, a referral.Actor, code referral.Code, f web.PosterFile) (web.PosterJob, error)
}

func (c *call) posterFile(zip bool) (web.PosterFile, error) {
	q := c.query()
	f := web.PosterFile{
		Paper: referral.Paper(q.oneOf("paper", string(referral.PaperA3), string(referral.PaperA4), string(referral.PaperA5), string(referral.PaperStickers))),
		Bleed: q.oneOf("bleed", "true", "false") == "true",
		ZIP:   zip,
	}
	return f, q.done()
}

func (a *API) handleBatchPosters(zip bool) func(*call) error {
	return func(c *call) error {
		f, err := c.posterFile(zip)
		if err != nil {
			return err
		}
		id := c.param("id")
		job, err := a.d.Posters.OfBatch(c.ctx, c.actor, id, f)
		if err != nil {
			return err
		}
		return web.SendPosters(c.Ctx, job, id, zip)
	}
}

func (a *API) handlePlacementPoster(c *call) error {
	f, err := c.posterFile(false)
	if err != nil {
		return err
	}
	code, err := c.code()
	if err != nil {
		return err
	}
	job, err := a.d.Posters.OfPlacement(c.ctx, c.actor, code, f)
	if err != nil {
		return err
	}
	return web.SendPosters(c.Ctx, job, string(code), false)
}
