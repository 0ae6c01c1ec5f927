package dashboard

import (
	"encoding/base64"
	"net/url"
	"strings"

	"lensan/server/referral"
)

const providerPath = Root + "/dang-nhap/nha-cung-cap"

var errNoProvider = referral.Errorf(referral.ErrNotFound, "status.not_found.detail")

func (v *visit) providerAddress() string {
	if next := v.next(); next != Root {
		return providerPath + "?" + url.Values{"next": {next}}.Encode()
	}
	return providerPath
}

// toProvider sends the browser to sign in elsewhere. What has to come back is
// kept in a cookie of this browser, so that nobody can finish another's sign-in.
func (d *Dashboard) toProvider(v *visit) error {
	if d.SignOn == nil {
		return errNoProvider
	}
	address, kept, err := d.SignOn.Begin(v.ctx())
	if err != nil {
		return err
	}
	d.setCookie(v.c, d.providerCookie, kept+"."+base64.RawURLEncoding.EncodeToString([]byte(v.next())))
	return v.c.Redirect(address, 303)
}

func (d *Dashboard) fromProvider(v *visit) error {
	if d.SignOn == nil {
		return errNoProvider
	}
	cookie := strings.Clone(v.c.Cookies(d.providerCookie))
	d.dropCookie(v.c, d.providerCookie)
	at := strings.LastIndex(cookie, ".")
	if at < 0 {
		return v.signInAgain(v.signInForm("password"), referral.Errorf(referral.ErrForbidden, "error.sign_on"))
	}
	next, err := base64.RawURLEncoding.DecodeString(cookie[at+1:])
	if err != nil {
		next = nil
	}
	id, err := d.SignOn.Finish(v.ctx(), cookie[:at], v.query)
	if err != nil {
		return v.signInAgain(v.signInForm("password"), err)
	}
	secret, err := d.Access.SignInAs(v.ctx(), id)
	if err != nil {
		return v.signInAgain(v.signInForm("password"), err)
	}
	return v.begin(secret, safeReturn(string(next)))
}
