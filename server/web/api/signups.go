package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"lensan/server/referral"
	"lensan/server/signups"
	"lensan/server/web"
)

const signupsPath = "/signups"

type signupReportView struct {
	ReportID    string                  `json:"report_id"`
	Destination string                  `json:"destination"`
	Version     int                     `json:"version"`
	Rows        int                     `json:"rows"`
	Totals      map[signups.Stage]int64 `json:"totals"`
	Source      string                  `json:"source"`
	Actor       string                  `json:"actor"`
	Reason      *string                 `json:"reason"`
	ReceivedAt  time.Time               `json:"received_at"`
}

func signupReport(r signups.Report) signupReportView {
	return signupReportView{ReportID: r.ID, Destination: r.Destination, Version: r.Version, Rows: r.Rows, Totals: r.Totals, Source: r.Source,
		Actor: r.Actor, Reason: orNull(r.Reason), ReceivedAt: moment(r.ReceivedAt)}
}

type signupTakenView struct {
	signupReportView
	Outcome signups.Outcome `json:"outcome"`
}

// readSignups reads the body of a report.
func readSignups(o *object) (in signups.Input) {
	var id, destination, reason *string
	var correct *bool
	o.text("report_id", &id)
	o.text("destination", &destination)
	o.flag("correct", &correct)
	o.text("reason", &reason)
	for from, to := range map[*string]*string{id: &in.ReportID, destination: &in.Destination, reason: &in.Reason} {
		if from != nil {
			*to = *from
		}
	}
	in.Correct = correct != nil && *correct
	var rows *[]json.RawMessage
	field(o, "rows", "array", &rows)
	if rows == nil {
		return in
	}
	if len(*rows) > signups.MaxRows {
		o.faults.Add(o.at("rows"), "error.too_many", "max", strconv.Itoa(signups.MaxRows))
		return in
	}
	for i, raw := range *rows {
		at := o.at("rows") + "/" + strconv.Itoa(i)
		row := readObject(raw, at, o.faults)
		if row == nil {
			o.faults.Add(at, "error.json_type", "type", "object")
			in.Rows = append(in.Rows, signups.Row{})
			continue
		}
		in.Rows = append(in.Rows, readSignupRow(row))
		row.refuseUnknown()
	}
	return in
}

func readSignupRow(o *object) (r signups.Row) {
	var day *referral.Day
	var code, stage *string
	var count *int64
	o.day("day", &day, false)
	o.text("code", &code)
	o.text("stage", &stage)
	field(o, "count", "integer", &count)
	for name, missing := range map[string]bool{"day": day == nil, "code": code == nil, "count": count == nil} {
		if missing {
			o.faults.Add(o.at(name), "error.required")
		}
	}
	if day != nil {
		r.Day = *day
	}
	if code != nil {
		var err error
		if r.Code, err = referral.ParseCode(*code); err != nil {
			o.faults.AddError(o.at("code"), err)
		}
	}
	r.Stage = signups.SignUp
	if stage != nil {
		r.Stage = signups.Stage(*stage)
	}
	if count != nil {
		r.Count = *count
	}
	return r
}

func (a *API) handleSignups(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readSignups(o)
	in.Faults, in.Source = o.done(), "api"
	if c.signed {
		in.Source = "callback"
	}
	return a.takeSignups(c, in)
}

func (a *API) takeSignups(c *call, in signups.Input) error {
	r, outcome, err := a.d.Signups.Take(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	status := 200
	if outcome == signups.Created {
		status = 201
	}
	return c.send(status, signupTakenView{signupReport(r), outcome})
}

func (a *API) handleSignupReports(c *call) error {
	q := c.query()
	destination, id := q.text("destination"), q.text("report_id")
	if err := q.done(); err != nil {
		return err
	}
	reports, err := a.d.Signups.Reports(c.ctx, c.actor, destination, id)
	if err != nil {
		return err
	}
	return sendList(c, reports, "", signupReport)
}

type signupPreviewView struct {
	ReportID    string                  `json:"report_id"`
	Destination string                  `json:"destination"`
	Rows        int                     `json:"rows"`
	Totals      map[signups.Stage]int64 `json:"totals"`
	First       *referral.Day           `json:"first_day"`
	Last        *referral.Day           `json:"last_day"`
	InForce     *signupReportView       `json:"in_force"`
	Acceptable  bool                    `json:"acceptable"`
	Faults      []web.ProblemField      `json:"faults"`
}

// handleSignupsImport takes a CSV file, or, with ?preview=true, says what taking
// it would do.
func (a *API) handleSignupsImport(c *call) error {
	q := c.query()
	in := signups.Input{ReportID: q.text("report_id"), Destination: q.text("destination"), Reason: q.text("reason"), Source: "csv"}
	in.Correct = q.oneOf("correct", "true", "false") == "true"
	preview := q.oneOf("preview", "true", "false") == "true"
	if err := q.done(); err != nil {
		return err
	}
	file, err := c.csv()
	if err != nil {
		return err
	}
	var table signups.Table
	var unread error
	var told *referral.Error
	if in.Rows, table, unread = signups.ReadCSV(file); unread != nil && (!preview || !errors.As(unread, &told)) {
		return unread
	}
	if !preview {
		return table.Located(a.takeSignups(c, in))
	}
	p, err := a.d.Signups.Preview(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	if unread == nil {
		unread = table.Located(p.Faults)
	}
	v := signupPreviewView{ReportID: p.ID, Destination: p.Destination, Rows: p.Rows, Totals: p.Totals, First: dayOrNull(p.First), Last: dayOrNull(p.Last),
		Acceptable: unread == nil, Faults: []web.ProblemField{}}
	if p.Known != nil {
		known := signupReport(*p.Known)
		v.InForce = &known
	}
	if unread != nil {
		v.Faults = web.NewProblem(unread, c.texts).Errors
	}
	return c.send(200, v)
}
