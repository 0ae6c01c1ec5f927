package referral

import (
	"net/mail"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func checkID(f *Faults, field, id string) {
	switch {
	case id == "":
		f.Add(field, "error.required")
	case !validID(id):
		f.Add(field, "error.id", "value", id)
	}
}

// validID accepts 1 to 64 of a-z 0-9 - _ with a letter or digit first.
func validID(id string) bool {
	if len(id) == 0 || len(id) > 64 || id[0] == '-' || id[0] == '_' {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func checkText(f *Faults, field, s string, maxRunes int) {
	if strings.TrimSpace(s) == "" {
		f.Add(field, "error.required")
		return
	}
	checkOptionalText(f, field, s, maxRunes)
}

func checkOptionalText(f *Faults, field, s string, maxRunes int) {
	switch {
	case !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0:
		f.Add(field, "error.text")
	case utf8.RuneCountInString(s) > maxRunes:
		f.Add(field, "error.too_long", "max", strconv.Itoa(maxRunes))
	}
}

// checkOptionalLines is checkOptionalText for a text of several lines.
func checkOptionalLines(f *Faults, field, s string, maxRunes int) {
	checkOptionalText(f, field, strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s), maxRunes)
}

// validHost accepts a host name in lower case (RFC 1123, punycode for others),
// without port, at most 253 bytes.
func validHost(host string) bool {
	if len(host) == 0 || len(host) > MaxReferrer {
		return false
	}
	for _, label := range strings.Split(host, ".") {
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := 0; i < len(label); i++ {
			c := label[i]
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
				return false
			}
		}
	}
	return true
}

func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == "" && len(s) <= 254
}

func validParam(s string) bool {
	if len(s) == 0 || len(s) > 40 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}

func pointerAt(base string, i int) string { return base + "/" + strconv.Itoa(i) }
