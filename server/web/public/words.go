package public

import (
	"fmt"

	"lensan/server/badge"
	"lensan/server/referral"
	"lensan/server/text"
)

// heaviest is the most that a badge may weigh on the wire, in bytes.
const heaviest = 3 << 10

// CheckBadges says whether the words of a language have room on badges and
// cards. Faults are at "/{style}/{line}" and "/card/figures".
func CheckBadges(l *text.Language) error {
	l = l.Fixed()
	var f referral.Faults
	for _, style := range looks {
		svg, err := badge.SVG(badgeTexts(l, style), badge.Options{Style: style, Lang: l.Code})
		if err != nil {
			if err := f.IncludeAt("/"+style, err); err != nil {
				return err
			}
			continue
		}
		if made := newFile(svg, "image/svg+xml"); len(made.brotli) > heaviest {
			f.Add("/"+style+"/weight", "error.text_heavy", "style", style, "size", fmt.Sprint(len(made.brotli)), "most", fmt.Sprint(heaviest))
		}
	}
	if len(cardFigures(l)) < figureLines {
		f.Add("/card/figures", "error.text_card", "letters", fmt.Sprint(lineLetters))
	}
	return f.Err()
}
