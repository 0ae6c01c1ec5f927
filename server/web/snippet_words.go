package web

import (
	"strings"

	"lensan/server/referral"
	"lensan/server/text"
)

// spoilt are the signs that editors of portals damage in an attribute, as they
// are or escaped: see snippet_test.go and package cms.
const spoilt = `:!'"#<>&`

// CheckWords says whether the words of snippets survive the editors of portals;
// the fault is at "/alt".
func CheckWords(l *text.Language) error {
	var f referral.Faults
	if strings.ContainsAny(l.T("snippet.alt"), spoilt) {
		f.Add("/alt", "error.text_signs", "signs", strings.Join(strings.Split(spoilt, ""), " "))
	}
	return f.Err()
}
