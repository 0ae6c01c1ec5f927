package store

import (
	"encoding/json"

	"lensan/server/referral"
	"lensan/server/registry"
)

func (t *registryTx) InsertDestination(d *referral.Destination) (err error) {
	args, err := destinationArgs(d)
	if err != nil {
		return err
	}
	d.Num, err = t.insert("destination_insert", d.ID, args...)
	return err
}

func (t *registryTx) UpdateDestination(d *referral.Destination) error {
	args, err := destinationArgs(d)
	if err != nil {
		return err
	}
	return t.update("destination_update", referral.Errorf(referral.ErrNotFound, "error.destination_unknown", "id", d.ID), args...)
}

func destinationArgs(d *referral.Destination) ([]any, error) {
	params, err := jsonList(d.PassParams)
	return []any{d.ID, string(d.Kind), d.Name.Vi, d.Name.En, d.URL, params, d.FallbackID,
		flag(d.Confirmed), flag(d.Paused), d.Position, milli(d.UpdatedAt)}, err
}

// flag is a boolean as both databases keep it.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *registryTx) InsertPortal(p *referral.Portal) error {
	hosts, pages, err := portalLists(p)
	if err != nil {
		return err
	}
	p.Num, err = t.insert("portal_insert", p.ID, p.ID, p.Name, int32(p.Province), hosts, p.ContactEmail, p.MergedInto,
		portalSearch(p), int32(p.Former), int32(p.Kept), milli(p.CreatedAt), milli(p.UpdatedAt), pages)
	return err
}

func (t *registryTx) UpdatePortal(p *referral.Portal) error {
	hosts, pages, err := portalLists(p)
	if err != nil {
		return err
	}
	return t.update("portal_update", referral.Errorf(referral.ErrNotFound, "error.portal_unknown", "id", p.ID),
		p.ID, p.Name, int32(p.Province), hosts, p.ContactEmail, p.MergedInto, portalSearch(p),
		int32(p.Former), int32(p.Kept), milli(p.UpdatedAt), pages)
}

func portalLists(p *referral.Portal) (hosts, pages string, err error) {
	if hosts, err = jsonList(p.Hosts); err == nil {
		pages, err = jsonList(p.Pages)
	}
	return hosts, pages, err
}

func portalSearch(p *referral.Portal) string {
	return registry.SearchKey(append([]string{p.ID, p.Name}, p.Hosts...)...)
}

func (t *registryTx) InsertCampaign(c *referral.Campaign) error {
	texts, err := posterTexts(c)
	if err != nil {
		return err
	}
	c.Num, err = t.insert("campaign_insert", c.ID, c.ID, c.Name, openDay(c.From), openDay(c.To), texts, campaignSearch(c), milli(c.CreatedAt), milli(c.UpdatedAt))
	return err
}

func (t *registryTx) UpdateCampaign(c *referral.Campaign) error {
	texts, err := posterTexts(c)
	if err != nil {
		return err
	}
	return t.update("campaign_update", referral.Errorf(referral.ErrNotFound, "error.campaign_unknown", "id", c.ID),
		c.ID, c.Name, openDay(c.From), openDay(c.To), texts, campaignSearch(c), milli(c.UpdatedAt))
}

// posterTexts returns a JSON object, "{}" for none.
func posterTexts(c *referral.Campaign) (string, error) {
	if len(c.Posters) == 0 {
		return "{}", nil
	}
	raw, err := json.Marshal(c.Posters)
	return string(raw), err
}

func campaignSearch(c *referral.Campaign) string { return registry.SearchKey(c.ID, c.Name) }

func (t *registryTx) InsertPlacement(p *referral.Placement) error {
	portal, err := t.num("portal_num", p.Portal, "error.portal_unknown")
	if err != nil {
		return err
	}
	destination, campaign, err := t.placementNums(p)
	if err != nil {
		return err
	}
	p.Num, err = t.insert("placement_insert", string(p.Code), string(p.Code), portal, string(p.Kind), destination, p.Label, campaign,
		string(p.State), placementSearch(p), milli(p.CreatedAt), milli(p.UpdatedAt))
	return err
}

func (t *registryTx) UpdatePlacement(p *referral.Placement) error {
	destination, campaign, err := t.placementNums(p)
	if err != nil {
		return err
	}
	return t.update("placement_update", referral.Errorf(referral.ErrNotFound, "error.code_unknown", "code", string(p.Code)),
		string(p.Code), destination, p.Label, campaign, string(p.State), placementSearch(p), milli(p.UpdatedAt))
}

func (t *registryTx) placementNums(p *referral.Placement) (destination, campaign int64, err error) {
	if p.Destination != referral.HubID {
		if destination, err = t.num("destination_num", p.Destination, "error.destination_unknown"); err != nil {
			return 0, 0, err
		}
	}
	campaign, err = t.num("campaign_num", p.Campaign, "error.campaign_unknown")
	return destination, campaign, err
}

func placementSearch(p *referral.Placement) string {
	return registry.SearchKey(string(p.Code), p.Label)
}
