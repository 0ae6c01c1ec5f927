package referral

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPages is how many pages of a portal are read besides its home pages.
const MaxPages = 5

const maxPageLength = 500 // bytes

// Page is a page of a portal: Path begins with a slash and may hold a query.
type Page struct{ Host, Path string }

// ParsePage reads a page of a portal with some hosts: a path ("/lien-ket"),
// which stands at the first of them, or an http(s) address at one of them,
// "www." or not. Home pages are none, they are read anyway. An *Error says what
// is wrong.
func ParsePage(text string, hosts []string) (Page, error) {
	bad := func(key string) (Page, error) { return Page{}, Errorf(ErrInvalid, key, "value", text) }
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxPageLength || !utf8.ValidString(text) || u.Fragment != "" || u.User != nil || u.Port() != "",
		strings.ContainsFunc(text, func(r rune) bool { return r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r) }):
		return bad("error.page")
	case len(hosts) == 0:
		return bad("error.page_hostless")
	}
	at := Page{Host: hosts[0], Path: u.RequestURI()}
	switch {
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(text, "/"):
	case (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Opaque == "":
		if at.Host = strings.ToLower(u.Hostname()); !OwnsHost(hosts, at.Host) {
			return bad("error.page_foreign")
		}
	default:
		return bad("error.page")
	}
	if at.Path == "/" {
		return bad("error.page_home")
	}
	return at, nil
}

// OwnsHost reports whether a host is one of some, "www." or not.
func OwnsHost(hosts []string, host string) bool {
	host = bareHost(host)
	for _, h := range hosts {
		if bareHost(h) == host {
			return true
		}
	}
	return false
}
