package dashboard

import (
	"strconv"
	"strings"
	"time"

	"lensan/server/health"
	"lensan/server/referral"
)

// healthRow is what is known of a destination's health, in words.
type healthRow struct {
	State, Class         string
	Why, Forced, Checked string
}

var healthClass = map[health.State]string{health.Alive: "good", health.Dead: "danger"}

func (v *visit) healthRow(id string) healthRow {
	s := v.d.Health.Status(id)
	is := s.Effective()
	row := healthRow{State: v.l.T("dashboard.health.state." + string(is)), Class: healthClass[is], Why: v.healthWhy(s.Result)}
	if s.Forced != "" {
		row.Forced = v.l.T("dashboard.health.forced", "who", v.actorName(s.ForcedBy), "time", v.l.Time(s.ForcedAt), "reason", s.ForcedReason)
	}
	if !s.CheckedAt.IsZero() {
		row.Checked = v.l.T("dashboard.health.checked", "time", v.l.Time(s.CheckedAt))
	}
	return row
}

func (v *visit) healthWhy(r health.Result) string {
	if r.Reason == "" {
		return ""
	}
	day := ""
	if !r.Expires.IsZero() {
		day = v.l.Day(referral.DayOf(r.Expires))
	}
	return v.l.T("dashboard.health.reason."+string(r.Reason), "status", strconv.Itoa(r.HTTP), "host", r.Host, "day", day)
}

// eventRow is one entry of the history of health.
type eventRow struct {
	Time                time.Time
	What, Why, By, Note string
}

func (d *Dashboard) healthEvents(v *visit, id string) (out []eventRow, err error) {
	events, err := d.Health.Events(v.ctx(), id)
	for _, e := range events {
		row := eventRow{Time: e.Time, What: v.l.T("dashboard.health.state." + string(e.After)), Why: v.healthWhy(e.Result), Note: e.Note}
		if e.Actor != "system" {
			row.By = v.actorName(e.Actor)
		}
		out = append(out, row)
	}
	return out, err
}

func (v *visit) healthForm(x referral.Destination) form {
	forced := v.d.Health.Status(x.ID).Forced
	if forced == "" {
		forced = health.Auto
	}
	var options []option
	for _, to := range []health.State{health.Auto, health.Alive, health.Dead} {
		options = append(options, option{Value: string(to), Label: v.l.T("dashboard.health.force." + string(to))})
	}
	return newForm(v, Root+"/dich-den/"+x.ID+"/tinh-trang", "dashboard.health.submit",
		field{Name: "force", Key: "dashboard.health.force_label", Hint: "dashboard.health.force_hint", Type: "select", Required: true, Value: string(forced), Options: options},
		field{Name: "reason", Of: "health-", Key: "dashboard.form.reason", Required: true})
}

func (d *Dashboard) forceHealth(v *visit) error {
	x, err := d.adminDestination(v)
	if err != nil {
		return err
	}
	_, err = d.Health.Force(v.ctx(), v.actor(), x.ID, health.State(v.form.Get("force")), strings.TrimSpace(v.form.Get("reason")))
	if err == nil {
		return v.goTo(Root+"/dich-den", "changed", x.ID)
	}
	f := v.healthForm(x)
	if !f.take(v, err) {
		return err
	}
	v.form = nil // what was typed belongs to this form alone
	edit, err := v.destinationForm(x)
	if err != nil {
		return err
	}
	return d.destinationPage(v, x, edit, f)
}
