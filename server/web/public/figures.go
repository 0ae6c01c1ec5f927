package public

import (
	"sync"

	"github.com/gofiber/fiber/v2"

	"lensan/server/figures"
	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

const (
	figuresPath = "/cong-khai"
	// An edition stands for an hour, so nobody needs to ask more often.
	hourly = "public, max-age=3600"

	licenceID   = "CC-BY-4.0"
	licenceName = "CC BY 4.0"
	licenceURL  = "https://creativecommons.org/licenses/by/4.0/"
)

// published answers /cong-khai and its files from one edition of the figures and
// one version of the texts, made when the first request after a change asks for
// it.
type published struct {
	d Deps

	mu    sync.Mutex
	of    *figures.Figures
	texts int64            // version of their words
	files map[string]*file // "vi" and "en" are pages
}

func (p *published) page(c *fiber.Ctx) error {
	lang := web.PageLang(c)
	f, err := p.file(lang)
	if err != nil {
		return p.refuse(c, err)
	}
	web.SetPageHeaders(c)
	c.Set(fiber.HeaderContentLanguage, lang)
	return f.answer(c, hourly)
}

func (p *published) json(c *fiber.Ctx) error { return p.send(c, "json") }

func (p *published) csv(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="lensan-cong-khai.csv"`)
	return p.send(c, "csv")
}

func (p *published) send(c *fiber.Ctx, name string) error {
	f, err := p.file(name)
	if err != nil {
		return p.refuse(c, err)
	}
	return f.send(c, hourly)
}

func (p *published) refuse(c *fiber.Ctx, err error) error {
	c.Response().Header.Del(fiber.HeaderContentDisposition)
	if web.Status(err) == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	return err
}

// file returns a file of the edition in force: fiber.ErrNotFound where nothing
// is published, ErrUnavailable before the first edition.
func (p *published) file(name string) (*file, error) {
	if p.d.Figures == nil {
		return nil, fiber.ErrNotFound
	}
	latest := p.d.Figures.Latest()
	if latest == nil {
		return nil, referral.Errorf(referral.ErrUnavailable, "error.figures_preparing")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if version := p.d.Pages.Text(text.Languages[0]).Version(); p.of != latest || p.texts != version {
		files, err := p.make(latest)
		if err != nil {
			return nil, err
		}
		p.of, p.texts, p.files = latest, version, files
	}
	return p.files[name], nil
}

func (p *published) make(f *figures.Figures) (map[string]*file, error) {
	files := map[string]*file{}
	for name, one := range map[string]struct {
		kind string
		body func() ([]byte, error)
	}{
		"vi":   {fiber.MIMETextHTMLCharsetUTF8, func() ([]byte, error) { return p.pageOf(f, "vi") }},
		"en":   {fiber.MIMETextHTMLCharsetUTF8, func() ([]byte, error) { return p.pageOf(f, "en") }},
		"json": {fiber.MIMEApplicationJSONCharsetUTF8, func() ([]byte, error) { return p.jsonOf(f) }},
		"csv":  {"text/csv; charset=utf-8", func() ([]byte, error) { return csvOf(f) }},
	} {
		body, err := one.body()
		if err != nil {
			return nil, err
		}
		made := newFile(body, one.kind)
		if err := made.packGzip(); err != nil {
			return nil, err
		}
		files[name] = &made
	}
	return files, nil
}
