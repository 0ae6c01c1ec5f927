package dashboard

import (
	"lensan/server/referral"
	"lensan/server/web"
)

// posterFile reads how posters are wanted; what is not known is the paper's fault.
func (v *visit) posterFile() web.PosterFile {
	return web.PosterFile{Paper: referral.Paper(v.query.Get("paper")), Bleed: v.query.Get("bleed") == "1", ZIP: v.query.Get("form") == "zip", Lang: v.query.Get("print")}
}

func (d *Dashboard) batchPosters(v *visit) error {
	id, f := v.param("id"), v.posterFile()
	job, err := d.Posters.OfBatch(v.ctx(), v.actor(), id, f)
	if err != nil {
		return err
	}
	return web.SendPosters(v.c, job, id, f.ZIP)
}

func (d *Dashboard) placementPoster(v *visit) error {
	code, err := v.code()
	if err != nil {
		return err
	}
	job, err := d.Posters.OfPlacement(v.ctx(), v.actor(), code, v.posterFile())
	if err != nil {
		return err
	}
	return web.SendPosters(v.c, job, string(code), false)
}
