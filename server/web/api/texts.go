package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/wording"
)

// Wording is what the API needs of wording.
type Wording interface {
	Texts(referral.Actor, wording.Query) ([]wording.Item, error)
	Change(ctx context.Context, a referral.Actor, key string, in wording.Input, reason string) (wording.Item, error)
}

// textView is a text that the ministry may change, in every language.
type textView struct {
	Key          string              `json:"key"`
	Group        string              `json:"group"`
	Placeholders []string            `json:"placeholders"`
	Lines        bool                `json:"lines"`
	Changed      bool                `json:"changed"`
	Words        map[string]wordView `json:"words"`
}

type wordView struct {
	Text      string     `json:"text"`
	Default   string     `json:"default"`
	Changed   bool       `json:"changed"`
	Unused    *string    `json:"unused"` // kept, and not in force since the default has changed
	MaxLength int        `json:"max_length"`
	ChangedAt *time.Time `json:"changed_at"`
	ChangedBy *string    `json:"changed_by"`
}

func wordingText(x wording.Item) textView {
	v := textView{Key: x.Key, Group: x.Group, Placeholders: texts(x.Placeholders), Lines: x.Lines, Changed: x.Changed(), Words: map[string]wordView{}}
	for lang, w := range x.Words {
		word := wordView{Text: w.Now, Default: w.Default, Changed: w.Changed, MaxLength: w.Most, ChangedAt: momentOrNull(w.At), ChangedBy: orNull(w.By)}
		if w.Stale {
			word.Unused = &w.Kept
		}
		v.Words[lang] = word
	}
	return v
}

func (a *API) handleTexts(c *call) error {
	q := c.query()
	ask := wording.Query{Group: q.oneOf("group", wording.Groups()...), Search: q.text("search"), Changed: q.oneOf("changed", "true", "false") == "true"}
	if err := q.done(); err != nil {
		return err
	}
	list, err := a.d.Wording.Texts(c.actor, ask)
	if err != nil {
		return err
	}
	return sendList(c, list, "", wordingText)
}

func (a *API) handleTextUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var words *string
	o.text("text", &words)
	reason := o.reason()
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	if words == nil {
		words = new(string) // which may not be
	}
	x, err := a.changeText(c, words, reason)
	if err != nil {
		return err
	}
	return c.send(200, wordingText(x))
}

func (a *API) handleTextReset(c *call) error {
	q := c.query()
	reason := q.text("reason")
	if err := q.done(); err != nil {
		return err
	}
	if _, err := a.changeText(c, nil, reason); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// changeText changes the text in the path; what is wrong with the words is
// wrong with the field "text".
func (a *API) changeText(c *call, words *string, reason string) (wording.Item, error) {
	lang := c.param("lang")
	if !slices.Contains(text.Languages, lang) {
		return wording.Item{}, referral.Errorf(referral.ErrNotFound, "error.text_unknown")
	}
	x, err := a.d.Wording.Change(c.ctx, c.actor, c.param("key"), wording.Input{lang: words}, reason)
	var wrong *referral.Error
	if errors.As(err, &wrong) {
		for i := range wrong.Fields {
			if wrong.Fields[i].Field == "/"+lang {
				wrong.Fields[i].Field = "/text"
			}
		}
	}
	return x, err
}
