package public

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// maxTyped is the length in bytes of what someone may type or paste as a code.
const maxTyped = 300

// tidy returns what someone typed as a code, or pasted as an address with a
// code in it, in capitals and without the spaces, dashes and dots that people
// and chat programs add. It returns "" if what is left is no code's look:
// letters and digits, five to seven.
func tidy(typed string) string {
	if len(typed) > maxTyped {
		return ""
	}
	if decoded, err := url.PathUnescape(typed); err == nil {
		typed = decoded
	}
	if i := strings.IndexAny(typed, "?#"); i >= 0 {
		typed = typed[:i]
	}
	if _, rest, found := strings.Cut(typed, "://"); found {
		_, typed, _ = strings.Cut(rest, "/")
	}
	first := ""
	for _, segment := range strings.Split(typed, "/") {
		if slices.Contains(publicPaths, segment) {
			continue
		}
		s := squeeze(strings.TrimSuffix(strings.TrimSuffix(segment, ".svg"), ".png"))
		if _, err := referral.ParseCode(s); err == nil {
			return s
		}
		if first == "" {
			first = s
		}
	}
	return first
}

// publicPaths come before a code in an address.
var publicPaths = []string{"go", "b", "f", "qr", "nhung", "kiem-tra"}

func squeeze(segment string) string {
	out := make([]byte, 0, referral.CodeLength+1)
	for _, r := range norm.NFKC.String(segment) { // full-width letters
		switch r = unicode.ToUpper(r); {
		case r == 'Đ':
			r = 'D'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
		case unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("._,;:+'\"()", r):
			continue
		default:
			return ""
		}
		if len(out) > referral.CodeLength {
			return ""
		}
		out = append(out, byte(r))
	}
	if len(out) < referral.CodeLength-1 {
		return ""
	}
	return string(out)
}

// lookAlikes are the symbols that codes do without, and what they are read for.
var lookAlikes = map[byte]string{'0': "DQ", 'O': "DQ", 'I': "JT7", '1': "7JT", 'L': "JT", 'U': "V"}

// maxSuggested is how many codes are offered for a mistyped one.
const maxSuggested = 3

// suggest returns codes that exist and are one slip away from what was typed:
// look-alike symbols read for others, one symbol wrong, missing or too many,
// or two neighbours exchanged. The nearest slips come first; none is assumed.
func suggest(tidied string, find func(referral.Code) *referral.Link) []*referral.Link {
	var found []*referral.Link
	try := func(s string) {
		code, err := referral.ParseCode(s)
		if err != nil || len(found) == maxSuggested {
			return
		}
		if link := find(code); link != nil {
			for _, earlier := range found {
				if earlier.Code == code {
					return
				}
			}
			found = append(found, link)
		}
	}
	readings := readLookAlikes(tidied)
	for _, s := range readings {
		try(s)
	}
	for _, s := range readings {
		if len(found) == 0 {
			eachSlip(s, try)
		}
	}
	return found
}

// readLookAlikes replaces look-alikes by what they may stand for, in every
// combination; a few dozen at most are returned.
func readLookAlikes(s string) []string {
	const most = 36
	readings := []string{""}
	for i := range len(s) {
		options := lookAlikes[s[i]]
		if options == "" || len(readings)*len(options) > most {
			options = s[i : i+1]
		}
		next := make([]string, 0, len(readings)*len(options))
		for _, r := range readings {
			for j := range len(options) {
				next = append(next, r+options[j:j+1])
			}
		}
		readings = next
	}
	return readings
}

// eachSlip calls try with every text that is one slip away from s and has the
// length of a code.
func eachSlip(s string, try func(string)) {
	switch len(s) {
	case referral.CodeLength:
		for i := 0; i+1 < len(s); i++ {
			try(s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:])
		}
		for i := range len(s) {
			for j := range len(referral.Alphabet) {
				try(s[:i] + referral.Alphabet[j:j+1] + s[i+1:])
			}
		}
	case referral.CodeLength + 1:
		for i := range len(s) {
			try(s[:i] + s[i+1:])
		}
	case referral.CodeLength - 1:
		for i := range len(s) + 1 {
			for j := range len(referral.Alphabet) {
				try(s[:i] + referral.Alphabet[j:j+1] + s[i:])
			}
		}
	}
}
