package dashboard

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/access"
	"lensan/server/export"
	"lensan/server/referral"
)

const logPath = Root + "/nhat-ky"

// logEntities are the kinds of things that the log speaks of.
var logEntities = []string{"account", "key", "portal", "placement", "batch", "campaign", "destination", "report", "succession", "subscription", "message", "alert", "coverage", "signups", "widget", "text", "export"}

// logData is the page of all that was changed.
type logData struct {
	Who, From, To string
	Entities      []option
	Rows          []logRow
	Failures      []failureRow
	Failed        string // how many sign-ins failed in the time shown
	Fault         string // what of the filter could not be read
	File, Next    string // addresses
}

type logRow struct {
	changeRow
	Entity, Key string
}

type failureRow struct {
	Name string // "" stands for names that nobody has
	N    int64
}

// askLog reads the filter of the address. A day that cannot be read is named in
// fault and does not narrow.
func (v *visit) askLog() (q access.Query, fault string) {
	q = access.Query{Who: v.query.Get("who"), Cursor: v.query.Get("cursor")}
	for _, e := range logEntities {
		if v.query.Get("what") == e {
			q.Entity = e
		}
	}
	day := func(name string, add referral.Day) time.Time {
		asked := v.query.Get(name)
		if asked == "" {
			return time.Time{}
		}
		d, err := referral.ParseDay(asked)
		if err != nil {
			fault = v.l.T("dashboard.log.unreadable")
			return time.Time{}
		}
		return (d + add).Start()
	}
	q.From, q.Until = day("from", 0), day("to", 1)
	if !q.From.IsZero() && !q.Until.IsZero() && !q.From.Before(q.Until) {
		q.From, q.Until, fault = time.Time{}, time.Time{}, v.l.T("dashboard.log.reversed")
	}
	return q, fault
}

func (d *Dashboard) log(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	q, fault := v.askLog()
	list, next, err := d.Access.Log(v.ctx(), v.actor(), q)
	if err != nil {
		return err
	}
	failures, err := d.Access.Failures(v.ctx(), v.actor(), q.From, q.Until)
	if err != nil {
		return err
	}
	data := logData{Who: q.Who, From: v.query.Get("from"), To: v.query.Get("to"), Fault: fault, File: v.logAddress(logPath+".csv", "cursor", "")}
	data.Entities = []option{{Label: v.l.T("dashboard.log.everything")}}
	for _, e := range logEntities {
		data.Entities = append(data.Entities, option{Value: e, Label: v.l.T("dashboard.entity." + e), Selected: e == q.Entity})
	}
	for _, c := range list {
		data.Rows = append(data.Rows, logRow{v.changeRow(c), v.entityName(c.Entity), c.Key})
	}
	failed := int64(0)
	for _, f := range failures {
		data.Failures = append(data.Failures, failureRow(f))
		failed += f.N
	}
	data.Failed = v.l.Number(failed)
	if next != "" {
		data.Next = v.logAddress(logPath, "cursor", next)
	}
	return v.render("dash_log.html", v.l.T("dashboard.log.title"), data)
}

func (v *visit) logAddress(path, name, value string) string {
	q := url.Values{}
	for _, name := range []string{"who", "what", "from", "to"} {
		if asked := v.query.Get(name); asked != "" {
			q.Set(name, asked)
		}
	}
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v *visit) entityName(entity string) string {
	if k := "dashboard.entity." + entity; v.l.Has(k) {
		return v.l.T(k)
	}
	return entity
}

var logHeads = []string{"time", "actor", "verb", "entity", "key", "reason", "before", "after"}

// logFile answers /nhat-ky.csv: the entries that the page would show, all of
// them, as UTF-8 with the mark by which Excel knows it.
func (d *Dashboard) logFile(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	q, _ := v.askLog()
	q.Cursor, q.Limit = "", 500
	first, next, err := d.Access.Log(v.ctx(), v.actor(), q) // what is refused is an answer, not half a file
	if err != nil {
		return err
	}
	by := v.actor()
	return v.sendFile("text/csv; charset=utf-8", "lensan-nhat-ky.csv", func(ctx context.Context, w io.Writer) error {
		t := export.Table{Rows: func(yield func([]export.Value, error) bool) {
			for list := first; ; {
				for _, c := range list {
					record := []string{c.Time.In(referral.Zone).Format(time.RFC3339), c.Actor, c.Verb, c.Entity, c.Key, c.Reason, string(c.Before), string(c.After)}
					if !yield(export.Texts(record), nil) {
						return
					}
				}
				if q.Cursor = next; next == "" {
					return
				}
				var err error
				if list, next, err = d.Access.Log(ctx, by, q); err != nil {
					yield(nil, err)
					return
				}
			}
		}}
		for _, head := range logHeads {
			t.Columns = append(t.Columns, export.Column{Key: head})
		}
		return export.WriteCSV(w, t)
	})
}

// exported wraps what hands out a file: that it was taken is written down.
func (d *Dashboard) exported(what string, h handler) handler {
	return func(v *visit) error {
		if err := h(v); err != nil || v.c.Response().StatusCode() != fiber.StatusOK {
			return err
		}
		if err := d.Access.Exported(v.ctx(), v.actor(), what); err != nil {
			v.c.Response().Header.Del(fiber.HeaderContentDisposition)
			return err
		}
		return nil
	}
}
