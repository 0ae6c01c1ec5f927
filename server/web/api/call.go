package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

// call is one request of a known actor.
type call struct {
	*fiber.Ctx
	ctx    context.Context
	actor  referral.Actor
	texts  *text.Language
	signed bool // by the signature of the body, not by a key
}

// answer wraps an operation: key, role, time limit, headers.
func (a *API) answer(o operation) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), requestTime)
		defer cancel()
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		signed := o.path == signupsPath && o.method == fiber.MethodPost && c.Get(signatureHeader) != "" && c.Get(fiber.HeaderAuthorization) == ""
		actor, err := a.authenticate(ctx, c, signed)
		if err != nil {
			return err
		}
		if !slices.Contains(o.roles, actor.Role) {
			return referral.Errorf(referral.ErrForbidden, "error.forbidden")
		}
		request := &call{Ctx: c, ctx: ctx, actor: actor, texts: a.d.Texts.In(web.HeaderLang(c)), signed: signed}
		if !o.query {
			if err := request.query().done(); err != nil {
				return err
			}
		}
		err = o.handle(request)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
			return errors.Join(referral.ErrUnavailable, err)
		}
		return err
	}
}

// authenticate reads "Authorization: Bearer KEY" (RFC 6750), or the signature
// of a report.
func (a *API) authenticate(ctx context.Context, c *fiber.Ctx, signed bool) (referral.Actor, error) {
	if signed {
		actor, err := a.signedActor(ctx, c)
		return actor, unauthorized(c, err)
	}
	secret := bearer(&c.Request().Header)
	if secret == "" {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="lensan"`)
		return referral.Actor{}, fiber.ErrUnauthorized
	}
	actor, err := a.d.Access.KeyActor(ctx, secret)
	return actor, unauthorized(c, err)
}

// bearer returns the key that a request brings, "" if it brings none.
func bearer(h *fasthttp.RequestHeader) string {
	scheme, secret, _ := strings.Cut(string(h.Peek(fiber.HeaderAuthorization)), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

// Knows reports whether a request, of which the header alone has come, brings a
// key that is in force.
func (a *API) Knows(ctx context.Context, h *fasthttp.RequestHeader) bool {
	_, err := a.d.Access.KeyActor(ctx, bearer(h))
	return err == nil
}

// unauthorized makes an unknown key 401; other errors it returns as they are.
func unauthorized(c *fiber.Ctx, err error) error {
	if errors.Is(err, referral.ErrNotFound) {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="lensan", error="invalid_token"`)
		return fiber.ErrUnauthorized
	}
	return err
}

// withStatus is a referral error with another status than its kind's.
func withStatus(status int, key string, nameValue ...string) error {
	return errors.Join(fiber.NewError(status), referral.Errorf(referral.ErrInvalid, key, nameValue...))
}

// param returns a part of the path, copied: Fiber uses its buffers again.
func (c *call) param(name string) string {
	raw := c.Params(name)
	if s, err := url.PathUnescape(raw); err == nil {
		return strings.Clone(s)
	}
	return strings.Clone(raw)
}

// send answers with JSON. Snippets stay readable: < and > are not escaped.
func (c *call) send(status int, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(status).Send(b.Bytes())
}

// created answers 201 with the address of what was made.
func (c *call) created(path string, v any) error {
	c.Set(fiber.HeaderLocation, Prefix+path)
	return c.send(fiber.StatusCreated, v)
}

// list is a part of a list; NextCursor is nil at its end.
type list[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

func sendList[T, V any](c *call, items []T, next string, view func(T) V) error {
	l := list[V]{Items: make([]V, len(items)), NextCursor: orNull(next)}
	for i, item := range items {
		l.Items[i] = view(item)
	}
	return c.send(fiber.StatusOK, l)
}
