package dashboard

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lensan/server/access"
	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

// visit is one request to a page. Its strings outlive the request's buffers.
type visit struct {
	d       *Dashboard
	c       *fiber.Ctx
	l       *text.Language
	session access.Session // zero on pages before sign-in
	secret  string         // of the session
	query   url.Values
	form    url.Values // of a POST, its token checked
	files   map[string][]*multipart.FileHeader
	undone  *refusal // of an undo, nil for none
	token   string   // of forms before there is a session, once it is known
}

type handler func(*visit) error

const langCookie = "lensan-lang"

// requestTime bounds what a page may wait for, the database above all; fileTime
// what a file may that is made while it is sent.
const (
	requestTime = 30 * time.Second
	fileTime    = 5 * time.Minute
)

// visited answers a request by h, within the patience for one.
func (d *Dashboard) visited(c *fiber.Ctx, h handler) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), d.patience)
	defer cancel()
	c.SetUserContext(ctx)
	v := d.newVisit(c)
	err := h(v)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		err = errors.Join(referral.ErrUnavailable, err)
	}
	return v.problem(err)
}

// open wraps the pages that need no session.
func (d *Dashboard) open(h handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		return d.visited(c, func(v *visit) error {
			if c.Method() == fiber.MethodPost && !sameToken(strings.Clone(c.Cookies(d.formCookie)), v.form.Get("csrf")) {
				return errToken
			}
			return h(v)
		})
	}
}

// signedIn wraps the pages that need a session; who has none is sent to sign in
// and comes back to the page that was asked for.
func (d *Dashboard) signedIn(h handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		return d.visited(c, func(v *visit) error {
			v.secret = strings.Clone(c.Cookies(d.sessionCookie))
			s, err := access.Session{}, error(referral.ErrNotFound)
			if v.secret != "" {
				s, err = d.Access.Session(v.ctx(), v.secret)
			}
			switch {
			case errors.Is(err, referral.ErrNotFound):
				return c.Redirect(signInAddress(v), fiber.StatusSeeOther)
			case err != nil:
				return err
			}
			v.session = s
			if c.Method() == fiber.MethodPost && !sameToken(s.CSRF, v.form.Get("csrf")) {
				return errToken
			}
			if d.mustHaveCode(s) && !strings.HasPrefix(c.Path(), mePath) && c.Path() != Root+"/dang-xuat" {
				return c.Redirect(mePath, fiber.StatusSeeOther)
			}
			return h(v)
		})
	}
}

// sendFile sends a file that write makes while it is sent, within fileTime; write
// may use nothing else of the visit.
func (v *visit) sendFile(kind, name string, write func(context.Context, io.Writer) error) error {
	outliving := context.WithoutCancel(v.ctx())
	return web.SendFile(v.c, kind, name, func(w io.Writer) error {
		ctx, cancel := context.WithTimeout(outliving, fileTime)
		defer cancel()
		return write(ctx, w)
	})
}

// Knows reports whether a request, of which the header alone has come, is that
// of somebody who is signed in.
func (d *Dashboard) Knows(ctx context.Context, h *fasthttp.RequestHeader) bool {
	_, err := d.Access.Session(ctx, string(h.Cookie(d.sessionCookie)))
	return err == nil
}

func signInAddress(v *visit) string {
	asked := Root
	if v.c.Method() == fiber.MethodGet {
		asked = safeReturn(strings.Clone(v.c.OriginalURL()))
	}
	if asked == Root {
		return Root + "/dang-nhap"
	}
	return Root + "/dang-nhap?" + url.Values{"next": {asked}}.Encode()
}

func (d *Dashboard) newVisit(c *fiber.Ctx) *visit {
	v := &visit{d: d, c: c}
	v.query, _ = url.ParseQuery(string(c.Request().URI().QueryString()))
	v.form = url.Values{}
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) {
		v.form, _ = url.ParseQuery(string(c.Request().Body()))
	} else if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		if parts, err := c.MultipartForm(); err == nil {
			v.form, v.files = parts.Value, parts.File
		}
	}
	lang := v.query.Get("lang")
	if lang == "vi" || lang == "en" {
		c.Cookie(&fiber.Cookie{Name: langCookie, Value: lang, Path: Root, HTTPOnly: true, Secure: d.secure,
			SameSite: fiber.CookieSameSiteLaxMode, Expires: d.Now().AddDate(1, 0, 0)})
	} else {
		lang = strings.Clone(c.Cookies(langCookie))
	}
	v.l = d.Pages.Text(lang)
	return v
}

func (v *visit) ctx() context.Context  { return v.c.UserContext() }
func (v *visit) actor() referral.Actor { return v.session.Account.Actor() }
func (v *visit) today() referral.Day   { return referral.DayOf(v.d.Now()) }
func (v *visit) param(name string) string {
	s, err := url.PathUnescape(strings.Clone(v.c.Params(name)))
	if err != nil {
		return ""
	}
	return s
}

// file returns what was sent as a file, nothing if none was chosen.
func (v *visit) file(name string) ([]byte, error) {
	if len(v.files[name]) == 0 {
		return nil, nil
	}
	f, err := v.files[name][0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// is reports whether the account has one of the roles.
func (v *visit) is(roles ...referral.Role) bool {
	for _, r := range roles {
		if v.session.Account.Role == r {
			return true
		}
	}
	return false
}

// mayWrite reports whether the account may create portals and placements.
func (v *visit) mayWrite() bool {
	return v.is(referral.RoleAdmin, referral.RoleEditor, referral.RoleProvince)
}

// goTo sends the browser to another page of the dashboard after a POST, to its
// top: a browser keeps the fragment of the form's address otherwise.
func (v *visit) goTo(path string, nameValue ...string) error {
	if len(nameValue) > 0 {
		q := url.Values{}
		for i := 0; i+1 < len(nameValue); i += 2 {
			q.Set(nameValue[i], nameValue[i+1])
		}
		path += "?" + q.Encode() + "#main"
	}
	return v.c.Redirect(path, fiber.StatusSeeOther)
}

// problem answers an error as a page within the frame; nil stays nil.
func (v *visit) problem(err error) error {
	if err == nil {
		return nil
	}
	status := web.Status(err)
	if status == fiber.StatusInternalServerError {
		v.d.Log.Error("request failed", "method", v.c.Method(), "route", v.c.Route().Path, "err", err)
	}
	v.c.Status(status)
	var asked *referral.Error
	if v.c.Method() != fiber.MethodPost && errors.As(err, &asked) && asked.Key == "error.invalid" {
		err = &referral.Error{Kind: asked.Kind, Key: "error.stats", Fields: asked.Fields} // nothing was to be saved
	}
	p := web.NewProblem(err, v.l)
	return v.render("dash_problem.html", p.Title, problemData{p})
}

type problemData struct{ Problem web.Problem }
