package public

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/web"
)

// codes answers GET /qr/{code}.svg, .png, .pdf and .eps with the parameters
// mm or distance (in metres), ec, dpi, quiet and logo.
type codes struct {
	d     Deps
	files *rendered
}

var qrTypes = map[string]string{"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "eps": "application/postscript"}

func (q *codes) handle(c *fiber.Ctx) error {
	name, extension, _ := strings.Cut(utils.CopyString(c.Params("file")), ".")
	contentType, known := qrTypes[extension]
	links := q.d.Links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	code, err := referral.ParseCode(name)
	if !known || err != nil || links.Find(code) == nil {
		return fiber.ErrNotFound
	}
	o, err := qrOptions(c)
	var f *file
	if err == nil {
		f, err = q.files.get(fmt.Sprintf("%s.%s %+v", code, extension, o), func() (file, error) {
			body, err := qr.Render(web.NewURLs(q.d.Base, code).Scan, qr.Format(extension), o)
			return newFile(body, contentType), err
		})
	}
	if err != nil {
		if web.Status(err) == fiber.StatusUnprocessableEntity {
			return web.SendProblem(c, web.NewProblem(err, q.d.Pages.Text(web.PageLang(c))))
		}
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="%s.%s"`, code, extension))
	return f.send(c, evergreen)
}

// qrOptions reads the query. What is there and cannot be read becomes -1, so
// that qr names the field and its range.
func qrOptions(c *fiber.Ctx) (qr.Options, error) {
	o := qr.Options{Level: utils.CopyString(c.Query("ec")), DPI: queryInt(c, "dpi"), Quiet: queryInt(c, "quiet"),
		Millimetres: queryFloat(c, "mm"), Distance: queryFloat(c, "distance"), Logo: c.Query("logo") == "1"}
	var f referral.Faults
	if logo := c.Query("logo"); logo != "" && logo != "0" && logo != "1" {
		f.Add("/logo", "error.qr_logo")
	}
	return o, f.Err()
}

// queryFloat returns 0 for a parameter that is not there.
func queryFloat(c *fiber.Ctx, name string) float64 {
	s := c.Query(name)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v == 0 {
		return -1
	}
	return v
}

// queryInt returns 0 for a parameter that is not there.
func queryInt(c *fiber.Ctx, name string) int {
	s := c.Query(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n == 0 {
		return -1
	}
	return n
}
