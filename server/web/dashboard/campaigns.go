package dashboard

import (
	"net/url"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
)

const campaignsPath = Root + "/chien-dich"

type campaignsData struct {
	Search, Next string
	Rows         []campaignRow
	Form         *form
}

type campaignRow struct {
	ID, Name, Dates string
	Arrivals        int64  // of the last three years
	Numbers         string // address of what it brought
}

type campaignData struct {
	Row     campaignRow
	Done    string
	Proof   referral.Code // a placement of it, whose poster shows the texts; "" if there is none
	Edit    *form
	History []changeRow
}

func (v *visit) mayWriteCampaigns() bool { return v.is(referral.RoleAdmin, referral.RoleEditor) }

func (v *visit) campaignRow(c referral.Campaign) campaignRow {
	row := campaignRow{ID: c.ID, Name: c.Name, Numbers: v.campaignNumbers(c)}
	switch {
	case c.From != referral.NoDay && c.To != referral.NoDay:
		row.Dates = v.daysText(c.From, c.To)
	case c.From != referral.NoDay:
		row.Dates = v.l.T("dashboard.campaigns.since", "day", v.l.Day(c.From))
	case c.To != referral.NoDay:
		row.Dates = v.l.T("dashboard.campaigns.until", "day", v.l.Day(c.To))
	}
	return row
}

// campaignNumbers is the address of what a campaign brought, from its first day
// to twenty after its last, as far as a page can show that.
func (v *visit) campaignNumbers(c referral.Campaign) string {
	q := url.Values{"campaign": {c.ID}, "period": {"custom"}}
	from, to := c.From, v.today()
	if c.To != referral.NoDay {
		to = min(to, c.To+20)
	}
	if from == referral.NoDay || from < to-longestPeriod+1 {
		from = to - longestPeriod + 1
	}
	q.Set("from", min(from, to).String())
	q.Set("to", to.String())
	return Root + "?" + q.Encode()
}

// campaignOptions are no campaign and the campaigns by id, as many as a list is
// good for, the one chosen among them.
func (d *Dashboard) campaignOptions(v *visit, chosen string) ([]option, error) {
	list, next, err := d.Registry.Campaigns(v.ctx(), registry.Page{Limit: mostPortalOptions})
	if err != nil {
		return nil, err
	}
	if chosen != "" && next != "" && !slices.ContainsFunc(list, func(c referral.Campaign) bool { return c.ID == chosen }) {
		c, err := d.Registry.Campaign(v.ctx(), chosen)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	out := []option{{Label: v.l.T("print.no_campaign")}}
	for _, c := range list {
		out = append(out, option{Value: c.ID, Label: c.Name})
	}
	return out, nil
}

func (d *Dashboard) campaigns(v *visit) error { return d.campaignsPage(v, nil) }

func (d *Dashboard) campaignsPage(v *visit, refused *refusal) error {
	data := campaignsData{Search: v.query.Get("q")}
	list, next, err := d.Registry.Campaigns(v.ctx(), v.page())
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	arrivals := map[string]int64{}
	if !v.is(referral.RoleMarketplace) {
		_, own := v.ownProvince()
		brought, err := d.Stats.Query(v.ctx(), stats.Query{From: v.today() - longestPeriod + 1, To: v.today(), GroupBy: "campaign", Within: own, Lang: v.l.Code})
		if err != nil {
			return err
		}
		for _, r := range brought.Rows {
			arrivals[r.Key] = r.Arrivals
		}
	}
	for _, c := range list {
		row := v.campaignRow(c)
		row.Arrivals = arrivals[c.ID]
		data.Rows = append(data.Rows, row)
	}
	if v.mayWriteCampaigns() {
		data.Form = refused.form(v, "create", func() form {
			return newForm(v, campaignsPath+"#moi", "dashboard.campaigns.submit", append([]field{
				{Name: "id", Key: "dashboard.campaigns.id", Hint: "dashboard.portals.id_hint"},
			}, v.campaignFields(referral.Campaign{From: referral.NoDay, To: referral.NoDay})...)...)
		})
	}
	return v.render("dash_campaigns.html", v.l.T("dashboard.campaigns.title"), data)
}

func (v *visit) campaignFields(c referral.Campaign) []field {
	day := func(d referral.Day) string {
		if d == referral.NoDay {
			return ""
		}
		return d.String()
	}
	fields := []field{
		{Name: "name", Key: "dashboard.campaigns.name", Required: true, Value: c.Name},
		{Name: "from", Key: "dashboard.campaigns.from", Type: "date", Value: day(c.From)},
		{Name: "to", Key: "dashboard.campaigns.to", Type: "date", Value: day(c.To)},
	}
	for _, name := range referral.PosterTextNames {
		fields = append(fields, field{Name: "poster_texts/" + name, Key: "dashboard.poster_text." + name, Value: c.Posters[name],
			Placeholder: v.l.T("dashboard.campaigns.usual")})
	}
	return fields
}

// campaignInput reads the form; an empty text of a poster is the usual one, an
// empty day an open end.
func (v *visit) campaignInput() registry.CampaignInput {
	in := registry.CampaignInput{Name: v.retyped("name")}
	end := func(name string) *referral.Day {
		if !v.changed(name) {
			return nil
		}
		if strings.TrimSpace(v.form.Get(name)) == "" {
			open := referral.NoDay
			return &open
		}
		return v.day(name, &in.Faults)
	}
	in.From, in.To = end("from"), end("to")
	posters, changed := referral.PosterTexts{}, false
	for _, name := range referral.PosterTextNames {
		changed = changed || v.changed("poster_texts/"+name)
		if text := strings.TrimSpace(v.form.Get("poster_texts/" + name)); text != "" {
			posters[name] = text
		}
	}
	if changed {
		in.Posters = &posters
	}
	return in
}

func (d *Dashboard) createCampaign(v *visit) error {
	in := v.campaignInput()
	id := strings.TrimSpace(v.form.Get("id"))
	if id == "" {
		id = slug(v.form.Get("name"))
	}
	in.ID = &id
	c, err := d.Registry.CreateCampaign(v.ctx(), v.actor(), in)
	if err == nil {
		return v.goTo(campaignsPath+"/"+url.PathEscape(c.ID), "done", "made")
	}
	refused, err := v.refuse("create", err)
	if err != nil {
		return err
	}
	return d.campaignsPage(v, refused)
}

func (d *Dashboard) campaign(v *visit) error {
	c, err := d.Registry.Campaign(v.ctx(), v.param("id"))
	if err != nil {
		return err
	}
	return d.campaignPage(v, c, nil)
}

func (d *Dashboard) campaignPage(v *visit, c referral.Campaign, refused *refusal) error {
	at := campaignsPath + "/" + url.PathEscape(c.ID)
	data := campaignData{Row: v.campaignRow(c), Done: v.doneText()}
	placements, _, err := d.Registry.Placements(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{Campaign: c.ID})
	if err != nil {
		return err
	}
	if len(placements) > 0 {
		data.Proof = placements[0].Code
	}
	if v.mayWriteCampaigns() {
		data.Edit = refused.form(v, "edit", func() form {
			return editForm(v, at+"#sua", "dashboard.form.save", append(v.campaignFields(c),
				field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.portal.reason_hint"})...)
		})
	}
	if !v.is(referral.RoleProvince) { // a province does not see who else works here
		if data.History, err = d.historyWithUndo(v, "campaign", c.ID, at); err != nil {
			return err
		}
	}
	return v.render("dash_campaign.html", c.Name, data)
}

func (d *Dashboard) updateCampaign(v *visit) error {
	c, err := d.Registry.UpdateCampaign(v.ctx(), v.actor(), v.param("id"), v.campaignInput(), v.form.Get("reason"))
	if err == nil {
		return v.goTo(campaignsPath+"/"+url.PathEscape(v.param("id")), "done", "changed")
	}
	refused, err := v.refuse("edit", err)
	if err != nil {
		return err
	}
	if c, err = d.Registry.Campaign(v.ctx(), v.param("id")); err != nil {
		return err
	}
	return d.campaignPage(v, c, refused)
}
