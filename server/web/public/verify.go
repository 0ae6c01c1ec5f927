package public

import (
	"context"
	"strings"
	"time"

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

// What is known of a code, or of the serial number that came with it or alone.
const (
	codeNone      = ""        // nothing was asked
	codeInvalid   = "invalid" // the check symbol does not fit, or it is no code at all
	codeUnknown   = "unknown" // it fits and was never issued
	codeForeign   = "foreign" // it is ours, and the serial number's sheet does not show it
	codeOpen      = "open"
	codePaused    = "paused"
	codeRetired   = "retired"
	serialInvalid = "serial_invalid" // the check digit does not fit, or it is no serial number
	serialUnknown = "serial_unknown" // it fits and is on no sheet
)

// verifyWords are the text keys of what a page says first.
type verifyWords struct{ Title, Lead string }

var verifyTexts = map[string]verifyWords{
	codeNone:      {"public.verify.title", "public.verify.lead"},
	codeInvalid:   {"public.verify.title_invalid", "public.verify.lead_invalid"},
	codeUnknown:   {"public.verify.title_unknown", "public.verify.lead_unknown"},
	codeForeign:   {"public.verify.title_foreign", "public.verify.lead_foreign"},
	codeOpen:      {"public.verify.title_open", "public.verify.lead_open"},
	codePaused:    {"public.verify.title_paused", "public.verify.lead_paused"},
	codeRetired:   {"public.verify.title_retired", "public.verify.lead_retired"},
	serialInvalid: {"public.verify.title_serial_invalid", "public.verify.lead_serial_invalid"},
	serialUnknown: {"public.verify.title_serial_unknown", "public.verify.lead_serial_unknown"},
}

type verifyData struct {
	Frame       frame
	Words       verifyWords
	State       string
	Typed       string // as shown and put into the search box
	Number      string // serial number, as shown
	BadNumber   bool   // the code is genuine, the number beside it cannot be one
	Code        referral.Code
	Portal      string
	Province    string
	Label       string
	Host        string // where it leads; "" for the hub
	Destination string
	Batch       string // name of the print batch
	From, To    string // serial numbers of the code's sheets, "" before there are any
	RetiredOn   referral.Day
	Suggestions []suggestion
	Report      string // address of the form for codes that were pasted over
}

type suggestion struct {
	Code   referral.Code
	Portal string
}

// handle answers GET /kiem-tra?ma=&serial= and /kiem-tra/{code}?serial=.
func (v *verifier) handle(c *fiber.Ctx) error {
	typed := c.Params("code")
	if typed == "" {
		typed = c.Query("ma")
	}
	return v.answer(c, utils.CopyString(typed), utils.CopyString(c.Query("serial")), codeNone)
}

// stray answers a request for a code that does not exist.
func (v *verifier) stray(c *fiber.Ctx, typed string) error {
	return v.answer(c, typed, "", codeInvalid)
}

// answer shows what is known of a code and a serial number, or the state given
// if nothing was typed: 404 for what does not exist.
func (v *verifier) answer(c *fiber.Ctx, typed, number, nothing string) error {
	links := v.d.Links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	lang := web.PageLang(c)
	data := verifyData{State: nothing}
	if typed, number = strings.TrimSpace(typed), strings.TrimSpace(number); typed != "" || number != "" {
		data = v.look(links, typed, number, lang)
	}
	if data.State == codeRetired {
		data.RetiredOn = v.retiredOn(c, data.Code)
	}
	data.Frame, data.Words = newFrame(c, "/kiem-tra"), verifyTexts[data.State]
	data.Report = reportAddress(string(data.Code), data.Number, lang)
	switch data.State {
	case codeInvalid, codeUnknown, serialInvalid, serialUnknown:
		c.Status(fiber.StatusNotFound)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	web.SetPageHeaders(c)
	return v.d.Pages.Render(c, lang, "verify.html", data)
}

// retiredTime bounds how long a page waits for the day on which its code was retired.
const retiredTime = 2 * time.Second

// retiredOn is the day since which a code is retired, NoDay if that cannot be
// read now: the page is needed most when something is wrong.
func (v *verifier) retiredOn(c *fiber.Ctx, code referral.Code) referral.Day {
	if v.d.Registry == nil {
		return referral.NoDay
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), retiredTime)
	defer cancel()
	at, err := v.d.Registry.RetiredAt(ctx, code)
	if err != nil || at.IsZero() {
		return referral.NoDay
	}
	return referral.DayOf(at)
}

func (v *verifier) look(links *referral.Links, typed, number, lang string) verifyData {
	question := readAsked(typed, number)
	data := verifyData{State: codeInvalid, Typed: shorten(typed), Number: question.Number}
	if question.Code != "" {
		data.Typed = question.Code
	}
	onSheet, known := links.BySerial(question.Serial)
	code, err := referral.ParseCode(question.Code)
	switch {
	case question.Code == "" && known:
		code = onSheet
	case question.Code == "" && question.Serial != 0:
		data.State = serialUnknown
	case question.Code == "" && question.Number != "":
		data.State = serialInvalid
	case err == nil:
		data.State = codeUnknown
	}
	link := links.Find(code)
	data.Code = code
	if known && onSheet != code {
		if sheet := links.Find(onSheet); sheet != nil {
			data.Suggestions = []suggestion{{onSheet, sheet.Portal.Name}}
		}
	}
	if link == nil {
		if len(data.Suggestions) == 0 {
			for _, near := range suggest(question.Code, links.Find) {
				data.Suggestions = append(data.Suggestions, suggestion{near.Code, near.Portal.Name})
			}
		}
		return data
	}
	data.describe(links, link, referral.DayOf(v.d.Now()), lang)
	if question.Serial != 0 && onSheet != code {
		data.State = codeForeign
	}
	data.BadNumber = question.Number != "" && question.Serial == 0
	return data
}

// describe says whose a code is, where it leads and what paper shows of it.
func (d *verifyData) describe(links *referral.Links, link *referral.Link, day referral.Day, lang string) {
	d.State, d.Typed = string(link.State), string(link.Code)
	d.Portal, d.Label = link.Portal.Name, link.Label
	d.Province = link.Portal.Province(day).In(lang)
	if to := link.Destination; to != nil {
		d.Host, d.Destination = to.Target.Host(), to.Name.In(lang)
	}
	if paper := links.Print(link.Code); paper != nil {
		d.Batch = paper.Batch.Name
		if paper.Serials.Len() > 0 {
			d.From, d.To = paper.Serials.From.String(), paper.Serials.To.String()
		}
	}
}

// shorten cuts what someone typed to what can be shown in one line.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
