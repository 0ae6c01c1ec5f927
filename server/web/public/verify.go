package public

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/referral"
	"lensan/server/web"
)

// verifier tells whether a code is ours, whose it is and where it leads: for
// someone who doubts a poster, and for codes typed wrongly.
type verifier struct {
	d Deps
}

// What is known of a code that was asked about.
const (
	codeNone    = ""        // nothing was asked
	codeInvalid = "invalid" // the check symbol does not fit, or it is no code at all
	codeUnknown = "unknown" // it fits and was never issued
	codeOpen    = "open"
	codePaused  = "paused"
	codeRetired = "retired"
)

// verifyWords are the text keys of what a page says first.
type verifyWords struct{ Title, Lead string }

var verifyTexts = map[string]verifyWords{
	codeNone:    {"public.verify.title", "public.verify.lead"},
	codeInvalid: {"public.verify.title_invalid", "public.verify.lead_invalid"},
	codeUnknown: {"public.verify.title_unknown", "public.verify.lead_unknown"},
	codeOpen:    {"public.verify.title_open", "public.verify.lead_open"},
	codePaused:  {"public.verify.title_paused", "public.verify.lead_paused"},
	codeRetired: {"public.verify.title_retired", "public.verify.lead_retired"},
}

type verifyData struct {
	Frame       frame
	Words       verifyWords
	State       string
	Typed       string // as shown and put into the search box
	Code        referral.Code
	Portal      string
	Province    string
	Label       string
	Host        string // where it leads; "" for the hub
	Destination string
	Printed     bool
	Suggestions []suggestion
}

type suggestion struct {
	Code   referral.Code
	Portal string
}

// handle answers GET /kiem-tra?ma= and /kiem-tra/{code}.
func (v *verifier) handle(c *fiber.Ctx) error {
	typed := c.Params("code")
	if typed == "" {
		typed = c.Query("ma")
	}
	return v.answer(c, utils.CopyString(typed), codeNone)
}

// stray answers a request for a code that does not exist.
func (v *verifier) stray(c *fiber.Ctx, typed string) error {
	return v.answer(c, typed, codeInvalid)
}

// answer shows what is known of a code, or the state given if nothing was
// typed: 404 for a code that does not exist.
func (v *verifier) answer(c *fiber.Ctx, typed, nothing string) error {
	links := v.d.Links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	lang := web.PageLang(c)
	data := verifyData{State: nothing}
	if typed = strings.TrimSpace(typed); typed != "" {
		data = v.look(links, typed, lang)
	}
	data.Frame, data.Words = newFrame(c, "/kiem-tra"), verifyTexts[data.State]
	if data.State == codeInvalid || data.State == codeUnknown {
		c.Status(fiber.StatusNotFound)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	web.SetPageHeaders(c)
	return v.d.Pages.Render(c, lang, "verify.html", data)
}

func (v *verifier) look(links *referral.Links, typed, lang string) verifyData {
	tidied := tidy(typed)
	data := verifyData{State: codeInvalid, Typed: shorten(typed)}
	if tidied != "" {
		data.Typed = tidied
	}
	code, err := referral.ParseCode(tidied)
	if err == nil {
		data.State, data.Code = codeUnknown, code
	}
	link := links.Find(code)
	if link == nil {
		for _, near := range suggest(tidied, links.Find) {
			data.Suggestions = append(data.Suggestions, suggestion{near.Code, near.Portal.Name})
		}
		return data
	}
	data.State = string(link.State)
	data.Portal, data.Label, data.Printed = link.Portal.Name, link.Label, link.Kind == referral.PlacementQR
	data.Province = link.Portal.Province(referral.DayOf(v.d.Now())).In(lang)
	if d := link.Destination; d != nil {
		data.Host, data.Destination = d.Target.Host(), d.Name.In(lang)
	}
	return data
}

// shorten cuts what someone typed to what can be shown in one line.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
