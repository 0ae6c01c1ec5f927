package dashboard

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lensan/server/alerts"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
)

// Alerts is what the pages need of package alerts.
type Alerts interface {
	List(ctx context.Context) (open, closed []alerts.Alert, err error)
	Know(ctx context.Context, by referral.Actor, num int64) error
}

var _ Alerts = (*alerts.Alerts)(nil)

const alertsPath = Root + "/canh-bao"

type alertsData struct {
	Done       string
	Open       []alertGroup
	Closed     []alertRow
	Recipients *recipientsData
}

// alertGroup holds the open alerts of a kind.
type alertGroup struct {
	Todo, Rule, Class string
	Rows              []alertRow
}

type alertRow struct {
	Num      int64
	Title    string
	Href     string // where to look
	Since    time.Time
	ClosedAt time.Time
	Known    string // who takes care of it, in words
	MayKnow  bool
}

type recipientsData struct {
	MailOff, Webhook bool
	Rows             []subscriptionRow
	Form             *form
}

// urgent are the kinds that cost clicks or numbers.
var urgent = map[alerts.Kind]bool{alerts.Recording: true, alerts.Counting: true, alerts.Lost: true, alerts.Difference: true, alerts.Destination: true}

// alertLook is the page on which to look.
func alertLook(a alerts.Alert) string {
	switch a.Kind {
	case alerts.Destination, alerts.Certificate:
		return Root + "/dich-den/" + url.PathEscape(a.Subject)
	case alerts.Portal:
		return Root + "/cong/" + url.PathEscape(a.Subject)
	case alerts.Jump:
		return Root + "?" + url.Values{"placement": {a.Args["code"]}, "period": {"today"}}.Encode()
	case alerts.Message:
		return messagesPath + "?state=failed"
	case alerts.Lost:
		return Root + "?" + url.Values{"period": {"custom"}, "from": {a.Subject}, "to": {a.Subject}}.Encode()
	}
	return Root + "#chat-luong"
}

func (v *visit) alertRow(a alerts.Alert) alertRow {
	row := alertRow{Num: a.Num, Title: v.l.Args("alert."+string(a.Kind)+"_title", a.Args), Href: alertLook(a),
		Since: a.Since, ClosedAt: a.ClosedAt, MayKnow: v.mayMail() && a.KnownAt.IsZero()}
	if !a.KnownAt.IsZero() {
		row.Known = v.l.T("alert.known", "who", v.actorName(a.KnownBy), "time", v.l.Time(a.KnownAt))
	}
	return row
}

// alertGroups puts alerts of a kind together, the most urgent kind first.
func (v *visit) alertGroups(open []alerts.Alert) (out []alertGroup) {
	for _, kind := range alerts.Kinds {
		g := alertGroup{Todo: v.l.T("alert." + string(kind) + "_do"), Rule: v.l.T("alert." + string(kind) + "_rule"), Class: "warning"}
		if urgent[kind] {
			g.Class = "danger"
		}
		for _, a := range open {
			if a.Kind == kind {
				g.Rows = append(g.Rows, v.alertRow(a))
			}
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// staffOnly keeps accounts of provinces and marketplaces out: alerts speak of
// everybody's portals.
func (v *visit) staffOnly() error {
	if !v.is(referral.RoleAdmin, referral.RoleEditor, referral.RoleViewer) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	return nil
}

func (d *Dashboard) alerts(v *visit) error { return d.alertsPage(v, nil) }

func (d *Dashboard) alertsPage(v *visit, refused *refusal) error {
	if err := v.staffOnly(); err != nil {
		return err
	}
	open, closed, err := d.Alerts.List(v.ctx())
	if err != nil {
		return err
	}
	data := alertsData{Done: v.doneText(), Open: v.alertGroups(open)}
	for _, a := range closed {
		data.Closed = append(data.Closed, v.alertRow(a))
	}
	if v.mayMail() {
		if data.Recipients, err = d.recipients(v, refused); err != nil {
			return err
		}
	}
	title := v.l.T("alert.title_none")
	if len(open) > 0 {
		title = v.l.T("alert.title_open", "n", v.l.Number(int64(len(open))))
	}
	return v.render("dash_alerts.html", title, data)
}

func (d *Dashboard) recipients(v *visit, refused *refusal) (*recipientsData, error) {
	list, err := d.Mailing.Subscriptions(v.ctx(), v.actor(), mailing.Alerts)
	if err != nil {
		return nil, err
	}
	data := &recipientsData{MailOff: !d.Outbox.Can(outbox.Mail), Webhook: d.Outbox.Can(outbox.Webhook)}
	for _, s := range list {
		data.Rows = append(data.Rows, subscriptionRow{Num: s.Num, Email: s.Email, Lang: v.l.T("mail.lang_" + s.Lang)})
	}
	data.Form = refused.form(v, "subscribe", func() form {
		return newForm(v, alertsPath+"/nhan#moi", "mail.subscribe",
			field{Name: "email", Key: "mail.email", Type: "email", Required: true, Autocomplete: "off", Placeholder: "truc-ban@example.gov.vn"},
			field{Name: "lang", Key: "mail.lang", Type: "select", Required: true, Options: v.langOptions()})
	})
	return data, nil
}

func (d *Dashboard) knowAlert(v *visit) error {
	num, err := strconv.ParseInt(v.param("num"), 10, 64)
	if err != nil {
		return referral.Errorf(referral.ErrNotFound, "error.alert_unknown")
	}
	if err := d.Alerts.Know(v.ctx(), v.actor(), num); err != nil {
		return err
	}
	return v.goTo(alertsPath, "done", "alert_known")
}

func (d *Dashboard) subscribeAlerts(v *visit) error {
	_, err := d.Mailing.Subscribe(v.ctx(), v.actor(), mailing.Subscription{Kind: mailing.Alerts, Email: strings.TrimSpace(v.form.Get("email")), Lang: v.form.Get("lang")})
	if err == nil {
		return v.goTo(alertsPath, "done", "made")
	}
	refused, err := v.refuse("subscribe", err)
	if err != nil {
		return err
	}
	return d.alertsPage(v, refused)
}

// openAlerts counts what is open; 0 as well if that cannot be read now, since
// every page shows it.
func (v *visit) openAlerts() int64 {
	open, _, err := v.d.Alerts.List(v.ctx())
	if err != nil {
		v.d.Log.Warn("open alerts are not counted", "err", err)
	}
	return int64(len(open))
}
