package api

import (
	"strconv"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

type codeReportView struct {
	ID        int64      `json:"id"`
	Code      *string    `json:"code"`
	Serial    *string    `json:"serial"`
	Where     string     `json:"where"`
	Note      string     `json:"note"`
	CreatedAt time.Time  `json:"created_at"`
	ClosedAt  *time.Time `json:"closed_at"`
	ClosedBy  *string    `json:"closed_by"`
	Outcome   *string    `json:"outcome"`
}

func codeReport(x referral.CodeReport) codeReportView {
	v := codeReportView{ID: x.Num, Code: orNull(string(x.Code)), Where: x.Where, Note: x.Note, CreatedAt: moment(x.CreatedAt),
		ClosedAt: momentOrNull(x.ClosedAt), ClosedBy: orNull(x.ClosedBy), Outcome: orNull(x.Outcome)}
	if x.Serial != 0 {
		v.Serial = orNull(x.Serial.String())
	}
	return v
}

func (a *API) handleCodeReports(c *call) error {
	q := c.query()
	page := q.page()
	filter := registry.Filter{State: q.oneOf("state", "open", "closed"), Province: q.province(a.d.Registry.Provinces(), a.today())}
	if err := q.done(); err != nil {
		return err
	}
	reports, next, err := a.d.Registry.CodeReports(c.ctx, c.actor, page, filter)
	if err != nil {
		return err
	}
	return sendList(c, reports, next, codeReport)
}

func (a *API) handleCodeReportClose(c *call) error {
	num, err := strconv.ParseInt(c.param("id"), 10, 64)
	if err != nil {
		return referral.Errorf(referral.ErrNotFound, "error.report_unknown")
	}
	o, err := c.body()
	if err != nil {
		return err
	}
	var outcome *string
	o.text("outcome", &outcome)
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	if outcome == nil {
		outcome = new(string)
	}
	x, err := a.d.Registry.CloseCodeReport(c.ctx, c.actor, num, *outcome)
	if err != nil {
		return err
	}
	return c.send(200, codeReport(x))
}
