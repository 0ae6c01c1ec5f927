package dashboard

import (
	"strconv"
	"strings"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

const peoplePath = Root + "/nguoi"

// peopleData lists the accounts.
type peopleData struct{ Rows []personRow }

type personRow struct {
	Href, Name, Role, Limit string
	Disabled, HasCode       bool
	Barred                  bool // from browsers that are not known
	CreatedAt, SeenAt       time.Time
	Failed                  int64 // failed sign-ins of the last 30 days
	Self                    bool
}

// personData is one account with what may be done about it.
type personData struct {
	personRow
	ID       int64
	Form     form
	Link     string // with which its owner chooses a new password, shown this once
	Done     string // text key
	Sessions []sessionRow
	History  []changeRow
}

func (v *visit) person(acc access.Account) personRow {
	row := personRow{Href: peoplePath + "/" + strconv.FormatInt(acc.ID, 10), Name: acc.Name, Role: v.l.T("dashboard.role." + string(acc.Role)), Disabled: acc.Disabled,
		HasCode: acc.HasCode, Barred: acc.Failures >= access.MaxFailures, CreatedAt: acc.CreatedAt, SeenAt: acc.SeenAt, Self: acc.ID == v.session.Account.ID}
	if p := v.d.Registry.Provinces().ByID(acc.Province); p != nil {
		row.Limit = v.provinceName(p)
	}
	return row
}

func (d *Dashboard) people(v *visit) error {
	list, err := d.Access.Accounts(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	failures, err := d.Access.Failures(v.ctx(), v.actor(), d.Now().AddDate(0, 0, -30), time.Time{})
	if err != nil {
		return err
	}
	failed := map[string]int64{}
	for _, f := range failures {
		failed[f.Name] = f.N
	}
	var data peopleData
	for _, acc := range list {
		row := v.person(acc)
		row.Failed = failed[acc.Name]
		data.Rows = append(data.Rows, row)
	}
	return v.render("dash_people.html", v.l.T("dashboard.people.title", "count", v.l.Number(int64(len(list)))), data)
}

// chosenPerson finds the account that the address names.
func (v *visit) chosenPerson() (access.Account, error) {
	id, err := strconv.ParseInt(v.param("id"), 10, 64)
	if err != nil {
		return access.Account{}, referral.Errorf(referral.ErrNotFound, "error.account_unknown")
	}
	return v.d.Access.Account(v.ctx(), v.actor(), id)
}

func (d *Dashboard) personPage(v *visit) error {
	acc, err := v.chosenPerson()
	if err != nil {
		return err
	}
	data := personData{Form: v.personForm(acc)}
	switch done := v.query.Get("done"); done {
	case "saved", "all_ended":
		data.Done = "dashboard.done." + done
	}
	return d.showPerson(v, acc, data)
}

func (d *Dashboard) showPerson(v *visit, acc access.Account, data personData) error {
	sessions, err := d.Access.Sessions(v.ctx(), acc)
	if err != nil {
		return err
	}
	log, _, err := d.Access.Log(v.ctx(), v.actor(), access.Query{Entity: "account", Key: acc.Name})
	if err != nil {
		return err
	}
	data.personRow, data.ID, data.Sessions = v.person(acc), acc.ID, v.sessionRows(sessions)
	for _, c := range log {
		data.History = append(data.History, v.changeRow(c))
	}
	return v.render("dash_person.html", acc.Name, data)
}

func (v *visit) personForm(acc access.Account) form {
	provinces := append([]option{{Label: v.l.T("dashboard.keys.none")}}, v.provinceOptions()[1:]...)
	code := ""
	if p := v.d.Registry.Provinces().ByID(acc.Province); p != nil {
		code = p.Code
	}
	state := "open"
	if acc.Disabled {
		state = "disabled"
	}
	return editForm(v, peoplePath+"/"+strconv.FormatInt(acc.ID, 10), "dashboard.people.save",
		field{Name: "role", Key: "dashboard.keys.role", Hint: "dashboard.invitation.role_hint", Type: "select", Required: true, Value: string(acc.Role),
			Options: v.roleOptions(referral.RoleProvince, referral.RoleViewer, referral.RoleEditor, referral.RoleAdmin)},
		field{Name: "province", Key: "dashboard.keys.province", Hint: "dashboard.keys.province_hint", Type: "select", Value: code, Options: provinces},
		field{Name: "state", Key: "dashboard.people.state", Hint: "dashboard.people.state_hint", Type: "select", Required: true, Value: state,
			Options: []option{{Value: "open", Label: v.l.T("dashboard.people.open")}, {Value: "disabled", Label: v.l.T("dashboard.people.disabled")}}},
		field{Name: "reason", Key: "dashboard.people.reason", Required: true, Autocomplete: "off"})
}

func (d *Dashboard) updatePerson(v *visit) error {
	acc, err := v.chosenPerson()
	if err != nil {
		return err
	}
	changed := acc
	if v.changed("role") {
		changed.Role = referral.Role(v.form.Get("role"))
	}
	if v.changed("province") {
		if changed.Province, err = v.chosenProvince(); err != nil {
			return err
		}
	}
	var faults referral.Faults
	switch state := v.form.Get("state"); {
	case !v.changed("state"):
	case state == "open" || state == "disabled":
		changed.Disabled = state == "disabled"
	default:
		faults.Add("/state", "error.one_of", "value", state, "allowed", "open, disabled")
	}
	if err = faults.Err(); err == nil {
		err = d.Access.UpdateAccount(v.ctx(), v.actor(), changed, v.form.Get("reason"))
	}
	if err != nil {
		f := v.personForm(acc)
		if !f.take(v, err) {
			return err
		}
		return d.showPerson(v, acc, personData{Form: f})
	}
	return v.goTo(strings.Clone(v.c.Path()), "done", "saved")
}

func (d *Dashboard) resetPerson(v *visit) error {
	acc, err := v.chosenPerson()
	if err != nil {
		return err
	}
	token, err := d.Access.Reset(v.ctx(), v.actor(), acc.ID)
	if err != nil {
		return err
	}
	v.form = nil
	return d.showPerson(v, acc, personData{Form: v.personForm(acc), Link: v.invitationLink(token)})
}

func (d *Dashboard) endPerson(v *visit) error {
	acc, err := v.chosenPerson()
	if err != nil {
		return err
	}
	spare := ""
	if acc.ID == v.session.Account.ID {
		spare = v.secret
	}
	if err := d.Access.EndOtherSessions(v.ctx(), v.actor(), acc, spare); err != nil {
		return err
	}
	return v.goTo(peoplePath+"/"+strconv.FormatInt(acc.ID, 10), "done", "all_ended")
}

func (v *visit) invitationLink(token string) string {
	return strings.TrimSuffix(v.d.BaseURL, "/") + Root + "/loi-moi/" + token
}
