package dashboard

import (
	"context"
	"time"

	"lensan/server/referral"
	"lensan/server/signups"
	"lensan/server/stats"
)

// Signups takes in what marketplaces report.
type Signups interface {
	Take(ctx context.Context, a referral.Actor, in signups.Input) (signups.Report, signups.Outcome, error)
	Preview(ctx context.Context, a referral.Actor, in signups.Input) (signups.Preview, error)
	Reports(ctx context.Context, a referral.Actor, destination, id string) ([]signups.Report, error)
}

var _ Signups = (*signups.Signups)(nil)

const (
	signupsPath     = Root + "/dang-ky-san"
	signupsSendPath = signupsPath + "/gui"
	// signupsMonths is how many months before this one the page compares.
	signupsMonths = 12
)

type signupsData struct {
	Done    string
	Own     string // the province that the numbers are of, "" for all
	Markets []signupsMarket
	Tabs    []link
	Reports []signupsReport
	Listed  bool // whether the account may see reports at all
	MaySend bool
}

// signupsMarket sets what was measured here beside what one marketplace
// reported. The two are never added up.
type signupsMarket struct {
	ID, Name           string
	Months             []signupsMonth
	Measured, Reported int64
}

type signupsMonth struct {
	Month, Note, Class string
	Measured, Reported int64
}

type signupsReport struct {
	ID, Market, Days   string
	Version, Replaced  int // Replaced: the version in force, 0 if it is this one
	Totals             []int64
	ReceivedAt         time.Time
	Source, By, Reason string
	Versions, Correct  string // addresses, "" for none
}

// signups answers /dang-ky-san?destination=postmart&report=2026-10.
func (d *Dashboard) signups(v *visit) error {
	if err := v.mayReadNumbers(); err != nil {
		return err
	}
	markets, err := d.marketplaces(v)
	if err != nil {
		return err
	}
	data := signupsData{Done: v.doneText(), MaySend: v.is(referral.RoleAdmin), Listed: !v.is(referral.RoleProvince)}
	province, own := v.ownProvince()
	if province != nil {
		data.Own = v.provinceName(province)
	}
	from := firstOf(v.today())
	for range signupsMonths {
		from = firstOf(from - 1)
	}
	var reported int64
	for _, m := range markets {
		market, err := d.reconcile(v, m, from, own)
		if err != nil {
			return err
		}
		reported += market.Reported
		data.Markets = append(data.Markets, market)
	}
	if data.Listed {
		if err := d.listSignups(v, &data, markets); err != nil {
			return err
		}
	}
	return v.render("dash_signups.html", v.l.T("dashboard.signups.heading", "n", v.l.Number(reported), "month", monthText(from)), data)
}

// marketplaces returns the destinations at which people sign up to sell.
func (d *Dashboard) marketplaces(v *visit) (out []referral.Destination, err error) {
	list, err := d.Registry.Destinations(v.ctx())
	for _, x := range list {
		if x.Kind == referral.KindMarketplaceSignup {
			out = append(out, x)
		}
	}
	return out, err
}

func (d *Dashboard) reconcile(v *visit, m referral.Destination, from referral.Day, own []referral.ProvinceID) (signupsMarket, error) {
	out := signupsMarket{ID: m.ID, Name: m.Name.In(v.l.Code)}
	answer, err := d.Stats.Query(v.ctx(), stats.Query{From: from, To: v.today(), GroupBy: "month", Filter: stats.Filter{Destination: m.ID}, Within: own, Lang: v.l.Code})
	if err != nil {
		return out, err
	}
	now := monthName(v.today())
	for i := len(answer.Rows) - 1; i >= 0; i-- {
		row := answer.Rows[i]
		x := signupsMonth{Month: row.Key[5:] + "/" + row.Key[:4], Measured: row.Arrivals, Reported: max(row.Signups, 0)}
		switch {
		case x.Reported > x.Measured:
			x.Note, x.Class = v.l.T("dashboard.signups.more"), "warning"
		case x.Reported == 0 && x.Measured > 0 && row.Key != now:
			x.Note = v.l.T("dashboard.signups.silent")
		}
		out.Measured, out.Reported = out.Measured+x.Measured, out.Reported+x.Reported
		out.Months = append(out.Months, x)
	}
	return out, nil
}

// listSignups lists the reports of all marketplaces, of one, or the versions of
// one report.
func (d *Dashboard) listSignups(v *visit, data *signupsData, markets []referral.Destination) error {
	destination, id := v.query.Get("destination"), v.query.Get("report")
	list, err := d.Signups.Reports(v.ctx(), v.actor(), destination, id)
	if err != nil {
		return err
	}
	data.Tabs = []link{{Label: v.l.T("dashboard.signups.all"), Href: signupsPath + "#bao-cao", Current: destination == ""}}
	for _, m := range markets {
		data.Tabs = append(data.Tabs, link{Label: m.Name.In(v.l.Code), Href: signupsAddress(signupsPath, m.ID, "") + "#bao-cao", Current: destination == m.ID && id == ""})
	}
	if id != "" {
		data.Tabs = append(data.Tabs, link{Label: v.l.T("dashboard.signups.versions_of", "id", id), Href: signupsAddress(signupsPath, destination, id) + "#bao-cao", Current: true})
	}
	type key struct{ destination, id string }
	latest := map[key]int{}
	for _, r := range list {
		k := key{r.Destination, r.ID}
		latest[k] = max(latest[k], r.Version)
	}
	for _, r := range list {
		row := signupsReport{ID: r.ID, Market: r.Destination, Days: v.daysText(r.First, r.Last), Version: r.Version, ReceivedAt: r.ReceivedAt,
			Source: v.l.T("dashboard.signups.source." + r.Source), By: v.actorName(r.Actor), Reason: r.Reason}
		for _, s := range signups.Stages {
			row.Totals = append(row.Totals, r.Totals[s])
		}
		if r.First == referral.NoDay {
			row.Days = ""
		}
		if in := latest[key{r.Destination, r.ID}]; in != r.Version {
			row.Replaced = in
		} else if data.MaySend {
			row.Correct = signupsAddress(signupsSendPath, r.Destination, r.ID)
		}
		if id == "" && r.Version > 1 {
			row.Versions = signupsAddress(signupsPath, r.Destination, r.ID) + "#bao-cao"
		}
		data.Reports = append(data.Reports, row)
	}
	return nil
}
