package app

import (
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/report"
)

// openMail makes the outbox, which sends by what is set, and what sends reports
// by it.
func (a *App) openMail() error {
	senders := map[string]outbox.Sender{}
	if a.config.SMTPURL != "" {
		server, err := outbox.ParseMailServer(a.config.SMTPURL, a.config.MailFrom)
		if err != nil {
			return err
		}
		senders[outbox.Mail] = outbox.NewMail(server)
	}
	if a.config.AlertWebhook != "" {
		senders[outbox.Webhook] = outbox.NewWebhook(a.probe, a.config.AlertSecret, a.now)
	}
	map34, map63, err := readMaps()
	if err != nil {
		return err
	}
	a.reports = &report.Maker{Stats: a.stats, Provinces: a.registry.Provinces(), Map34: map34, Map63: map63}
	a.outbox = outbox.New(a.store, senders, a.now, a.log)
	a.mailing = &mailing.Mailing{Store: a.store, Reports: a.reports, Outbox: a.outbox, Provinces: a.registry.Provinces(), Texts: a.texts, Base: a.config.Base(), Now: a.now}
	return nil
}
