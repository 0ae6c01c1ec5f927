package registry

import (
	"context"
	"errors"

	"lensan/server/referral"
)

// Campaigns lists campaigns by id; next is "" at the end.
func (r *Registry) Campaigns(ctx context.Context, p Page) (list []referral.Campaign, next string, err error) {
	return r.store.Campaigns(ctx, p)
}

// Campaign returns ErrNotFound if there is no such campaign.
func (r *Registry) Campaign(ctx context.Context, id string) (referral.Campaign, error) {
	return r.store.FindCampaign(ctx, id)
}

// CreateCampaign needs the role admin or editor.
func (r *Registry) CreateCampaign(ctx context.Context, a referral.Actor, in CampaignInput) (c referral.Campaign, err error) {
	if err := mayWriteCampaigns(a); err != nil {
		return c, err
	}
	c = referral.Campaign{From: referral.NoDay, To: referral.NoDay}
	set(&c.ID, in.ID)
	in.apply(&c)
	f := in.Faults
	if err := errors.Join(f.Include(c.Validate()), f.Err()); err != nil {
		return referral.Campaign{}, err
	}
	err = r.write(ctx, func(tx Tx) error {
		c.CreatedAt = r.moment()
		c.UpdatedAt = c.CreatedAt
		if err := tx.InsertCampaign(&c); err != nil {
			return takenAt("/id", err)
		}
		return r.record(tx, r.change(a, "campaign", c.ID, "create", ""), nil, campaignFields(c))
	})
	return orNothing(c, err)
}

// UpdateCampaign needs the role admin or editor.
func (r *Registry) UpdateCampaign(ctx context.Context, a referral.Actor, id string, in CampaignInput, reason string) (c referral.Campaign, err error) {
	if err := mayWriteCampaigns(a); err != nil {
		return c, err
	}
	err = r.write(ctx, func(tx Tx) error {
		before, err := tx.FindCampaign(id)
		if err != nil {
			return err
		}
		c = before
		if err := in.check(campaignFields(before)); err != nil {
			return err
		}
		f := in.Faults
		fixed(&f, "/id", c.ID, in.ID)
		in.apply(&c)
		reason := checkReason(&f, reason)
		if err := f.Include(c.Validate()); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := r.record(tx, r.change(a, "campaign", c.ID, in.verb("update"), reason), campaignFields(before), campaignFields(c)); err != nil {
			return err
		}
		c.UpdatedAt = r.moment()
		return tx.UpdateCampaign(&c)
	})
	return orNothing(c, err)
}

// apply changes all but the ID.
func (in *CampaignInput) apply(c *referral.Campaign) {
	setText(&c.Name, in.Name)
	set(&c.From, in.From)
	set(&c.To, in.To)
	if in.Posters != nil {
		c.Posters = nil
		for name, text := range *in.Posters {
			if c.Posters == nil {
				c.Posters = referral.PosterTexts{}
			}
			c.Posters[name] = tidy(text)
		}
	}
}
