package api

import (
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

type campaignView struct {
	ID        string               `json:"id"`
	Name      string               `json:"name"`
	From      *referral.Day        `json:"from"`
	To        *referral.Day        `json:"to"`
	Posters   referral.PosterTexts `json:"poster_texts"`
	CreatedAt time.Time            `json:"created_at"`
	UpdatedAt time.Time            `json:"updated_at"`
}

func campaign(c referral.Campaign) campaignView {
	if c.Posters == nil {
		c.Posters = referral.PosterTexts{}
	}
	return campaignView{ID: c.ID, Name: c.Name, From: dayOrNull(c.From), To: dayOrNull(c.To), Posters: c.Posters,
		CreatedAt: moment(c.CreatedAt), UpdatedAt: moment(c.UpdatedAt)}
}

func (a *API) handleCampaigns(c *call) error {
	q := c.query()
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	all, next, err := a.d.Registry.Campaigns(c.ctx, page)
	if err != nil {
		return err
	}
	return sendList(c, all, next, campaign)
}

func (a *API) handleCampaign(c *call) error {
	found, err := a.d.Registry.Campaign(c.ctx, c.param("id"))
	if err != nil {
		return err
	}
	return c.send(200, campaign(found))
}

func readCampaign(o *object) (in registry.CampaignInput) {
	o.text("id", &in.ID)
	o.text("name", &in.Name)
	o.day("from", &in.From, true)
	o.day("to", &in.To, true)
	o.textMap("poster_texts", &in.Posters)
	return in
}

func (a *API) handleCampaignCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readCampaign(o)
	in.Faults = o.done()
	made, err := a.d.Registry.CreateCampaign(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	return c.created("/campaigns/"+made.ID, campaign(made))
}

func (a *API) handleCampaignUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in, reason := readCampaign(o), o.reason()
	in.Faults = o.done()
	changed, err := a.d.Registry.UpdateCampaign(c.ctx, c.actor, c.param("id"), in, reason)
	if err != nil {
		return err
	}
	return c.send(200, campaign(changed))
}
