package referral

import (
	"net/url"
	"strconv"
	"strings"
)

// Target is a destination's URL template, parsed and ready to be filled. The
// placeholders {code} {portal} {province} {campaign} {channel} may stand after
// the host; a template without any gets utm_source={portal}, utm_medium=
// {channel}, utm_campaign={campaign} and utm_content={code} appended, each left
// out when its value is empty.
type Target struct {
	parts    []targetPart
	host     string
	fragment string
	hasQuery bool // among parts
	tracked  bool // utm_ parameters are appended
}

type targetPart struct {
	literal string
	field   targetField
}

type targetField uint8

const (
	fieldNone targetField = iota
	fieldCode
	fieldPortal
	fieldProvince
	fieldCampaign
	fieldChannel
)

var fieldNames = map[string]targetField{"code": fieldCode, "portal": fieldPortal, "province": fieldProvince, "campaign": fieldCampaign, "channel": fieldChannel}

// TargetValues fill a template's placeholders.
type TargetValues struct {
	Code     Code
	Portal   string
	Province string // GSO code
	Campaign string
	Channel  Channel
}

// ParseTarget accepts https URLs, and http on loopback for trying things out.
// User info, control characters, backslashes and placeholders in the host are
// refused; the error wraps ErrInvalid.
func ParseTarget(template string) (*Target, error) {
	bad := func(key string) (*Target, error) { return nil, Errorf(ErrInvalid, key, "value", template) }
	if len(template) > 2000 || strings.IndexFunc(template, outsideURL) >= 0 {
		return bad("error.url")
	}
	body, fragment, found := strings.Cut(template, "#")
	parts, ok := parseParts(body)
	if !ok || strings.ContainsAny(fragment, "{}") {
		return bad("error.url_placeholder")
	}
	u, err := url.Parse(sample(parts))
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return bad("error.url")
	}
	if strings.Contains(hostPart(body), "{") {
		return bad("error.url_host")
	}
	host := strings.ToLower(u.Hostname())
	loopback := host == "localhost" || host == "127.0.0.1" || host == "::1"
	if !(u.Scheme == "https" || u.Scheme == "http" && loopback) || !(loopback || validHost(host)) || !validPort(u) {
		return bad("error.url")
	}
	t := &Target{parts: parts, host: u.Host, hasQuery: strings.Contains(body, "?"), tracked: !strings.Contains(body, "{")}
	if found {
		t.fragment = "#" + fragment
	}
	if len(body) == len(u.Scheme)+len("://")+len(u.Host) {
		t.parts = append(t.parts, targetPart{literal: "/"})
	}
	return t, nil
}

// outsideURL says which characters are refused wherever they stand: browsers
// read a backslash as a slash, and drop tabs and line ends.
func outsideURL(c rune) bool {
	return c <= ' ' || c == '\\' || c == '"' || c == '<' || c == '>' || c >= 0x7f
}

// parseParts splits a template at its placeholders; ok is false if a brace
// stands alone or a name is unknown.
func parseParts(body string) (parts []targetPart, ok bool) {
	for body != "" {
		literal, rest, open := strings.Cut(body, "{")
		part := targetPart{literal: literal}
		body = ""
		if open {
			name, after, closed := strings.Cut(rest, "}")
			if part.field, ok = fieldNames[name]; !ok || !closed {
				return nil, false
			}
			body = after
		}
		if strings.Contains(literal, "}") {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, true
}

// sample fills every placeholder with "x", which is no hexadecimal digit: an
// escape that a value would complete ("%2{code}") does not parse.
func sample(parts []targetPart) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.literal)
		if p.field != fieldNone {
			b.WriteByte('x')
		}
	}
	return b.String()
}

// tracking is what a template without placeholders gets appended.
var tracking = [...]targetPart{{"utm_source=", fieldPortal}, {"utm_medium=", fieldChannel}, {"utm_campaign=", fieldCampaign}, {"utm_content=", fieldCode}}

// validPort accepts no port, or one from 1 to 65535.
func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

// hostPart returns what stands between "://" and the path, query or fragment.
func hostPart(template string) string {
	_, rest, _ := strings.Cut(template, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// Host returns the host (with a port if there is one) to which every filled
// URL leads: what people are shown before they leave.
func (t *Target) Host() string { return t.host }

// Append appends the filled URL to dst. Values are percent-encoded, so that no
// value can change the URL's structure. extra is an encoded query string that
// is passed on, or "".
func (t *Target) Append(dst []byte, v TargetValues, extra string) []byte {
	for _, p := range t.parts {
		dst = append(dst, p.literal...)
		dst = appendEscaped(dst, v.of(p.field))
	}
	separator := byte('?')
	if t.hasQuery {
		separator = '&'
	}
	if t.tracked {
		for _, p := range tracking {
			if value := v.of(p.field); value != "" {
				dst = append(append(dst, separator), p.literal...)
				dst = appendEscaped(dst, value)
				separator = '&'
			}
		}
	}
	if extra != "" {
		dst = append(append(dst, separator), extra...)
	}
	return append(dst, t.fragment...)
}

func (v *TargetValues) of(field targetField) string {
	switch field {
	case fieldCode:
		return string(v.Code)
	case fieldPortal:
		return v.Portal
	case fieldProvince:
		return v.Province
	case fieldCampaign:
		return v.Campaign
	case fieldChannel:
		return v.Channel.String()
	}
	return ""
}

func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
