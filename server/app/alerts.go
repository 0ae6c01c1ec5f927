package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lensan/server/alerts"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
)

// openAlerts makes what watches over the rest.
func (a *App) openAlerts() {
	a.alerts = &alerts.Alerts{Store: a.store, Sources: a.alertSources(), Tell: a.tellAlerts, Opened: a.alertOpened, Now: a.now, Log: a.log}
}

// tellAlerts puts a round into the outbox: a message to each subscriber, and
// one to the webhook.
func (a *App) tellAlerts(ctx context.Context, r alerts.Round) error {
	var list []outbox.Message
	if a.outbox.Can(outbox.Mail) {
		subscribers, err := a.store.Subscriptions(ctx, mailing.Alerts)
		if err != nil {
			return err
		}
		for _, s := range subscribers {
			l := a.texts.In(s.Lang)
			list = append(list, outbox.Message{Key: fmt.Sprintf("%s/%d", r.Key, s.Num), Kind: "alert", Channel: outbox.Mail, To: s.Email,
				Subject: alertSubject(l, r), Body: a.alertBody(l, r)})
		}
	}
	if a.outbox.Can(outbox.Webhook) {
		body, err := json.Marshal(webhookOf(a.texts.In("en"), r, a.now()))
		if err != nil {
			return err
		}
		list = append(list, outbox.Message{Key: r.Key + "/webhook", Kind: "alert", Channel: outbox.Webhook, To: a.config.AlertWebhook,
			Subject: alertSubject(a.texts.In("vi"), r), Body: string(body)})
	}
	if len(list) == 0 {
		return nil
	}
	_, err := a.outbox.Put(ctx, list...)
	return err
}

func alertSubject(l *text.Language, r alerts.Round) string {
	switch {
	case len(r.Open) == 1 && len(r.Over) == 0:
		return l.T("alert.mail_subject", "what", alertTitle(l, r.Open[0]))
	case len(r.Open) == 0 && len(r.Over) == 1:
		return l.T("alert.mail_subject_over", "what", alertTitle(l, r.Over[0]))
	}
	return l.T("alert.mail_subject_many", "open", l.Number(int64(len(r.Open))), "over", l.Number(int64(len(r.Over))))
}

func alertTitle(l *text.Language, x alerts.Alert) string {
	return l.Args("alert."+string(x.Kind)+"_title", x.Args)
}

func (a *App) alertBody(l *text.Language, r alerts.Round) string {
	var b strings.Builder
	for _, x := range r.Open {
		fmt.Fprintf(&b, "● %s\n  %s\n  %s\n\n", alertTitle(l, x), l.T("alert.since", "time", l.Time(x.Since)), l.Args("alert."+string(x.Kind)+"_do", x.Args))
	}
	for _, x := range r.Over {
		fmt.Fprintf(&b, "○ %s\n  %s\n\n", alertTitle(l, x), l.T("alert.was", "from", l.Time(x.Since), "to", l.Time(x.ClosedAt)))
	}
	return l.T("alert.mail_body", "list", strings.TrimRight(b.String(), "\n"), "link", a.config.Base()+"/thong-ke/canh-bao", "server", a.config.Base())
}

// webhookAlert is an alert as a webhook tells it.
type webhookAlert struct {
	Kind    string            `json:"kind"`
	Subject string            `json:"subject"`
	Title   string            `json:"title"`
	Args    map[string]string `json:"args,omitempty"`
	Since   time.Time         `json:"since"`
	Until   *time.Time        `json:"until,omitempty"`
}

type webhookBody struct {
	Type      string         `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Open      []webhookAlert `json:"open"`
	Over      []webhookAlert `json:"over"`
}

func webhookOf(l *text.Language, r alerts.Round, now time.Time) webhookBody {
	b := webhookBody{Type: "alerts", Timestamp: now.UTC(), Open: []webhookAlert{}, Over: []webhookAlert{}}
	for _, x := range r.Open {
		b.Open = append(b.Open, webhookAlert{string(x.Kind), x.Subject, alertTitle(l, x), x.Args, x.Since, nil})
	}
	for _, x := range r.Over {
		b.Over = append(b.Over, webhookAlert{string(x.Kind), x.Subject, alertTitle(l, x), x.Args, x.Since, &x.ClosedAt})
	}
	return b
}

// alertOpened writes to the contact of a portal that no longer shows the link.
func (a *App) alertOpened(ctx context.Context, x alerts.Alert) {
	if x.Kind != alerts.Portal || !a.outbox.Can(outbox.Mail) {
		return
	}
	for _, row := range a.coverage.Report().Rows {
		if row.Portal == nil || row.Portal.ID != x.Subject || row.Portal.ContactEmail == "" {
			continue
		}
		l := a.texts.In("vi")
		link := a.config.Base()
		system := referral.Actor{Kind: "system", Role: referral.RoleAdmin}
		if list, _, err := a.registry.Placements(ctx, system, registry.Page{Limit: 1}, registry.Filter{Portal: x.Subject, Kind: string(referral.PlacementWidget)}); err == nil && len(list) > 0 {
			link += "/nhung/" + string(list[0].Code)
		}
		m := outbox.Message{Key: "silence/" + x.Subject + "/" + row.Since.String(), Kind: "silence", Channel: outbox.Mail, To: row.Portal.ContactEmail,
			Subject: l.T("mail.silence_subject", "portal", row.Portal.Name),
			Body:    l.T("mail.silence_body", "portal", row.Portal.Name, "since", l.Day(row.Since), "link", link, "server", a.config.Base())}
		if _, err := a.outbox.Put(ctx, m); err != nil {
			a.log.Error("note to a silent portal", "portal", x.Subject, "err", err)
		}
	}
}
