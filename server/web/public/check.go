package public

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/referral"
	"lensan/server/web"
	"lensan/server/web/inspect"
)

// Fetcher reads a page of a portal for "check my page".
type Fetcher interface {
	// Fetch returns the page at an address if mayAsk allows its host, and so
	// for redirects. Errors are *referral.Error with a text for the webmaster.
	Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (FetchedPage, error)
}

// FetchedPage is what a Fetcher found.
type FetchedPage struct {
	URL      string // after redirects
	Status   int
	HTML     string
	Policies []string // Content-Security-Policy headers
}

const (
	maxPasted       = 512 << 10 // bytes of HTML
	checksPerMinute = 20        // of one address
	checkTime       = 10 * time.Second
)

// checkData is the result of a check. Fault is set if nothing could be read.
type checkData struct {
	Typed  string // the address, for the form
	Fault  *referral.FieldError
	Title  string // text key
	Class  string // of the notice
	Page   string // address that was read, "" for pasted HTML
	Status int    // of a fetched page if it is not 200
	List   []checkFinding
}

type checkFinding struct {
	Class, Tag string // text key of the tag
	Text       referral.FieldError
	Mend       *referral.FieldError
}

func limitChecks(proxies web.Proxies) fiber.Handler {
	return limiter.New(limiter.Config{
		Max:          checksPerMinute,
		Expiration:   time.Minute,
		KeyGenerator: func(c *fiber.Ctx) string { return network(proxies.Client(c)) },
		LimitReached: func(*fiber.Ctx) error { return fiber.ErrTooManyRequests },
	})
}

// check answers POST /nhung/{code} with the fields html and address.
func (e *embeds) check(c *fiber.Ctx) error {
	link, err := e.d.find(c.Params("code"))
	if err != nil {
		return err
	}
	pasted, address := c.FormValue("html"), strings.TrimSpace(utils.CopyString(c.FormValue("address")))
	fault := func(status int, err *referral.Error) error {
		c.Status(status)
		return e.send(c, link, &checkData{Typed: address, Class: "danger", Title: "public.check.title_failed", Fault: &referral.FieldError{Key: err.Key, Args: err.Args}})
	}
	page := FetchedPage{HTML: pasted, Status: fiber.StatusOK}
	switch {
	case len(pasted) > maxPasted:
		return fault(fiber.StatusRequestEntityTooLarge, referral.Errorf(referral.ErrInvalid, "public.check.too_large"))
	case strings.TrimSpace(pasted) != "":
		address = ""
	case address == "" || e.d.Fetch == nil:
		return fault(fiber.StatusUnprocessableEntity, referral.Errorf(referral.ErrInvalid, "public.check.nothing_given"))
	default:
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), checkTime)
		defer cancel()
		var told *referral.Error
		if page, err = e.d.Fetch.Fetch(ctx, address, func(host string) bool { return registered(link.Portal.Hosts, host) }); errors.As(err, &told) {
			return fault(fiber.StatusUnprocessableEntity, told)
		} else if err != nil {
			return err
		}
	}
	result := newCheck(inspect.Page(page.HTML, e.d.Base, link.Code, page.Policies))
	result.Typed, result.Page = address, page.URL
	if page.Status != fiber.StatusOK {
		result.Status = page.Status
	}
	return e.send(c, link, result)
}

// registered reports whether a host is one of a portal's, "www." or not.
func registered(hosts []string, host string) bool {
	bare := strings.TrimPrefix(strings.TrimSuffix(host, "."), "www.")
	for _, h := range hosts {
		if strings.TrimPrefix(strings.ToLower(h), "www.") == bare {
			return true
		}
	}
	return false
}

func newCheck(r inspect.Report) *checkData {
	d := &checkData{Class: "done", Title: "public.check.title_good"}
	switch {
	case !r.Works():
		d.Class, d.Title = "danger", "public.check.title_none"
	case r.Worst() == inspect.Bad:
		d.Class, d.Title = "warning", "public.check.title_mend"
	case r.Worst() == inspect.Note:
		d.Title = "public.check.title_notes"
	}
	for _, f := range r.Findings {
		row := checkFinding{Tag: "public.check.tag_" + string(f.Level), Text: referral.FieldError{Key: f.Key, Args: f.Args}}
		switch f.Level {
		case inspect.Good:
			row.Class = "good"
		case inspect.Bad:
			row.Class = "danger"
		}
		if f.Level != inspect.Good {
			row.Mend = &referral.FieldError{Key: f.Key + "_mend", Args: f.Args}
		}
		d.List = append(d.List, row)
	}
	return d
}
