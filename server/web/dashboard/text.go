package dashboard

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
	"lensan/server/wording"
)

// textData is the page of one text.
type textData struct {
	Key, Group, GroupHref string
	Where                 string
	Row                   textRow
	Done                  string
	Form                  *form
	Langs                 []textLang
	Reason                *field
	Placeholders          []string
	Lines                 bool
	Drawn                 bool // where there is room for so much and no more
	Previews              []link
	NoPlacement           bool // there is none yet whose pages could be shown
	Unpublished           bool // so is the page that shows it
	Reset                 *form
	History               []changeRow
}

// textLang is one language of the form.
type textLang struct {
	Lang    string
	Default string
	Kept    string // words that are not in force, "" if there are none
	Most    string
	Field   *field
}

func (d *Dashboard) text(v *visit) error { return d.textPage(v, nil) }

func (d *Dashboard) textPage(v *visit, refused *refusal) error {
	x, err := d.Wording.Text(v.actor(), v.param("key"))
	if err != nil {
		return err
	}
	at := textsPath + "/" + url.PathEscape(x.Key)
	data := textData{Key: x.Key, Group: v.l.T("dashboard.texts.group_" + x.Group), GroupHref: textsPath + "?group=" + x.Group, Where: v.l.T("dashboard.texts.where_" + x.Group),
		Row: textRowOf(x), Done: v.doneText(), Placeholders: x.Placeholders, Lines: x.Lines, Drawn: x.Group == "badge" || x.Group == "poster"}
	data.Form = refused.form(v, "edit", func() form {
		var fields []field
		for _, lang := range text.Languages {
			fields = append(fields, field{Name: lang, Key: "dashboard.texts.words_" + lang, Type: "textarea", Lang: lang, Required: true, Value: x.Words[lang].Now})
		}
		return editForm(v, at+"#sua", "dashboard.form.save", append(fields, field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.portal.reason_hint", Required: true})...)
	})
	for i, lang := range text.Languages {
		w := x.Words[lang]
		one := textLang{Lang: lang, Default: w.Default, Most: v.l.Number(int64(w.Most)), Field: &data.Form.Fields[i]}
		if w.Stale {
			one.Kept = w.Kept
		}
		data.Langs = append(data.Langs, one)
	}
	data.Reason = &data.Form.Fields[len(text.Languages)]
	if x.Changed() || refused != nil && refused.name == "default" {
		data.Reset = refused.form(v, "default", func() form { return v.textReset(x, at) })
	}
	if data.Previews, err = d.textPreviews(v, x); err != nil {
		return err
	}
	data.Unpublished = x.Group == "figures" && !d.Published
	data.NoPlacement = len(data.Previews) == 0 && !data.Unpublished
	if data.History, err = d.textHistory(v, x.Key, at); err != nil {
		return err
	}
	return v.render("dash_text.html", shortText(x.Words[text.Languages[0]].Now, mostInTitle), data)
}

// textReset is the form by which a text becomes the default again.
func (v *visit) textReset(x wording.Item, at string) form {
	var langs []option
	for _, lang := range text.Languages {
		if w := x.Words[lang]; w.Changed || w.Stale || !x.Changed() {
			langs = append(langs, option{Value: lang, Label: v.l.T("dashboard.texts.words_" + lang)})
		}
	}
	if len(langs) > 1 {
		langs = append([]option{{Value: "all", Label: v.l.T("dashboard.texts.both")}}, langs...)
	}
	return newForm(v, at+"/mac-dinh#ve-mac-dinh", "dashboard.texts.reset",
		field{Name: "lang", Of: "default-", Key: "dashboard.texts.language", Type: "select", Required: true, Options: langs},
		field{Name: "reason", Of: "default-", Key: "dashboard.form.reason", Hint: "dashboard.portal.reason_hint", Required: true})
}

// textHistory says who changed a text; the newest change can be taken back.
func (d *Dashboard) textHistory(v *visit, key, at string) (out []changeRow, err error) {
	list, _, err := d.Wording.History(v.ctx(), v.actor(), key, registry.Page{Limit: 50})
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		row := v.changeRow(c)
		if i == 0 {
			row.Undo = v.undone.form(v, "undo", func() form { return v.undoForm(at, "undo-", c.ID) })
		}
		out = append(out, row)
	}
	return out, nil
}

func (d *Dashboard) updateText(v *visit) error {
	in := wording.Input{}
	for _, lang := range text.Languages {
		if words := v.retyped(lang); words != nil {
			in[lang] = words
		}
	}
	return d.textChanged(v, "edit", "changed", in)
}

func (d *Dashboard) resetText(v *visit) error {
	in := wording.Input{}
	for _, lang := range text.Languages {
		if asked := v.form.Get("lang"); asked == lang || asked == "all" {
			in[lang] = nil
		}
	}
	return d.textChanged(v, "default", "text_default", in)
}

// textChanged changes a text and shows its page: with what was done, or with
// the form of a name and its faults.
func (d *Dashboard) textChanged(v *visit, name, done string, in wording.Input) error {
	key := v.param("key")
	_, err := d.Wording.Change(v.ctx(), v.actor(), key, in, v.form.Get("reason"))
	if err == nil {
		return v.goTo(textsPath+"/"+url.PathEscape(key), "done", done)
	}
	refused, err := v.refuse(name, err)
	if err != nil {
		return err
	}
	return d.textPage(v, refused)
}

func (d *Dashboard) undoText(v *visit) error {
	key := v.param("key")
	change, err := strconv.ParseInt(v.form.Get("change"), 10, 64)
	if err != nil {
		change = 0 // no change has it
	}
	if err = d.Wording.Undo(v.ctx(), v.actor(), key, change, v.form.Get("reason")); err == nil {
		return v.goTo(textsPath+"/"+url.PathEscape(key), "done", "undone")
	}
	var e *referral.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	if v.undone, err = v.refuse("undo", err); err != nil {
		return err
	}
	return d.textPage(v, nil)
}

// textPreviews are the pages on which a text is read, in each language; none
// if they need a placement and there is none, or nothing is published.
func (d *Dashboard) textPreviews(v *visit, x wording.Item) (out []link, err error) {
	if x.Group == "mail" {
		return []link{{Label: v.l.T("mail.see_sent"), Href: messagesPath}}, nil
	}
	if x.Group == "figures" && !d.Published {
		return nil, nil
	}
	code := ""
	placements, _, err := d.Registry.Placements(v.ctx(), v.actor(), registry.Page{Limit: 1}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	if len(placements) > 0 {
		code = string(placements[0].Code)
	}
	for _, lang := range text.Languages {
		if href := previewOf(x, code, lang); href != "" {
			out = append(out, link{Label: v.l.T("dashboard.texts.preview_" + lang), Href: href})
		}
	}
	return out, nil
}

// previewOf is where a text is read: on pages of a code, where it needs one.
func previewOf(x wording.Item, code, lang string) string {
	needs := func(path, rest string) string {
		if code == "" {
			return ""
		}
		return path + code + rest
	}
	switch x.Group {
	case "hub":
		return needs(textsPath+"/xem/", "/"+lang)
	case "badge":
		return needs(badgePreview(x.Key, lang))
	case "poster":
		return needs(Root+"/vi-tri/", "/ap-phich?paper=A4&print="+lang)
	case "verify":
		return needs("/kiem-tra/", "?lang="+lang)
	case "report":
		return "/kiem-tra/bao-cao?lang=" + lang
	case "home":
		return "/?lang=" + lang
	case "figures":
		return "/cong-khai?lang=" + lang
	case "embed":
		return needs("/nhung/", "?lang="+lang)
	case "guide":
		return needs("/nhung/", "?cms="+systemOf(x.Key)+"&lang="+lang+"#guide")
	case "check":
		return needs("/nhung/", "?lang="+lang+"#check")
	}
	return "/kiem-tra?lang=" + lang
}

// badgePreview is the picture that shows a text, or the page that shows all.
func badgePreview(key, lang string) (path, rest string) {
	switch key {
	case "badge.line1", "badge.line2":
		return "/b/", ".svg?lang=" + lang
	case "badge.button":
		return "/b/", ".svg?style=button&lang=" + lang
	case "badge.figure", "badge.note", "badge.action":
		return "/b/", ".svg?style=card&lang=" + lang
	}
	return "/nhung/", "?style=card&l=" + lang + "#preview"
}

// systemOf is the content system that "public.guide.drupal_2" or
// "cms.editor_drupal" is about, "" for those about several.
func systemOf(key string) string {
	name := key[strings.LastIndexByte(key, '.')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "editor_"), "_")
	if slices.Contains([]string{"trap", "dompurify"}, name) {
		return ""
	}
	return name
}

// hubPreview shows the hub page of a code in a language, without a click.
func (d *Dashboard) hubPreview(v *visit) error {
	if !v.is(referral.RoleAdmin, referral.RoleEditor) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	code, err := v.code()
	if err != nil {
		return err
	}
	v.c.Context().QueryArgs().Set("lang", v.param("lang")) // of the page, not of the dashboard
	return d.Hub(v.c, code)
}
