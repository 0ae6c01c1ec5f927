package public

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

// cards answers GET /w/v1.json, what the enhancer writes on all cards of a
// page, in each language and in the order of its lines:
//
//	{"vi":[["","Gần 3,1 triệu hộ…"],["guide","Xem hướng dẫn từng bước"],…],"en":[…]}
//
// The first of each pair is a destination of /go/{code}/{destination}, or ""
// for a figure that the ministry publishes. It is cached like the badges: a
// destination that closes stays on cards for up to an hour, and /go leads to
// its fallback or the hub meanwhile.
type cards struct {
	links *referral.LinkTable
	pages *web.Pages
	last  atomic.Pointer[cardFile]
}

// cardFile is the answer made of one link table and one version of the texts.
type cardFile struct {
	of    *referral.Links
	texts int64
	file
}

type cardLine [2]string

// A card has room for two lines of figures, of some 42 letters each.
const (
	figureLines = 2
	lineLetters = 42
)

// figures returns the figures from top to bottom, as many as there is room for.
// The first is that of the picture.
func cardFigures(l *text.Language) (list []string) {
	room := figureLines
	for _, figure := range []string{strings.TrimSpace(l.T("badge.figure") + " " + l.T("badge.note")), l.T("public.widget.figure2")} {
		room -= (utf8.RuneCountInString(figure) + lineLetters - 1) / lineLetters
		if figure != "" && room >= 0 {
			list = append(list, figure)
		}
	}
	return list
}

func (h *cards) handle(c *fiber.Ctx) error {
	links := h.links.Load()
	if links == nil {
		return referral.Errorf(referral.ErrUnavailable, "error.links_not_loaded")
	}
	made, version := h.last.Load(), h.pages.Text(text.Languages[0]).Version()
	if made == nil || made.of != links || made.texts != version {
		byLang := map[string][]cardLine{}
		for _, lang := range text.Languages {
			byLang[lang] = cardLines(links, h.pages.Text(lang))
		}
		body, err := json.Marshal(byLang)
		if err != nil {
			return err
		}
		made = &cardFile{links, version, newFile(body, "application/json")}
		h.last.Store(made)
	}
	return made.send(c, evergreen)
}

// cardLines returns the figures and then the open destinations in the order of
// the hub, without the ministries: a card is for those who want to sell.
func cardLines(links *referral.Links, l *text.Language) []cardLine {
	var lines []cardLine
	for _, figure := range cardFigures(l) {
		lines = append(lines, cardLine{"", figure})
	}
	for _, d := range links.Destinations() {
		if d.Open() && d.Kind != referral.KindMinistry {
			lines = append(lines, cardLine{d.ID, d.Name.In(l.Code)})
		}
	}
	return lines
}
