package dashboard

import (
	"context"
	"strconv"
	"strings"

	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/report"
)

// Mailing is what keeps who gets what by e-mail, and sends monthly reports.
type Mailing interface {
	Subscriptions(ctx context.Context, a referral.Actor, kind string) ([]mailing.Subscription, error)
	Subscribe(ctx context.Context, a referral.Actor, s mailing.Subscription) (mailing.Subscription, error)
	Unsubscribe(ctx context.Context, a referral.Actor, num int64) error
	SendNow(ctx context.Context, a referral.Actor, num int64, month referral.Day) error
}

// subscriptionsData says who gets the monthly report by e-mail.
type subscriptionsData struct {
	Off   bool   // there is no mail server
	Month string // that "send now" sends: "2026-10"
	Of    string // the same for people
	Rows  []subscriptionRow
	Form  *form
}

type subscriptionRow struct {
	Num          int64
	Email, Scope string
	Lang         string
	Next         string // "03/12/2026, tháng 11/2026"
}

// mayMail reports whether the account manages what is sent by e-mail.
func (v *visit) mayMail() bool { return v.is(referral.RoleAdmin, referral.RoleEditor) }

func (d *Dashboard) subscriptionsData(v *visit, month referral.Day, refused *refusal) (*subscriptionsData, error) {
	list, err := d.Mailing.Subscriptions(v.ctx(), v.actor(), mailing.Reports)
	if err != nil {
		return nil, err
	}
	data := &subscriptionsData{Off: !d.Outbox.Can(outbox.Mail), Month: monthName(month), Of: monthText(month)}
	for _, s := range list {
		row := subscriptionRow{Num: s.Num, Email: s.Email, Scope: v.l.T("report.country"), Lang: v.l.T("mail.lang_" + s.Lang)}
		if p := d.Registry.Provinces().ByID(s.Province); p != nil {
			row.Scope = v.provinceName(p)
		}
		at, of := s.Due(d.Now())
		row.Next = v.l.T("mail.next", "day", v.l.Day(referral.DayOf(at)), "month", monthText(of))
		data.Rows = append(data.Rows, row)
	}
	data.Form = refused.form(v, "subscribe", func() form {
		provinces := v.provinceOptions()
		provinces[0].Label = v.l.T("report.country")
		days := make([]option, 28)
		for i := range days {
			days[i] = option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i + 1)}
		}
		return newForm(v, monthlyPath+"/dang-ky#moi", "mail.subscribe",
			field{Name: "email", Key: "mail.email", Type: "email", Required: true, Autocomplete: "off", Placeholder: "van-phong@example.gov.vn"},
			field{Name: "province", Key: "mail.scope", Type: "select", Required: true, Options: provinces},
			field{Name: "lang", Key: "mail.lang", Type: "select", Required: true, Options: v.langOptions()},
			field{Name: "day", Key: "mail.day", Hint: "mail.day_hint", Type: "select", Required: true, Value: "3", Options: days})
	})
	return data, nil
}

func (d *Dashboard) subscribe(v *visit) error {
	s := mailing.Subscription{Kind: mailing.Reports, Email: strings.TrimSpace(v.form.Get("email")), Lang: v.form.Get("lang")}
	s.Day, _ = strconv.Atoi(v.form.Get("day"))
	province, err := v.chosenProvince()
	if err == nil {
		s.Province = province
		_, err = d.Mailing.Subscribe(v.ctx(), v.actor(), s)
	}
	if err == nil {
		return v.goTo(monthlyPath, "done", "subscribed")
	}
	refused, err := v.refuse("subscribe", err)
	if err != nil {
		return err
	}
	return d.monthlyPage(v, refused)
}

func (v *visit) langOptions() []option {
	return []option{{Value: "vi", Label: v.l.T("mail.lang_vi")}, {Value: "en", Label: v.l.T("mail.lang_en")}}
}

var errNoSubscription = referral.Errorf(referral.ErrNotFound, "error.subscription_unknown")

func (d *Dashboard) unsubscribe(v *visit) error {
	num, err := strconv.ParseInt(v.param("num"), 10, 64)
	if err != nil {
		return errNoSubscription
	}
	if err := d.Mailing.Unsubscribe(v.ctx(), v.actor(), num); err != nil {
		return err
	}
	if v.form.Get("next") == "alerts" {
		return v.goTo(alertsPath, "done", "unsubscribed")
	}
	return v.goTo(monthlyPath, "done", "unsubscribed")
}

// sendReportNow sends the report of a month to a subscriber out of turn.
func (d *Dashboard) sendReportNow(v *visit) error {
	if err := v.onlyMail(); err != nil {
		return err
	}
	num, err := strconv.ParseInt(v.param("num"), 10, 64)
	if err != nil {
		return errNoSubscription
	}
	month, err := report.ReadMonth(v.form.Get("month"), "/month", v.today())
	if err != nil {
		return err
	}
	if err := d.Mailing.SendNow(v.ctx(), v.actor(), num, month); err != nil {
		return err
	}
	return v.goTo(messagesPath, "done", "queued")
}
