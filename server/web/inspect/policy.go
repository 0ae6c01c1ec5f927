package inspect

import (
	"net/url"
	"slices"
	"strings"
)

// policy is a parsed Content-Security-Policy (CSP Level 3, 6.7.2).
type policy map[string][]string

func parsePolicy(text string) policy {
	p := policy{}
	for _, directive := range strings.Split(text, ";") {
		words := strings.Fields(directive)
		if len(words) == 0 {
			continue
		}
		if name := strings.ToLower(words[0]); p[name] == nil {
			p[name] = append([]string{}, words[1:]...)
		}
	}
	return p
}

// sources returns the list that holds for a directive; ok is false if
// everything may load.
func (p policy) sources(names ...string) (list []string, ok bool) {
	for _, name := range append(names, "default-src") {
		if list, ok := p[name]; ok {
			return list, true
		}
	}
	return nil, false
}

// allows reports whether the first directive that exists, or default-src, lets
// the base address through.
func (p policy) allows(base *url.URL, names ...string) bool {
	list, restricted := p.sources(names...)
	return !restricted || slices.ContainsFunc(list, func(source string) bool { return matches(source, base) })
}

// runs reports whether a script element may run. A nonce is believed: it is
// another on each answer.
func (p policy) runs(base *url.URL, s script) bool {
	list, restricted := p.sources("script-src-elem", "script-src")
	if !restricted {
		return true
	}
	strict := false
	for _, source := range list {
		lower := strings.ToLower(source)
		switch {
		case strings.HasPrefix(lower, "'nonce-") && s.nonce != "":
			return true
		case strings.HasPrefix(lower, "'sha") && s.integrity != "" && slices.Contains(strings.Fields(s.integrity), strings.Trim(source, "'")):
			return true
		case lower == "'strict-dynamic'":
			strict = true
		}
	}
	return !strict && slices.ContainsFunc(list, func(source string) bool { return matches(source, base) })
}

// matches reports whether a source expression lets an origin through. 'self'
// is the page's own host and not ours.
func matches(source string, base *url.URL) bool {
	source = strings.ToLower(source)
	switch {
	case source == "*":
		return true
	case strings.HasPrefix(source, "'"):
		return false
	case strings.HasSuffix(source, ":"):
		return upgrades(strings.TrimSuffix(source, ":"), base.Scheme)
	}
	if scheme, rest, ok := strings.Cut(source, "://"); ok {
		if !upgrades(scheme, base.Scheme) {
			return false
		}
		source = rest
	}
	host, path, _ := strings.Cut(source, "/")
	if path != "" && !strings.HasSuffix(path, "/") {
		return false // one file of ours at most
	}
	host, port, named := strings.Cut(host, ":")
	if named && port != "*" && port != portOf(base) {
		return false
	}
	if !named && base.Port() != "" && base.Port() != standardPort(base.Scheme) {
		return false
	}
	own := strings.ToLower(base.Hostname())
	if suffix, wild := strings.CutPrefix(host, "*."); wild {
		return strings.HasSuffix(own, "."+suffix)
	}
	return host == own
}

func upgrades(allowed, scheme string) bool {
	return allowed == scheme || allowed == "http" && scheme == "https"
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return standardPort(u.Scheme)
}

func standardPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}
