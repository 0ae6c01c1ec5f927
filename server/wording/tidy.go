package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// tidy returns s in NFC, with single spaces, without space at its ends and
// without characters that nobody sees, which come along when a text is pasted.
// Where there may be no lines, their ends are spaces.
func tidy(s string, lines bool) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	if !lines {
		return tidyLine(s)
	}
	list := strings.Split(s, "\n")
	for i := range list {
		list[i] = tidyLine(list[i])
	}
	return strings.Trim(strings.Join(list, "\n"), "\n")
}

func tidyLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// unreadable reports whether a tidy text has control characters, or stands for
// bytes that were no text.
func unreadable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == '\uFFFD' || r != '\n' && unicode.IsControl(r) })
}

const maxReason = 500 // characters

// checkReason notes why a change is made, which must be said.
func checkReason(f *referral.Faults, reason string) string {
	reason = tidy(reason, true)
	switch {
	case reason == "":
		f.Add("/reason", "error.reason_missing")
	case len([]rune(reason)) > maxReason:
		f.Add("/reason", "error.too_long", "max", "500")
	case unreadable(reason):
		f.Add("/reason", "error.text")
	}
	return reason
}
