package dashboard

import (
	"context"
	"io"
	"strings"

	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/web"
)

// Reports is what makes monthly reports.
type Reports interface {
	Write(ctx context.Context, w io.Writer, o report.Options) error
}

const monthlyPath = Root + "/bao-cao-thang.pdf"

// monthlyReport answers /bao-cao-thang.pdf?month=2026-10: of the country or a
// province, for an account of a province of its own.
func (d *Dashboard) monthlyReport(v *visit) error {
	if err := v.mayReadNumbers(); err != nil {
		return err
	}
	month, err := report.ReadMonth(v.query.Get("month"), "/month", v.today())
	if err != nil {
		return err
	}
	var s scope
	var faults referral.Faults
	if err := v.readProvince(&s, &faults); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	o := report.Options{Month: month, Province: s.province, Language: v.l, On: v.today()}
	name := "lensan-" + month.String()[:7]
	if o.Province != nil {
		name += "-" + o.Province.Slug
	}
	ctx := v.ctx()
	return web.SendFile(v.c, "application/pdf", name+".pdf", func(w io.Writer) error { return d.Reports.Write(ctx, w, o) })
}

// monthlyLink leads to the report of the last month that is over.
func (v *visit) monthlyLink(s *scope) link {
	month := (date(v.today().Start().Year(), v.today().Start().Month(), 1) - 1).String()[:7]
	href := monthlyPath + "?month=" + month
	if asked := v.query.Get("province"); asked != "" && s.province != nil && !strings.Contains(asked, "~") {
		href += "&province=" + s.province.Code
	}
	return link{Label: v.l.T("report.download", "month", month[5:]+"/"+month[:4]), Href: href}
}
