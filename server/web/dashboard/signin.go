package dashboard

import (
	"errors"
	"strings"

	"lensan/server/referral"
)

// signInData is the page before the dashboard: signing in, or accepting an invitation.
type signInData struct {
	Next string
	Form form
}

func (v *visit) signInForm(password string) form {
	f := newForm(v, Root+"/dang-nhap", "dashboard.signin.submit",
		field{Name: "name", Key: "dashboard.signin.name", Autocomplete: "username", Required: true},
		field{Name: "password", Key: "dashboard.signin." + password, Type: "password", Autocomplete: "current-password", Required: true})
	f.Hidden = []hidden{{"next", v.next()}}
	return f
}

func (v *visit) next() string {
	if next := v.form.Get("next"); next != "" {
		return safeReturn(next)
	}
	return safeReturn(v.query.Get("next"))
}

func (d *Dashboard) signInPage(v *visit) error {
	return v.render("dash_signin.html", v.l.T("dashboard.signin.title"), signInData{Form: v.signInForm("password")})
}

func (d *Dashboard) signIn(v *visit) error {
	secret, err := d.Access.SignIn(v.ctx(), v.form.Get("name"), v.form.Get("password"), d.Client(v.c).String())
	if err != nil {
		f := v.signInForm("password")
		if !f.take(v, err) {
			return err
		}
		return v.render("dash_signin.html", v.l.T("dashboard.signin.title"), signInData{Form: f})
	}
	return v.begin(secret, v.next())
}

// begin puts a new session in force. Whatever session cookie came with the
// request is replaced, so that nobody can choose it beforehand.
func (v *visit) begin(secret, next string) error {
	if old := v.c.Cookies(v.d.sessionCookie); old != "" {
		if err := v.d.Access.SignOut(v.ctx(), strings.Clone(old)); err != nil && !errors.Is(err, referral.ErrNotFound) {
			return err
		}
	}
	v.d.setCookie(v.c, v.d.sessionCookie, secret)
	v.d.dropCookie(v.c, v.d.formCookie)
	return v.goTo(next)
}

// enterAsGuest follows a one-time link. One that was used before leads on to
// the dashboard, for whoever is signed in there.
func (d *Dashboard) enterAsGuest(v *visit) error {
	session, ok := d.Guest(v.param("token"))
	if !ok {
		return v.goTo(Root)
	}
	return v.begin(session, Root)
}

func (d *Dashboard) signOut(v *visit) error {
	if err := d.Access.SignOut(v.ctx(), v.secret); err != nil && !errors.Is(err, referral.ErrNotFound) {
		return err
	}
	d.dropCookie(v.c, d.sessionCookie)
	v.c.Set("Clear-Site-Data", `"cache"`)
	return v.goTo(Root + "/dang-nhap")
}

func (v *visit) invitationForm() form {
	return newForm(v, strings.Clone(v.c.Path()), "dashboard.invite.submit",
		field{Name: "name", Key: "dashboard.invite.name", Hint: "dashboard.invite.name_hint", Autocomplete: "username", Required: true},
		field{Name: "password", Key: "dashboard.invite.password", Hint: "dashboard.invite.password_hint", Type: "password", Autocomplete: "new-password", Required: true},
		field{Name: "again", Key: "dashboard.invite.again", Type: "password", Autocomplete: "new-password", Required: true})
}

func (d *Dashboard) invitationPage(v *visit) error {
	return v.render("dash_invite.html", v.l.T("dashboard.invite.title"), signInData{Form: v.invitationForm()})
}

func (d *Dashboard) acceptInvitation(v *visit) error {
	again := func(err error) error {
		f := v.invitationForm()
		if !f.take(v, err) {
			return err
		}
		return v.render("dash_invite.html", v.l.T("dashboard.invite.title"), signInData{Form: f})
	}
	if v.form.Get("password") != v.form.Get("again") {
		var faults referral.Faults
		faults.Add("/again", "dashboard.invite.differs")
		return again(faults.Err())
	}
	secret, err := d.Access.Accept(v.ctx(), v.param("token"), v.form.Get("name"), v.form.Get("password"))
	if err != nil {
		return again(err)
	}
	return v.begin(secret, Root)
}
