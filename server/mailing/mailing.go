// Package mailing knows who subscribed to what: the monthly report, or alerts.
// It decides who gets which report and when; the outbox sends it.
package mailing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/mail"
	"time"

	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/text"
)

// What can be subscribed to.
const (
	Reports = "report" // of each month
	Alerts  = "alert"
)

// Subscription sends somebody the report of each month, of the country or of a
// province, or all alerts.
type Subscription struct {
	Num       int64
	Kind      string
	Email     string
	Province  referral.ProvinceID // 0 for the whole country
	Lang      string
	Day       int // of the following month on which a report is sent, 1 to 28
	CreatedBy string
	CreatedAt time.Time
}

// hour of the day, in Asia/Ho_Chi_Minh, at which reports are sent.
const hour = 7

// Store is what a Mailing needs of a database.
type Store interface {
	Subscriptions(ctx context.Context, kind string) ([]Subscription, error) // the country's first
	// InsertSubscription sets the subscription's Num and fills it into the
	// change's Key; referral.ErrConflict wrapped if there is one of that address
	// and province.
	InsertSubscription(ctx context.Context, s *Subscription, c referral.Change) error
	// EndSubscription returns referral.ErrNotFound wrapped if there is none.
	EndSubscription(ctx context.Context, num int64, at time.Time, c referral.Change) error
}

// Maker is what makes reports.
type Maker interface {
	Write(ctx context.Context, w io.Writer, o report.Options) error
	WriteTable(ctx context.Context, w io.Writer, o report.Options) error
}

// Outbox is what sends them.
type Outbox interface {
	Can(channel string) bool
	Has(ctx context.Context, key string) (bool, error)
	Put(ctx context.Context, list ...outbox.Message) (added int, err error)
}

// Mailing is safe for use by many goroutines.
type Mailing struct {
	Store     Store
	Reports   Maker
	Outbox    Outbox
	Provinces *referral.Provinces
	Texts     *text.Bundle
	Base      string // address of this server, without a slash at its end
	Now       func() time.Time
}

var errNotStaff = referral.Errorf(referral.ErrForbidden, "error.forbidden")

func mayManage(a referral.Actor) error {
	if a.Role != referral.RoleAdmin && a.Role != referral.RoleEditor {
		return errNotStaff
	}
	return nil
}

// Subscriptions lists who gets what. The roles admin and editor may.
func (m *Mailing) Subscriptions(ctx context.Context, a referral.Actor, kind string) ([]Subscription, error) {
	if err := mayManage(a); err != nil {
		return nil, err
	}
	return m.Store.Subscriptions(ctx, kind)
}

// Subscribe keeps a subscription; s names kind, address and language, of
// reports province and day as well.
func (m *Mailing) Subscribe(ctx context.Context, a referral.Actor, s Subscription) (Subscription, error) {
	if err := mayManage(a); err != nil {
		return s, err
	}
	var f referral.Faults
	if at, err := mail.ParseAddress(s.Email); err != nil || at.Address != s.Email || len(s.Email) > 254 {
		f.Add("/email", "error.email", "value", s.Email)
	}
	if s.Province != 0 && m.Provinces.ByID(s.Province) == nil {
		f.Add("/province", "error.province_unknown", "code", fmt.Sprint(s.Province))
	}
	if s.Lang != "vi" && s.Lang != "en" {
		f.Add("/lang", "error.lang", "value", s.Lang)
	}
	if s.Kind == Reports && (s.Day < 1 || s.Day > 28) {
		f.Add("/day", "error.subscription_day", "value", fmt.Sprint(s.Day))
	}
	if err := f.Err(); err != nil {
		return s, err
	}
	s.CreatedBy, s.CreatedAt = a.String(), m.Now().UTC().Truncate(time.Millisecond)
	return s, m.Store.InsertSubscription(ctx, &s, m.change(a, "create"))
}

// Unsubscribe ends a subscription.
func (m *Mailing) Unsubscribe(ctx context.Context, a referral.Actor, num int64) error {
	if err := mayManage(a); err != nil {
		return err
	}
	c := m.change(a, "retire")
	c.Key = fmt.Sprint(num)
	return m.Store.EndSubscription(ctx, num, m.Now(), c)
}

func (m *Mailing) change(a referral.Actor, verb string) referral.Change {
	return referral.Change{Time: m.Now(), Actor: a.String(), Entity: "subscription", Verb: verb}
}

// SendNow sends the report of a month to a subscriber out of turn.
func (m *Mailing) SendNow(ctx context.Context, a referral.Actor, num int64, month referral.Day) error {
	list, err := m.Subscriptions(ctx, a, Reports)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Num == num {
			return m.put(ctx, s, month, fmt.Sprintf("%s/%d", key(s, month), m.Now().UnixMilli()))
		}
	}
	return referral.Errorf(referral.ErrNotFound, "error.subscription_unknown")
}

// Due returns when a subscription's next report is sent, and of which month it is.
func (s *Subscription) Due(after time.Time) (at time.Time, month referral.Day) {
	t := after.In(referral.Zone)
	at = time.Date(t.Year(), t.Month(), s.Day, hour, 0, 0, 0, referral.Zone)
	if !at.After(after) {
		at = time.Date(t.Year(), t.Month()+1, s.Day, hour, 0, 0, 0, referral.Zone)
	}
	return at, monthBefore(at)
}

func monthBefore(t time.Time) referral.Day {
	return referral.DayOf(time.Date(t.Year(), t.Month()-1, 1, 0, 0, 0, 0, referral.Zone))
}

// key names the report of a month for a subscriber: it is sent once.
func key(s Subscription, month referral.Day) string {
	return fmt.Sprintf("%s/%d/%s", Reports, s.Num, month.String()[:7])
}

// Tick puts the reports that are due this month into the outbox; it is called
// every minute. Without a mail server it does nothing.
func (m *Mailing) Tick(ctx context.Context) error {
	if !m.Outbox.Can(outbox.Mail) {
		return nil
	}
	list, err := m.Store.Subscriptions(ctx, Reports)
	if err != nil {
		return err
	}
	now := m.Now().In(referral.Zone)
	for _, s := range list {
		at := time.Date(now.Year(), now.Month(), s.Day, hour, 0, 0, 0, referral.Zone)
		if now.Before(at) || s.CreatedAt.After(at) {
			continue
		}
		month := monthBefore(at)
		has, err := m.Outbox.Has(ctx, key(s, month))
		if err == nil && !has {
			err = m.put(ctx, s, month, key(s, month))
		}
		if err != nil {
			return fmt.Errorf("report for subscription %d: %w", s.Num, err)
		}
	}
	return nil
}

// put makes a report, as PDF and as a workbook, and hands it to the outbox.
func (m *Mailing) put(ctx context.Context, s Subscription, month referral.Day, key string) error {
	l := m.Texts.In(s.Lang)
	o := report.Options{Month: month, Language: l, On: referral.DayOf(m.Now())}
	scope, name := l.T("report.country"), "lensan-"+month.String()[:7]
	link := m.Base + "/thong-ke/bao-cao?month=" + month.String()[:7]
	if s.Province != 0 {
		o.Province = m.Provinces.ByID(s.Province)
		scope, name, link = o.Province.In(l.Code), name+"-"+o.Province.Slug, link+"&province="+o.Province.Code
	}
	var pdf, table bytes.Buffer
	if err := m.Reports.Write(ctx, &pdf, o); err != nil {
		return err
	}
	if err := m.Reports.WriteTable(ctx, &table, o); err != nil {
		return err
	}
	of := month.String()[5:7] + "/" + month.String()[:4]
	_, err := m.Outbox.Put(ctx, outbox.Message{Key: key, Kind: Reports, Channel: outbox.Mail, To: s.Email,
		Subject: l.T("mail.report_subject", "month", of, "scope", scope),
		Body:    l.T("mail.report_body", "month", of, "scope", scope, "link", link, "since", l.Day(referral.DayOf(s.CreatedAt)), "server", m.Base),
		Files: []outbox.File{
			{Name: name + ".pdf", Type: "application/pdf", Content: pdf.Bytes()},
			{Name: name + ".xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Content: table.Bytes()},
		}})
	return err
}
