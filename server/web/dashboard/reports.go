package dashboard

import (
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/registry"
)

const reportsPath = Root + "/bao-cao-ma"

// reportsData lists what people wrote about codes that were pasted over.
type reportsData struct {
	Closed   bool // those that were dealt with, else those that wait
	Tabs     []link
	Rows     []reportRow
	Next     string
	Done     bool   // one was just dealt with
	Problem  string // why it was not
	MayWrite bool
}

type reportRow struct {
	Num                  int64
	Code                 referral.Code
	Serial               string
	Where, Note          string
	CreatedAt, ClosedAt  time.Time
	ClosedBy             string
	Outcome, OutcomeText string // what was done; what was typed of it
	Fault                string
}

// openReports counts the reports that wait; 0 as well if that cannot be read
// now, since every page shows it.
func (v *visit) openReports() int64 {
	n, err := v.d.Registry.OpenCodeReports(v.ctx(), v.actor())
	if err != nil {
		v.d.Log.Warn("open reports are not counted", slog.Any("error", err))
	}
	return int64(n)
}

func (d *Dashboard) reports(v *visit) error {
	return d.reportsPage(v, reportsData{Done: v.query.Get("done") == "closed"}, 0)
}

// reportsPage shows the list. data.Problem concerns the report with number num.
func (d *Dashboard) reportsPage(v *visit, data reportsData, num int64) error {
	data.Closed, data.MayWrite = v.query.Get("state") == "closed", v.mayWrite()
	state := "open"
	if data.Closed {
		state = "closed"
	}
	for _, tab := range []string{"open", "closed"} {
		data.Tabs = append(data.Tabs, link{Label: v.l.T("dashboard.report_tab." + tab), Href: reportsPath + "?state=" + tab, Current: tab == state})
	}
	list, next, err := d.Registry.CodeReports(v.ctx(), v.actor(), v.page(), registry.Filter{State: state})
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	for _, x := range list {
		row := reportRow{Num: x.Num, Code: x.Code, Where: x.Where, Note: x.Note, CreatedAt: x.CreatedAt, ClosedAt: x.ClosedAt, ClosedBy: v.actorName(x.ClosedBy), Outcome: x.Outcome}
		if x.Serial != 0 {
			row.Serial = x.Serial.String()
		}
		if x.Num == num {
			row.OutcomeText, row.Fault = v.form.Get("outcome"), data.Problem
		}
		data.Rows = append(data.Rows, row)
	}
	return v.render("dash_reports.html", v.reportsTitle(state, len(list), next != ""), data)
}

// reportsTitle says how many there are, if this page shows them all.
func (v *visit) reportsTitle(state string, shown int, more bool) string {
	if n := v.openReports(); state == "open" && n > 0 {
		return v.l.T("dashboard.reports.title_waiting", "count", v.l.Number(n))
	}
	if shown == 0 && !more {
		return v.l.T("dashboard.report_none." + state)
	}
	return v.l.T("dashboard.reports.title_closed")
}

func (d *Dashboard) closeReport(v *visit) error {
	num, err := strconv.ParseInt(v.param("num"), 10, 64)
	if err != nil {
		return referral.Errorf(referral.ErrNotFound, "error.report_unknown")
	}
	_, err = d.Registry.CloseCodeReport(v.ctx(), v.actor(), num, v.form.Get("outcome"))
	var told *referral.Error
	switch {
	case err == nil:
		return v.goTo(reportsPath, "done", "closed")
	case errors.As(err, &told) && len(told.Fields) > 0:
		v.c.Status(fiber.StatusUnprocessableEntity)
		return d.reportsPage(v, reportsData{Problem: v.l.Args(told.Fields[0].Key, told.Fields[0].Args)}, num)
	}
	return err
}
