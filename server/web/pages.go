package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/text"
)

// Pages renders templates. Every template sees these functions, bound to the
// page's language:
//
//	t "key" "name" value …   a text         number 1234   1.234
//	day .Day                 24/11/2026     time .Time    14:05 24/11/2026
//	asset "css/lensan.css"   its address    lang          "vi" or "en"
//	sample                   whether MarkSample was called
type Pages struct {
	bundle *text.Bundle
	byLang map[string]*template.Template
	used   func(name string)
	sample bool
}

// NewPages parses *.html of files, once for each language. Templates are named
// by their file: "hub.html".
func NewPages(bundle *text.Bundle, assets *Assets, files ...fs.FS) (*Pages, error) {
	p := &Pages{bundle: bundle, byLang: map[string]*template.Template{}}
	for _, code := range text.Languages {
		l := bundle.In(code)
		root := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
			"t": func(key string, nameValue ...any) (string, error) {
				if !l.Has(key) {
					return "", fmt.Errorf("no text %s", key)
				}
				args := make([]string, len(nameValue))
				for i, v := range nameValue {
					args[i] = fmt.Sprint(v)
				}
				return l.T(key, args...), nil
			},
			"number": func(n any) (string, error) {
				switch v := n.(type) {
				case int:
					return l.Number(int64(v)), nil
				case int64:
					return l.Number(v), nil
				}
				return "", fmt.Errorf("number of a %T", n)
			},
			"day":    l.Day,
			"time":   l.Time,
			"asset":  assets.URL,
			"lang":   func() string { return code },
			"sample": func() bool { return p.sample },
			"fault":  func(f referral.FieldError) string { return l.Args(f.Key, f.Args) },
		})
		for _, f := range files {
			if _, err := root.ParseFS(f, "*.html"); err != nil {
				return nil, fmt.Errorf("templates: %w", err)
			}
		}
		p.byLang[code] = root
	}
	return p, nil
}

// MarkSample makes every page say that it shows sample data. It is called
// before the first page is rendered.
func (p *Pages) MarkSample() { p.sample = true }

// IsSample reports whether MarkSample was called.
func (p *Pages) IsSample() bool { return p.sample }

// Names returns the names of all templates that are files.
func (p *Pages) Names() []string {
	var names []string
	for _, t := range p.byLang[text.Languages[0]].Templates() {
		if n := t.Name(); len(n) > 5 && n[len(n)-5:] == ".html" {
			names = append(names, n)
		}
	}
	return names
}

// OnRender calls fn with the name of every template that is rendered; tests
// use it to find templates that never are.
func (p *Pages) OnRender(fn func(name string)) { p.used = fn }

// Text returns the texts of a language.
func (p *Pages) Text(lang string) *text.Language { return p.bundle.In(lang) }

// Bytes renders a template into memory.
func (p *Pages) Bytes(lang, name string, data any) ([]byte, error) {
	t, ok := p.byLang[lang]
	if !ok {
		t = p.byLang[text.Languages[0]]
	}
	if p.used != nil {
		p.used(name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Render sends a page in a language with the status already set on c (200
// unless another was set). Nothing is sent when the template fails.
func (p *Pages) Render(c *fiber.Ctx, lang, name string, data any) error {
	body, err := p.Bytes(lang, name, data)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderContentLanguage, lang)
	return c.Send(body)
}
