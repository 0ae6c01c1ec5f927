package public

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// asked is what someone wants to know about: a code, the serial number of a
// printed sheet, or whether the two belong together.
type asked struct {
	Code   string          // tidied; it need not be one. "" if nothing looks like one
	Serial referral.Serial // 0 if none was typed, or none that can be
	Number string          // the serial number as it is shown: as typed if it cannot be one, "" if none was
}

// readAsked reads the search box, which takes a code, a serial number or both
// in either order, and a serial number that came apart from it. Text that is
// neither is returned tidied in Code, or leaves everything empty.
func readAsked(typed, number string) asked {
	typed, number = plainText(typed), plainText(number)
	a := asked{}
	if number != "" {
		a.setNumber(number)
	} else if code, rest := splitAsked(typed); rest != "" {
		a.setNumber(rest)
		typed = code
	} else if looksLikeSerial(typed) {
		a.setNumber(typed)
		return a
	}
	a.Code = tidy(typed)
	return a
}

func (a *asked) setNumber(s string) {
	var err error
	if a.Serial, err = referral.ParseSerial(s); err != nil {
		a.Serial, a.Number = 0, shorten(s)
		return
	}
	a.Number = a.Serial.String()
}

// splitAsked takes a code and a serial number apart that were typed in one
// box; rest is "" if there are not two.
func splitAsked(typed string) (code, rest string) {
	for i, r := range typed {
		if !unicode.IsSpace(r) && !strings.ContainsRune(",;/·", r) {
			continue
		}
		left, right := typed[:i], strings.Trim(typed[i:], " ,;/·")
		for _, pair := range [][2]string{{left, right}, {right, left}} {
			if isCode(pair[0]) && looksLikeSerial(pair[1]) {
				return pair[0], pair[1]
			}
		}
	}
	return "", ""
}

// isCode reports whether a text is a code, as people write it.
func isCode(s string) bool {
	_, err := referral.ParseCode(tidy(s))
	return err == nil
}

// looksLikeSerial reports whether a text is meant for a serial number: it is
// one, or has digits alone and too many for a code.
func looksLikeSerial(s string) bool {
	if _, err := referral.ParseSerial(s); err == nil {
		return true
	}
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Dash, r) && r != '.':
			return false
		}
	}
	return digits > referral.CodeLength
}

// plainText returns what was typed in NFKC (full-width digits become plain
// ones) with spaces of every kind as spaces; "" if it is too long to be meant.
func plainText(typed string) string {
	if len(typed) > maxTyped {
		typed = strings.Repeat("?", maxTyped) // tells apart from nothing
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, norm.NFKC.String(typed)))
}
