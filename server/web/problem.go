package web

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/text"
)

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Instance string         `json:"instance,omitempty"`
	Errors   []ProblemField `json:"errors,omitempty"`
}

// ProblemField says what is wrong with one input: Pointer is a JSON pointer
// into the body or "/name" of a query parameter; Line and Column are set for
// CSV, counted from 1.
type ProblemField struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
	Code    string `json:"code"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

// Status returns the HTTP status of an error: that of a *fiber.Error, of the
// referral kinds, or 500.
func Status(err error) int {
	var fe *fiber.Error
	switch {
	case errors.As(err, &fe):
		return fe.Code
	case errors.Is(err, referral.ErrInvalid):
		return fiber.StatusUnprocessableEntity
	case errors.Is(err, referral.ErrNotFound):
		return fiber.StatusNotFound
	case errors.Is(err, referral.ErrConflict):
		return fiber.StatusConflict
	case errors.Is(err, referral.ErrForbidden):
		return fiber.StatusForbidden
	case errors.Is(err, referral.ErrUnavailable):
		return fiber.StatusServiceUnavailable
	}
	return fiber.StatusInternalServerError
}

// NewProblem describes an error in a language. What is not an *referral.Error
// is described by its status alone: people never see internal text.
func NewProblem(err error, l *text.Language) Problem {
	status := Status(err)
	p := Problem{Type: "about:blank", Status: status, Title: statusTitle(l, status)}
	var re *referral.Error
	if !errors.As(err, &re) {
		p.Detail = l.T(statusKey(status, "detail"))
		return p
	}
	p.Detail = l.Args(re.Key, re.Args)
	for _, f := range re.Fields {
		p.Errors = append(p.Errors, ProblemField{Pointer: f.Field, Detail: l.Args(f.Key, f.Args),
			Code: strings.TrimPrefix(f.Key, "error."), Line: f.Line, Column: f.Column})
	}
	return p
}

func statusTitle(l *text.Language, status int) string { return l.T(statusKey(status, "title")) }

// statusKey returns the text key of a status, one of those in status.toml.
func statusKey(status int, part string) string {
	name := "internal"
	switch status {
	case 400:
		name = "bad_request"
	case 401:
		name = "unauthorized"
	case 403:
		name = "forbidden"
	case 404:
		name = "not_found"
	case 405:
		name = "method"
	case 409:
		name = "conflict"
	case 413:
		name = "too_large"
	case 415:
		name = "media_type"
	case 422:
		name = "invalid"
	case 429:
		name = "too_many"
	case 431:
		name = "headers"
	case 503:
		name = "unavailable"
	}
	return "status." + name + "." + part
}

// ErrorHandler answers errors: problem documents under /api/, pages elsewhere.
// Only errors that are nobody's input (500) are logged.
func ErrorHandler(pages *Pages, log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		status := Status(err)
		if status == fiber.StatusInternalServerError {
			log.Error("request failed", "method", c.Method(), "route", routePath(c), "err", err)
		}
		c.Status(status)
		c.Set(fiber.HeaderCacheControl, "no-store")
		if strings.HasPrefix(c.Path(), "/api/") {
			lang := HeaderLang(c)
			p := NewProblem(err, pages.Text(lang))
			p.Instance = c.Path()
			c.Set(fiber.HeaderContentLanguage, lang)
			return SendProblem(c, p)
		}
		lang := PageLang(c)
		SetPageHeaders(c)
		return pages.Render(c, lang, "error.html", NewProblem(err, pages.Text(lang)))
	}
}

// routePath is the path with the names of its parameters in their places, ""
// where there is no route (after a panic, whose stack names the handler): Fiber
// would give the address then, in which secrets may stand.
func routePath(c *fiber.Ctx) string {
	if r := c.Route(); len(r.Handlers) > 0 {
		return r.Path
	}
	return ""
}

// SendProblem sends a problem document with its status.
func SendProblem(c *fiber.Ctx, p Problem) error {
	c.Status(p.Status)
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json; charset=utf-8")
	return nil
}
