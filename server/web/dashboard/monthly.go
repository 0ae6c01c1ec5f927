package dashboard

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/web"
)

// Reports is what makes monthly reports.
type Reports interface {
	Write(ctx context.Context, w io.Writer, o report.Options) error
	WriteTable(ctx context.Context, w io.Writer, o report.Options) error
}

const (
	monthlyPath      = Root + "/bao-cao"
	monthlyPDFPath   = Root + "/bao-cao-thang.pdf"
	monthlyTablePath = Root + "/bao-cao-thang.xlsx"
)

// monthsOffered is how many months back the page offers; an address may name
// any month.
const monthsOffered = 36

type monthlyData struct {
	Done              string
	Months, Provinces []option
	Problem           *web.Problem // of a month or province that has no report
	Sub               string
	Figures           []figure
	PDF, Table, View  string // addresses
	Subscriptions     *subscriptionsData
}

// askReport reads month and province of an address; no month is the last one
// that is over. An account of a province gets its own.
func (v *visit) askReport() (o report.Options, s scope, err error) {
	if err := v.mayReadNumbers(); err != nil {
		return o, s, err
	}
	asked := v.query.Get("month")
	if asked == "" {
		asked = monthName(v.lastMonth())
	}
	month, err := report.ReadMonth(asked, "/month", v.today())
	if err != nil {
		return o, s, err
	}
	var faults referral.Faults
	if err := v.readProvince(&s, &faults); err != nil {
		return o, s, err
	}
	return report.Options{Month: month, Province: s.province, Language: v.l, On: v.today()}, s, faults.Err()
}

// lastMonth is the first day of the last month that is over.
func (v *visit) lastMonth() referral.Day { return firstOf(firstOf(v.today()) - 1) }

func firstOf(d referral.Day) referral.Day { return date(d.Start().Year(), d.Start().Month(), 1) }

// monthName is a month as addresses have it: "2026-10".
func monthName(d referral.Day) string { return d.String()[:7] }

// monthText is a month as people read it: "10/2026".
func monthText(d referral.Day) string { return d.String()[5:7] + "/" + d.String()[:4] }

// monthly answers /bao-cao?month=2026-10&province=91.
func (d *Dashboard) monthly(v *visit) error { return d.monthlyPage(v, nil) }

func (d *Dashboard) monthlyPage(v *visit, refused *refusal) error {
	o, s, err := v.askReport()
	data := monthlyData{Done: v.doneText()}
	if err != nil {
		if !errors.Is(err, referral.ErrInvalid) {
			return err
		}
		v.c.Status(web.Status(err))
		p := web.NewProblem(err, v.l)
		data.Problem = &p
		o.Month = v.lastMonth()
	}
	for month, i := v.lastMonth(), 0; i < monthsOffered; month, i = firstOf(month-1), i+1 {
		data.Months = append(data.Months, option{Value: monthName(month), Label: monthText(month), Selected: month == o.Month})
	}
	chosen := ""
	if s.province != nil {
		chosen = s.province.Code
	}
	for _, x := range v.provinceOptions() {
		if x.Value == "" {
			x.Label = v.l.T("report.country")
		}
		x.Selected = x.Value == chosen
		data.Provinces = append(data.Provinces, x)
	}
	title := v.l.T("report.title", "month", monthText(o.Month))
	if data.Problem == nil {
		data.Sub = v.l.T("report.country")
		if s.province != nil {
			data.Sub = v.provinceName(s.province)
		}
		query := "?" + reportQuery(o.Month, v.query.Get("province"))
		data.PDF, data.Table = monthlyPDFPath+query, monthlyTablePath+query
		if data.Figures, data.View, err = d.monthFigures(v, &s, o.Month); err != nil {
			return err
		}
	}
	if v.mayMail() {
		if data.Subscriptions, err = d.subscriptionsData(v, o.Month, refused); err != nil {
			return err
		}
	}
	return v.render("dash_monthly.html", title, data)
}

func reportQuery(month referral.Day, province string) string {
	q := url.Values{"month": {monthName(month)}}
	if province != "" {
		q.Set("province", province)
	}
	return q.Encode()
}

// monthFigures are the headline figures of a month beside those of the one
// before, and the address of the page that they are made of.
func (d *Dashboard) monthFigures(v *visit, s *scope, month referral.Day) ([]figure, string, error) {
	next := firstOf(month + 31)
	q := url.Values{"period": {"custom"}, "from": {month.String()}, "to": {(next - 1).String()}}
	if asked := v.query.Get("province"); asked != "" {
		q.Set("province", asked)
	}
	now, err := d.Stats.Query(v.ctx(), s.query("", month, next-1, v.l.Code))
	if err != nil {
		return nil, "", err
	}
	before, err := d.Stats.Query(v.ctx(), s.query("", firstOf(month-1), month-1, v.l.Code))
	if err != nil {
		return nil, "", err
	}
	n := numbers{scope: *s}
	n.period.Compare = compareNames[0]
	breakdown := func(by string) string {
		return Root + "/bang?" + q.Encode() + "&by=" + by
	}
	return []figure{
		n.figure(v, "arrivals", v.l.T("dashboard.figure.arrivals"), breakdown("day"), now.Total.Arrivals, before.Total.Arrivals),
		n.figure(v, "through", v.l.T("dashboard.figure.through"), breakdown("destination"), now.Total.Through, before.Total.Through),
		n.figure(v, "signups", v.l.T("overview.figure.signups"), breakdown("destination"), now.Total.Signups, before.Total.Signups),
	}, Root + "?" + q.Encode(), nil
}

// monthlyReport answers /bao-cao-thang.pdf?month=2026-10, and monthlyTable
// /bao-cao-thang.xlsx: of the country or a province, for an account of a
// province of its own.
func (d *Dashboard) monthlyReport(v *visit) error {
	return v.sendReport("pdf", "application/pdf", d.Reports.Write)
}

func (d *Dashboard) monthlyTable(v *visit) error {
	return v.sendReport("xlsx", workbookType, d.Reports.WriteTable)
}

func (v *visit) sendReport(ending, kind string, write func(context.Context, io.Writer, report.Options) error) error {
	if v.query.Get("month") == "" {
		var faults referral.Faults
		faults.Add("/month", "error.required")
		return faults.Err()
	}
	o, _, err := v.askReport()
	if err != nil {
		return err
	}
	name := "lensan-" + monthName(o.Month)
	if o.Province != nil {
		name += "-" + o.Province.Slug
	}
	return v.sendFile(kind, name+"."+ending, func(ctx context.Context, w io.Writer) error { return write(ctx, w, o) })
}

// monthlyLink leads to the page of the last month that is over.
func (v *visit) monthlyLink(s *scope) link {
	province := ""
	if asked := v.query.Get("province"); asked != "" && s.province != nil && !strings.Contains(asked, "~") {
		province = s.province.Code
	}
	month := v.lastMonth()
	return link{Label: v.l.T("report.download", "month", monthText(month)), Href: monthlyPath + "?" + reportQuery(month, province)}
}
