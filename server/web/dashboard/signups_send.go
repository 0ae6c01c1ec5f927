package dashboard

import (
	"bytes"
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lensan/server/referral"
	"lensan/server/signups"
	"lensan/server/web"
)

// signupsSend is the page on which an admin sends what a marketplace reports:
// looked at first, kept once that is confirmed.
type signupsSend struct {
	Form    form
	Table   string // CSV, also of what came as a workbook
	Example string
	Text    string // what is wrong with the table as a whole
	Lines   []importLine
	Ready   *signupsReady
}

// signupsReady is a report without faults, as it will be kept.
type signupsReady struct {
	Market, ID, Days, Rows string
	Stages                 []signupsStage
	Before                 string // the version that it replaces, "" for none
	Moved                  string // why it was not kept when that was confirmed
	Hidden                 []hidden
}

type signupsStage struct {
	Label         string
	Count, Before int64
}

const signupsExample = "day,code,stage,count\n2026-11-24,K7Q2PX,signup,3\n24/11/2026,K7Q2PX,first_sale,1"

// signupsAddress is a page of one report, or of one marketplace for id "".
func signupsAddress(path, destination, id string) string {
	q := url.Values{"destination": {destination}}
	if id != "" {
		q.Set("report", id)
	}
	return path + "?" + q.Encode()
}

// signupsForm answers /dang-ky-san/gui?destination=postmart&report=2026-10,
// where naming a report begins its correction.
func (d *Dashboard) signupsForm(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	return d.signupsShown(v, &signupsSend{}, nil)
}

// signupsShown draws the page; refused is what is wrong with the fields of the form.
func (d *Dashboard) signupsShown(v *visit, data *signupsSend, refused error) error {
	markets, err := d.marketplaces(v)
	if err != nil {
		return err
	}
	market := field{Name: "destination", Key: "dashboard.signups.market", Type: "select", Required: true, Value: v.query.Get("destination")}
	if len(markets) > 1 {
		market.Options = append(market.Options, option{Label: v.l.T("dashboard.form.choose")})
	}
	for _, m := range markets {
		if data.Ready != nil && m.ID == v.form.Get("destination") {
			data.Ready.Market = m.Name.In(v.l.Code)
		}
		market.Options = append(market.Options, option{Value: m.ID, Label: m.Name.In(v.l.Code)})
	}
	correct, id := "", v.query.Get("report")
	if id != "" {
		correct = checked
	}
	data.Form = newForm(v, signupsSendPath, "dashboard.signups.preview", market,
		field{Name: "report_id", Key: "dashboard.signups.id", Hint: "dashboard.signups.id_hint", Required: true, Value: id},
		field{Name: "correct", Key: "dashboard.signups.correct", Type: "checkbox", Value: correct},
		field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.signups.reason_hint"})
	if refused != nil {
		data.Form.take(v, refused)
	}
	if len(data.Lines) > 0 {
		v.c.Status(422)
	}
	data.Example = signupsExample
	return v.render("dash_signups_send.html", v.l.T("dashboard.signups.send"), data)
}

// signupsTable shows what a table would count, and keeps it once that is confirmed.
func (d *Dashboard) signupsTable(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	table := []byte(v.form.Get("table"))
	file, err := v.file("file")
	if err != nil {
		return err
	}
	if len(file) > 0 {
		table = file
	}
	var unread error
	if signups.IsWorkbook(table) {
		table, unread = signups.FromWorkbook(table)
	}
	in := signups.Input{ReportID: v.form.Get("report_id"), Destination: v.form.Get("destination"), Correct: v.form.Get("correct") != "", Reason: v.form.Get("reason"), Source: "csv"}
	if in.Correct && strings.TrimSpace(in.Reason) == "" {
		in.Faults.Add("/reason", "error.required")
	}
	var places signups.Table
	if unread == nil {
		in.Rows, places, unread = signups.ReadCSV(bytes.NewReader(table))
	}
	var told *referral.Error
	if unread != nil && !errors.As(unread, &told) {
		return unread
	}
	var confirmed error // why what was confirmed is not kept
	if v.form.Get("confirm") != "" && unread == nil {
		if n, err := strconv.Atoi(v.form.Get("replaces")); err == nil {
			in.Replaces = &n
		}
		_, outcome, err := d.Signups.Take(v.ctx(), v.actor(), in)
		if err == nil {
			return v.goTo(signupsPath, "done", "signups_"+string(outcome))
		}
		if _, err := v.refuse("", err); err != nil {
			return err
		}
		confirmed = err
	}
	return d.signupsPreview(v, in, table, places, unread, confirmed)
}

// signupsPreview tells the faults of the form from those of the table, and if
// there are none shows the report as it will be kept. Where it was confirmed and
// could not be kept all the same, something else came in between.
func (d *Dashboard) signupsPreview(v *visit, in signups.Input, table []byte, places signups.Table, unread, confirmed error) error {
	p, err := d.Signups.Preview(v.ctx(), v.actor(), in)
	if err != nil {
		return err
	}
	data := &signupsSend{}
	if utf8.Valid(table) { // what is no text cannot be mended on the page
		data.Table = string(table)
	}
	var inForm []referral.FieldError
	var told *referral.Error
	unreadable := map[int]bool{} // lines: what stands there is not what was read
	inTable := func(f referral.FieldError) {
		data.Lines = append(data.Lines, importLine{f.Line, f.Column, f.Field, v.l.Args(f.Key, f.Args)})
	}
	if errors.As(unread, &told) {
		for _, f := range told.Fields {
			unreadable[f.Line] = true
			inTable(f)
		}
	}
	if p.Faults != nil && errors.As(places.Located(p.Faults), &told) {
		for _, f := range told.Fields {
			switch {
			case f.Line > 0 && !unreadable[f.Line]:
				inTable(f)
			case f.Field == "/correct":
				inForm = append(inForm, referral.FieldError{Field: f.Field, Key: "dashboard.signups.known"})
			case f.Line == 0 && f.Field != "/rows":
				inForm = append(inForm, f)
			}
		}
	}
	slices.SortStableFunc(data.Lines, func(a, b importLine) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	if len(data.Lines) > 0 {
		data.Text = v.l.T("dashboard.signups.not_kept")
	}
	if len(inForm) > 0 {
		return d.signupsShown(v, data, &referral.Error{Kind: referral.ErrInvalid, Key: "dashboard.signups.not_kept", Fields: inForm})
	}
	if unread == nil && p.Faults == nil {
		data.Ready = v.signupsReady(p, in)
		if errors.As(confirmed, &told) {
			v.c.Status(web.Status(confirmed))
			data.Ready.Moved = v.l.Args(told.Key, told.Args)
		}
	}
	return d.signupsShown(v, data, nil)
}

func (v *visit) signupsReady(p signups.Preview, in signups.Input) *signupsReady {
	r := &signupsReady{ID: p.ID, Days: v.daysText(p.First, p.Last), Rows: v.l.Number(int64(p.Rows))}
	for _, s := range signups.Stages {
		x := signupsStage{Label: v.l.T("dashboard.signups.stage." + string(s)), Count: p.Totals[s]}
		if p.Known != nil {
			x.Before = p.Known.Totals[s]
		}
		r.Stages = append(r.Stages, x)
	}
	if p.Known != nil {
		r.Before = v.l.T("dashboard.signups.replaces", "n", v.l.Number(int64(p.Known.Version)), "time", v.l.Time(p.Known.ReceivedAt))
	}
	replaces := 0
	if p.Known != nil {
		replaces = p.Known.Version
	}
	r.Hidden = []hidden{{"confirm", "1"}, {"replaces", strconv.Itoa(replaces)}, {"destination", in.Destination}, {"report_id", in.ReportID}, {"reason", in.Reason}}
	if in.Correct {
		r.Hidden = append(r.Hidden, hidden{"correct", checked})
	}
	return r
}
