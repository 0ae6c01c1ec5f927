package referral

import (
	"net/url"
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
	hasQuery bool
}

type targetPart struct {
	literal string
	field   targetField
	omit    bool // leave literal out too when the field is empty (appended utm_)
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
	if len(template) > 2000 {
		return bad("error.url")
	}
	for i := 0; i < len(template); i++ {
		if c := template[i]; c <= ' ' || c == '\\' || c == '"' || c == '<' || c == '>' || c >= 0x7f {
			return bad("error.url")
		}
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(template))
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return bad("error.url")
	}
	host := strings.ToLower(u.Hostname())
	loopback := host == "localhost" || host == "127.0.0.1" || host == "::1"
	if !(u.Scheme == "https" || u.Scheme == "http" && loopback) || !(loopback || validHost(host)) {
		return bad("error.url")
	}
	if strings.Contains(hostPart(template), "{") {
		return bad("error.url_host")
	}
	t := &Target{host: u.Host}
	body, fragment, found := strings.Cut(template, "#")
	if found {
		t.fragment = "#" + fragment
	}
	if strings.ContainsAny(t.fragment, "{}") {
		return bad("error.url_placeholder")
	}
	t.hasQuery = strings.Contains(body, "?")
	if !t.hasQuery && len(body) == len(u.Scheme)+len("://")+len(u.Host) {
		body += "/"
	}
	if !strings.ContainsAny(body, "{}") {
		t.appendTracking(body)
		return t, nil
	}
	for body != "" {
		literal, rest, open := strings.Cut(body, "{")
		if !open {
			t.parts = append(t.parts, targetPart{literal: literal})
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		field, known := fieldNames[name]
		if !closed || !known || strings.Contains(literal, "}") {
			return bad("error.url_placeholder")
		}
		t.parts = append(t.parts, targetPart{literal: literal, field: field})
		body = after
	}
	for _, p := range t.parts {
		if strings.Contains(p.literal, "}") {
			return bad("error.url_placeholder")
		}
	}
	return t, nil
}

func (t *Target) appendTracking(body string) {
	t.parts = []targetPart{{literal: body}}
	separator := "?"
	if t.hasQuery {
		separator = "&"
	}
	for _, p := range []targetPart{
		{literal: "utm_source=", field: fieldPortal}, {literal: "utm_medium=", field: fieldChannel},
		{literal: "utm_campaign=", field: fieldCampaign}, {literal: "utm_content=", field: fieldCode},
	} {
		p.literal, p.omit = separator+p.literal, true
		t.parts = append(t.parts, p)
		separator = "&"
	}
	t.hasQuery = true
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
		value := v.of(p.field)
		if p.omit && value == "" {
			continue
		}
		dst = append(dst, p.literal...)
		dst = appendEscaped(dst, value)
	}
	if extra != "" {
		if t.hasQuery {
			dst = append(dst, '&')
		} else {
			dst = append(dst, '?')
		}
		dst = append(dst, extra...)
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
