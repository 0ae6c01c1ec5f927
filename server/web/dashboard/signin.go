package dashboard

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/access"
	"lensan/server/referral"
	"lensan/server/web"
)

// signInData is the page before the dashboard: signing in, or accepting an invitation.
type signInData struct {
	Form     form
	Code     bool   // the password was right, a code is asked for
	Provider string // address of signing in elsewhere, "" if there is none
	Refused  string // why that did not work
	Reset    string // whose password is set anew, "" for a new account
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
	return v.signInAgain(v.signInForm("password"), nil)
}

// signInAgain shows the page; refused is why the provider's word did not do.
func (v *visit) signInAgain(f form, refused error) error {
	data := signInData{Form: f}
	if v.d.SignOn != nil {
		data.Provider = v.providerAddress()
	}
	var e *referral.Error
	if errors.As(refused, &e) {
		v.c.Status(web.Status(refused))
		data.Refused = v.l.Args(e.Key, e.Args)
	}
	return v.render("dash_signin.html", v.l.T("dashboard.signin.title"), data)
}

func (d *Dashboard) signIn(v *visit) error {
	secret, err := d.Access.SignIn(v.ctx(), v.form.Get("name"), v.form.Get("password"), d.Client(v.c).String(), v.known())
	if err != nil {
		f := v.signInForm("password")
		if !f.take(v, err) {
			return err
		}
		return v.signInAgain(f, nil)
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
	if err := v.d.Access.NameSession(v.ctx(), secret, v.d.Agent(strings.Clone(v.c.Get(fiber.HeaderUserAgent)))); err != nil {
		return err
	}
	waits, err := v.d.Access.Pending(v.ctx(), secret)
	if err != nil {
		return err
	}
	v.d.setCookie(v.c, v.d.sessionCookie, secret)
	if waits {
		return v.goTo(codePath, "next", next)
	}
	v.d.dropCookie(v.c, v.d.formCookie)
	fresh, err := v.d.Access.Remember(v.ctx(), secret, v.known())
	if err != nil {
		return err
	}
	if fresh != "" {
		v.c.Cookie(&fiber.Cookie{Name: v.d.knownCookie, Value: fresh, Path: "/", HTTPOnly: true, Secure: v.d.secure, SameSite: fiber.CookieSameSiteLaxMode,
			Expires: v.d.Now().Add(access.KnownLife)})
	}
	return v.goTo(next)
}

// known is the secret by which the browser is known to have been signed in.
func (v *visit) known() string { return strings.Clone(v.c.Cookies(v.d.knownCookie)) }

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

// invitationForm asks for a name as well, unless the account has one.
func (v *visit) invitationForm(reset string) form {
	f := newForm(v, strings.Clone(v.c.Path()), "dashboard.invite.submit",
		field{Name: "name", Key: "dashboard.invite.name", Hint: "dashboard.invite.name_hint", Autocomplete: "username", Required: true},
		field{Name: "password", Key: "dashboard.invite.password", Hint: "dashboard.invite.password_hint", Type: "password", Autocomplete: "new-password", Required: true},
		field{Name: "again", Key: "dashboard.invite.again", Type: "password", Autocomplete: "new-password", Required: true})
	if reset != "" {
		f.Submit, f.Fields = v.l.T("dashboard.invite.reset_submit"), f.Fields[1:]
	}
	return f
}

func (d *Dashboard) invitationPage(v *visit) error { return d.showInvitation(v, nil) }

func (d *Dashboard) showInvitation(v *visit, problem error) error {
	reset, err := d.Access.ResetName(v.ctx(), v.param("token"))
	if err != nil {
		return err
	}
	f, title := v.invitationForm(reset), v.l.T("dashboard.invite.title")
	if reset != "" {
		title = v.l.T("dashboard.invite.reset_title")
	}
	if problem != nil && !f.take(v, problem) {
		return problem
	}
	return v.render("dash_invite.html", title, signInData{Form: f, Reset: reset})
}

func (d *Dashboard) acceptInvitation(v *visit) error {
	if v.form.Get("password") != v.form.Get("again") {
		var faults referral.Faults
		faults.Add("/again", "dashboard.invite.differs")
		return d.showInvitation(v, faults.Err())
	}
	secret, err := d.Access.Accept(v.ctx(), v.param("token"), v.form.Get("name"), v.form.Get("password"))
	if err != nil {
		return d.showInvitation(v, err)
	}
	return v.begin(secret, Root)
}
