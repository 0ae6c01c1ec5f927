package public

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/referral"
	"lensan/server/web"
)

// reporter takes reports of codes that were pasted over. It asks for no account
// and keeps nothing about who writes; there is no session, so a form that
// another site sends can do no more than anybody can.
type reporter struct{ d Deps }

// Where the form stands, and where it leads.
const (
	reportPath = "/kiem-tra/bao-cao"
	thanksPath = "/kiem-tra/bao-cao/cam-on"
)

const (
	maxWhere = 200 // characters
	maxNote  = 500
)

// reportData is the form with what was typed. Faults are by the names of its
// fields; Problem is what happened as a whole.
type reportData struct {
	Frame           frame
	Ma, Where, Note string
	MaxWhere        int
	MaxNote         int
	Problem         *referral.FieldError
	Faults          map[string]referral.FieldError
}

// Fault returns what is wrong with a field, nil if nothing is.
func (d reportData) Fault(name string) *referral.FieldError {
	if fault, wrong := d.Faults[name]; wrong {
		return &fault
	}
	return nil
}

// reportAddress is the form's address with what is known already.
func reportAddress(code, number, lang string) string {
	q := url.Values{}
	if ma := strings.TrimSpace(code + " " + number); ma != "" {
		q.Set("ma", ma)
	}
	if lang == "en" {
		q.Set("lang", lang)
	}
	if len(q) == 0 {
		return reportPath
	}
	return reportPath + "?" + q.Encode()
}

// handleForm answers GET /kiem-tra/bao-cao?ma=.
func (r *reporter) handleForm(c *fiber.Ctx) error {
	ma := utils.CopyString(c.Query("ma"))
	if len(ma) > maxTyped {
		ma = ""
	}
	return r.send(c, reportData{Ma: strings.ToValidUTF8(ma, "?")})
}

// handle answers POST /kiem-tra/bao-cao with the fields ma, where and note.
func (r *reporter) handle(c *fiber.Ctx) error {
	data := reportData{Ma: formText(c, "ma"), Where: formText(c, "where"), Note: formText(c, "note")}
	report, err := readReport(data.Ma, data.Where, data.Note)
	if formText(c, "website") != "" { // people do not see this field
		var f referral.Faults
		f.Add("/website", "public.report.fault_trap")
		if more := f.Include(err); more != nil {
			return more
		}
		err = f.Err()
	}
	if err == nil {
		_, err = r.keep(c.UserContext(), report)
	}
	if err != nil {
		return r.refuse(c, data, err)
	}
	address := thanksPath
	if web.PageLang(c) == "en" {
		address += "?lang=en"
	}
	return c.Redirect(address, fiber.StatusSeeOther)
}

func (r *reporter) keep(ctx context.Context, report referral.CodeReport) (referral.CodeReport, error) {
	if r.d.Registry == nil {
		return report, referral.Errorf(referral.ErrUnavailable, "public.report.unavailable")
	}
	return r.d.Registry.ReportCode(ctx, report)
}

// refuse shows the form again with what was typed and what is wrong with it.
func (r *reporter) refuse(c *fiber.Ctx, data reportData, err error) error {
	c.Status(web.Status(err))
	data.Problem = &referral.FieldError{Key: "public.report.unavailable"}
	data.Faults = map[string]referral.FieldError{}
	var told *referral.Error
	if errors.As(err, &told) && len(told.Fields) > 0 {
		data.Problem.Key = "public.report.not_kept"
		for _, fault := range told.Fields {
			data.Faults[strings.TrimPrefix(fault.Field, "/")] = fault
		}
	} else if status := web.Status(err); status == fiber.StatusTooManyRequests {
		data.Problem.Key = "public.report.too_many"
	} else if status == fiber.StatusInternalServerError {
		return err
	}
	return r.send(c, data)
}

func (r *reporter) send(c *fiber.Ctx, data reportData) error {
	data.Frame, data.MaxWhere, data.MaxNote = newFrame(c, ""), maxWhere, maxNote
	c.Set(fiber.HeaderCacheControl, "no-store")
	web.SetPageHeaders(c)
	return r.d.Pages.Render(c, web.PageLang(c), "report.html", data)
}

func (r *reporter) handleThanks(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	web.SetPageHeaders(c)
	return r.d.Pages.Render(c, web.PageLang(c), "thanks.html", reportData{Frame: newFrame(c, "")})
}

// tooMany is what limitReports does with one report too many.
func (r *reporter) tooMany(c *fiber.Ctx) error {
	data := reportData{Ma: formText(c, "ma"), Where: formText(c, "where"), Note: formText(c, "note")}
	return r.refuse(c, data, fiber.ErrTooManyRequests)
}

// client stands for who sends a report: a hash of the address that means
// nothing tomorrow.
func (r *reporter) client(c *fiber.Ctx) string {
	address := r.d.Proxies.Client(c)
	if p, err := netip.ParsePrefix(network(address)); err == nil {
		address = p.Addr()
	}
	return strconv.FormatUint(r.d.Visitors.Hash(r.d.Now().UnixMilli(), address, "report"), 36)
}

// readReport makes a report of what was typed. Its error names every field at
// fault, as "/code", "/where" and "/note".
func readReport(ma, where, note string) (referral.CodeReport, error) {
	question := readAsked(ma, "")
	report := referral.CodeReport{Serial: question.Serial, Where: strings.TrimSpace(where), Note: strings.TrimSpace(note)}
	var f referral.Faults
	code, err := referral.ParseCode(question.Code)
	if err == nil {
		report.Code = code
	}
	switch {
	case strings.TrimSpace(ma) == "":
		f.Add("/code", "public.report.fault_code_missing")
	case question.Number != "" && question.Serial == 0:
		f.Add("/code", "public.report.fault_serial")
	case err != nil && (question.Code != "" || question.Serial == 0):
		f.Add("/code", "public.report.fault_code")
	}
	if err := f.Include(report.Validate()); err != nil {
		return report, err
	}
	return report, f.Err()
}

// formText returns a field of a form, in valid UTF-8 and with plain line ends,
// cut where nobody writes more by hand.
func formText(c *fiber.Ctx, name string) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(utils.CopyString(c.FormValue(name)), "?"), "\r\n", "\n")
	if r := []rune(s); len(r) > 4*maxNote {
		return string(r[:4*maxNote])
	}
	return s
}
