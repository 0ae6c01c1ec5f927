package dashboard

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"lensan/server/referral"
)

// policy lets a page load styles, scripts, fonts and images of our own and
// nothing else; nothing stands inline. A picture that is made to be saved
// passes through a data: address.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func setHeaders(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Next()
}

// packed compresses pages and files for whoever came by an address or a link of
// ours. What another site makes a browser fetch is left as it is: from the
// size of packed answers it could guess at a form's token (BREACH). A feed is
// never packed, its events would wait for each other; nor are posters, whose
// pages would, and what is packed already.
var packed = compress.New(compress.Config{Next: func(c *fiber.Ctx) bool {
	site := c.Get("Sec-Fetch-Site")
	return site != "none" && site != "same-origin" || c.Path() == Root+"/hom-nay" || strings.HasSuffix(c.Path(), "/ap-phich") || strings.HasSuffix(c.Path(), ".xlsx") || strings.HasSuffix(c.Path(), ".pdf")
}})

var (
	errForeign = referral.Errorf(referral.ErrForbidden, "dashboard.guard.foreign")
	errToken   = referral.Errorf(referral.ErrForbidden, "dashboard.guard.token")
)

// refuseForeign refuses what another site makes a browser send. A browser says
// where a request comes from in Sec-Fetch-Site, an old one in Origin; what says
// neither still needs the token of a form.
func refuseForeign(baseURL string) fiber.Handler {
	base, _ := url.Parse(baseURL)
	return func(c *fiber.Ctx) error {
		if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
			return c.Next()
		}
		switch site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin); {
		case site != "":
			if site != "same-origin" && site != "none" {
				return errForeign
			}
		case origin != "":
			u, err := url.Parse(origin)
			ours := err == nil && u.Host != "" && (u.Host == string(c.Request().Host()) || base != nil && u.Host == base.Host)
			if !ours {
				return errForeign
			}
		}
		return c.Next()
	}
}

// setCookie sets a cookie that scripts cannot read and that ends with the browser.
func (d *Dashboard) setCookie(c *fiber.Ctx, name, value string) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: d.secure,
		SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true})
}

func (d *Dashboard) dropCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: name, Path: "/", HTTPOnly: true, Secure: d.secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: d.Now().AddDate(-1, 0, 0)})
}

// formToken returns the token of forms that are sent before there is a
// session: a random cookie that the form must repeat.
func (v *visit) formToken() string {
	if v.token != "" {
		return v.token
	}
	if v.token = strings.Clone(v.c.Cookies(v.d.formCookie)); len(v.token) == formTokenLength {
		return v.token
	}
	var raw [24]byte
	if _, err := rand.Read(raw[:]); err != nil {
		panic("no randomness: " + err.Error())
	}
	v.token = base64.RawURLEncoding.EncodeToString(raw[:])
	v.d.setCookie(v.c, v.d.formCookie, v.token)
	return v.token
}

const formTokenLength = 32

func sameToken(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

// safeReturn returns where to go after signing in: a page of the dashboard,
// whatever was asked for.
func safeReturn(asked string) string {
	rest, ok := strings.CutPrefix(asked, Root)
	u, err := url.Parse(asked)
	if !ok || err != nil || rest != "" && rest[0] != '/' && rest[0] != '?' || strings.Contains(rest, "//") ||
		strings.ContainsAny(rest+u.Path, "\\") || strings.Contains(u.Path, "..") {
		return Root
	}
	for i := 0; i < len(rest); i++ {
		if rest[i] <= ' ' || rest[i] >= 0x7f {
			return Root
		}
	}
	return asked
}
