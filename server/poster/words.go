package poster

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/text"
)

// CheckTexts says whether the words of a language have room on every paper for
// what a sheet says, as a draft and in print, and whether the fonts have their
// signs. Faults are at "/{paper}/{block}" and "/{text}".
func CheckTexts(l *text.Language, s Sheet) error {
	f, err := openFonts()
	if err != nil {
		return err
	}
	l = l.Fixed()
	var faults referral.Faults
	for _, key := range l.Keys() {
		if name, ours := strings.CutPrefix(key, "poster."); ours && name != "document" {
			checkSigns(&faults, "/"+name, l.T(key), f)
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	shape, err := qr.Trace(s.ScanURL, "Q")
	if err != nil {
		return err
	}
	for _, paper := range slices.Sorted(maps.Keys(sizes)) {
		for _, s.Draft = range []bool{false, true} {
			key := "error.text_poster"
			if paper == referral.PaperStickers {
				key = "error.text_sticker"
				_, err = sticker(f, l, &s, shape, 0)
			} else {
				_, err = notice(f, l, &s, shape, sizes[paper][0])
			}
			var full *referral.Error
			switch {
			case err == nil:
			case !errors.As(err, &full):
				return err
			default:
				for _, block := range full.Fields {
					faults.Add("/"+string(paper)+block.Field, key, "paper", string(paper))
				}
			}
		}
	}
	return faults.Err()
}
