package dashboard

import (
	"errors"
	"strings"

	"lensan/server/referral"
)

const codePath = Root + "/dang-nhap/ma"

// pendingSecret is the cookie of a sign-in that waits for its code.
func (v *visit) pendingSecret() string { return strings.Clone(v.c.Cookies(v.d.sessionCookie)) }

func (v *visit) enterForm() form {
	f := newForm(v, codePath, "dashboard.code.submit",
		field{Name: "code", Key: "dashboard.code.code", Hint: "dashboard.code.hint", Autocomplete: "one-time-code", Required: true})
	f.Hidden = []hidden{{"next", v.next()}}
	return f
}

func (d *Dashboard) codePage(v *visit) error {
	waits, err := d.Access.Pending(v.ctx(), v.pendingSecret())
	if err != nil {
		return err
	}
	if !waits {
		return v.goTo(Root + "/dang-nhap")
	}
	return v.render("dash_signin.html", v.l.T("dashboard.code.title"), signInData{Form: v.enterForm(), Code: true})
}

func (d *Dashboard) enterCode(v *visit) error {
	secret, err := d.Access.EnterCode(v.ctx(), v.pendingSecret(), v.form.Get("code"), d.Client(v.c).String(), v.known())
	switch {
	case errors.Is(err, referral.ErrNotFound):
		return v.goTo(Root + "/dang-nhap")
	case err != nil:
		f := v.enterForm()
		if !f.take(v, err) {
			return err
		}
		return v.render("dash_signin.html", v.l.T("dashboard.code.title"), signInData{Form: f, Code: true})
	}
	return v.begin(secret, v.next())
}
