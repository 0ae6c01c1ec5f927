package dashboard

import (
	"encoding/base64"
	"html/template"
	"strings"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

const mePath = Root + "/toi"

// meData is the page of one's own account.
type meData struct {
	Account  access.Account
	Role     string
	Limit    string
	Must     bool // the second factor has to be turned on first
	Done     string
	Password form
	Code     form         // turns the second factor on or off
	Picture  template.URL // QR code for the app, "" once it is on
	Secret   string       // the same to type, in groups of four
	Recovery []string     // shown this once
	Sessions []sessionRow
}

type sessionRow struct {
	ID, Browser       string
	CreatedAt, SeenAt time.Time
	Here              bool // the one that asks
}

func (v *visit) sessionRows(list []access.Session) (out []sessionRow) {
	for _, s := range list {
		browser, system, _ := strings.Cut(s.Browser, " ")
		name := v.l.T("dashboard.me.unknown_browser")
		if v.l.Has("agent.browser."+browser) && v.l.Has("agent.os."+system) {
			name = v.l.T("dashboard.me.browser", "browser", v.l.T("agent.browser."+browser), "system", v.l.T("agent.os."+system))
		}
		out = append(out, sessionRow{ID: s.ID, Browser: name, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, Here: s.ID == v.session.ID})
	}
	return out
}

func (d *Dashboard) me(v *visit) error {
	data := meData{Must: d.mustHaveCode(v.session)}
	switch done := v.query.Get("done"); done {
	case "password", "off", "ended", "others":
		data.Done = "dashboard.done." + done
	}
	return d.mePage(v, data)
}

// mePage shows the page; forms that data has are kept as they are.
func (d *Dashboard) mePage(v *visit, data meData) error {
	sessions, err := d.Access.Sessions(v.ctx(), v.session.Account)
	if err != nil {
		return err
	}
	data.Account, data.Role, data.Sessions = v.session.Account, v.l.T("dashboard.role."+string(v.session.Account.Role)), v.sessionRows(sessions)
	data.Limit = v.person(v.session.Account).Limit
	if data.Password.Action == "" {
		data.Password = v.passwordForm()
	}
	if data.Code.Action == "" {
		if data.Code, err = v.codeForm(""); err != nil {
			return err
		}
	}
	if !data.Account.HasCode {
		data.Secret = data.Code.hidden("secret")
		svg, err := d.QR(access.CodeAddress(data.Account, v.l.T("common.product"), data.Secret))
		if err != nil {
			return err
		}
		data.Picture = template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg))
		data.Secret = grouped(data.Secret)
	}
	return v.render("dash_me.html", v.l.T("dashboard.me.title"), data)
}

// grouped puts a space after every four characters.
func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (v *visit) passwordForm() form {
	return newForm(v, mePath+"/mat-khau", "dashboard.me.password_submit",
		field{Name: "current", Key: "dashboard.me.current", Type: "password", Autocomplete: "current-password", Required: true},
		field{Name: "password", Key: "dashboard.me.password", Hint: "dashboard.invite.password_hint", Type: "password", Autocomplete: "new-password", Required: true},
		field{Name: "again", Key: "dashboard.invite.again", Type: "password", Autocomplete: "new-password", Required: true})
}

func (d *Dashboard) changePassword(v *visit) error {
	var secret string
	var faults referral.Faults
	if v.form.Get("password") != v.form.Get("again") {
		faults.Add("/again", "dashboard.invite.differs")
	}
	err := faults.Err()
	if err == nil {
		secret, err = d.Access.ChangePassword(v.ctx(), v.session, v.form.Get("current"), v.form.Get("password"))
	}
	if err != nil {
		f := v.passwordForm()
		if !f.take(v, err) {
			return err
		}
		return d.mePage(v, meData{Password: f})
	}
	d.setCookie(v.c, d.sessionCookie, secret)
	return v.goTo(mePath, "done", "password")
}

// codeForm turns the second factor on, with a secret that is proposed anew if
// it is "", or off.
func (v *visit) codeForm(secret string) (form, error) {
	current := field{Name: "current", Key: "dashboard.me.current", Type: "password", Autocomplete: "current-password", Required: true}
	if v.session.Account.HasCode {
		return newForm(v, mePath+"/ma/tat", "dashboard.me.code_off_submit", current), nil
	}
	if secret == "" {
		var err error
		if secret, _, err = v.d.Access.NewCode(v.session.Account, v.l.T("common.product")); err != nil {
			return form{}, err
		}
	}
	f := newForm(v, mePath+"/ma", "dashboard.me.code_on_submit",
		field{Name: "code", Key: "dashboard.me.code", Hint: "dashboard.me.code_hint", InputMode: "numeric", Autocomplete: "one-time-code", Required: true}, current)
	f.Hidden = []hidden{{"secret", secret}}
	return f, nil
}

func (f *form) hidden(name string) string {
	for _, h := range f.Hidden {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

func (d *Dashboard) enableCode(v *visit) error {
	recovery, err := d.Access.EnableCode(v.ctx(), v.session, v.form.Get("current"), v.form.Get("secret"), v.form.Get("code"))
	if err == nil {
		v.session.Account.HasCode, v.form = true, nil
		return d.mePage(v, meData{Recovery: recovery})
	}
	secret := v.form.Get("secret")
	if len(secret) != 32 {
		secret = ""
	}
	f, ferr := v.codeForm(secret)
	if ferr != nil {
		return ferr
	}
	if !f.take(v, err) {
		return err
	}
	return d.mePage(v, meData{Code: f})
}

func (d *Dashboard) disableCode(v *visit) error {
	err := d.Access.DisableCode(v.ctx(), v.session, v.form.Get("current"))
	if err == nil {
		return v.goTo(mePath, "done", "off")
	}
	f, ferr := v.codeForm("")
	if ferr != nil {
		return ferr
	}
	if !f.take(v, err) {
		return err
	}
	return d.mePage(v, meData{Code: f})
}

func (d *Dashboard) endSession(v *visit) error {
	if err := d.Access.EndSession(v.ctx(), v.session.Account, v.param("id")); err != nil {
		return err
	}
	return v.goTo(mePath, "done", "ended")
}

func (d *Dashboard) endOtherSessions(v *visit) error {
	if err := d.Access.EndOtherSessions(v.ctx(), v.actor(), v.session.Account, v.secret); err != nil {
		return err
	}
	return v.goTo(mePath, "done", "others")
}

// mustHaveCode reports whether an account may do nothing before it has a second factor.
func (d *Dashboard) mustHaveCode(s access.Session) bool {
	return d.RequireCode && s.Account.Role == referral.RoleAdmin && !s.Account.HasCode
}
