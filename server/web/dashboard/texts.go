package dashboard

import (
	"context"
	"net/url"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
	"lensan/server/wording"
)

// Wording is what keeps the words that the public reads.
type Wording interface {
	Texts(referral.Actor, wording.Query) ([]wording.Item, error)
	Text(a referral.Actor, key string) (wording.Item, error)
	Change(ctx context.Context, a referral.Actor, key string, in wording.Input, reason string) (wording.Item, error)
	Undo(ctx context.Context, a referral.Actor, key string, change int64, reason string) error
	History(ctx context.Context, a referral.Actor, key string, p registry.Page) ([]referral.Change, string, error)
}

const textsPath = Root + "/van-ban"

type textsData struct {
	Search      string
	OnlyChanged bool
	Tabs        []link
	Groups      []textGroup
	Changed     int // of all texts
	All         string
}

// textGroup is the texts that are read in one place.
type textGroup struct {
	Name, Where string
	Rows        []textRow
}

type textRow struct {
	Key, Href string
	Words     []textWords
	Changed   bool // or Stale
	Own       bool // some words are not the default's
	Stale     bool // some that are kept are not in force
}

// textWords is a text in one language, cut where it is long.
type textWords struct {
	Lang, Now, Default string
	Changed            bool
}

// How much of a text is shown, in characters.
const (
	mostInList  = 160
	mostInTitle = 70
)

// shortText ends a long text after a word.
func shortText(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	s = string(r[:most])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, " ,.:;") + "…"
}

// texts answers /van-ban?group=&q=&changed=: one group, or what was asked for
// in all of them.
func (d *Dashboard) texts(v *visit) error {
	changed, err := d.Wording.Texts(v.actor(), wording.Query{Changed: true})
	if err != nil {
		return err
	}
	data := textsData{Search: strings.TrimSpace(v.query.Get("q")), OnlyChanged: v.query.Get("changed") == checked, Changed: len(changed)}
	if len(data.Search) > longestFilter {
		data.Search = strings.ToValidUTF8(data.Search[:longestFilter], "")
	}
	q := wording.Query{Search: data.Search, Changed: data.OnlyChanged}
	here := ""
	if data.Search == "" && !data.OnlyChanged {
		here = wording.Groups()[0]
		q.Group = here
	}
	for _, group := range wording.Groups() {
		if here != "" && v.query.Get("group") == group {
			here, q.Group = group, group
		}
	}
	for _, group := range wording.Groups() {
		data.Tabs = append(data.Tabs, link{Label: v.l.T("dashboard.texts.group_" + group), Href: textsPath + "?group=" + group, Current: group == here})
	}
	list, err := d.Wording.Texts(v.actor(), q)
	if err != nil {
		return err
	}
	for _, x := range list {
		if n := len(data.Groups); n == 0 || data.Groups[n-1].Name != v.l.T("dashboard.texts.group_"+x.Group) {
			data.Groups = append(data.Groups, textGroup{Name: v.l.T("dashboard.texts.group_" + x.Group), Where: v.l.T("dashboard.texts.where_" + x.Group)})
		}
		g := &data.Groups[len(data.Groups)-1]
		g.Rows = append(g.Rows, textRowOf(x))
	}
	title := v.l.T("dashboard.texts.title_none")
	if len(changed) > 0 {
		title = v.l.T("dashboard.texts.title", "n", v.l.Number(int64(len(changed))))
	}
	return v.render("dash_texts.html", title, data)
}

func textRowOf(x wording.Item) textRow {
	row := textRow{Key: x.Key, Href: textsPath + "/" + url.PathEscape(x.Key), Changed: x.Changed()}
	for _, lang := range text.Languages {
		w := x.Words[lang]
		row.Stale, row.Own = row.Stale || w.Stale, row.Own || w.Changed
		row.Words = append(row.Words, textWords{Lang: lang, Now: shortText(w.Now, mostInList), Default: shortText(w.Default, mostInList), Changed: w.Changed})
	}
	return row
}
