package wording

import "strings"

// A Group is the texts that are read in one place.
type Group struct {
	ID string // "hub"
	of []string
}

// groups are all that may be changed: what farmers and webmasters read. An
// entry that ends in a dot stands for every key that begins with it.
var groups = []Group{
	{"hub", []string{"public.hub."}},
	{"frame", []string{"public.skip", "public.nav", "public.other_lang", "public.footer", "public.not_payment"}},
	{"badge", []string{"badge.", "snippet.", "public.widget."}},
	{"poster", []string{"poster."}},
	{"verify", []string{"public.verify."}},
	{"report", []string{"public.report."}},
	{"home", []string{"public.home."}},
	{"figures", []string{"public.figures."}},
	{"embed", []string{"public.embed."}},
	{"guide", []string{"public.guide.", "cms."}},
	{"check", []string{"public.check."}},
	{"mail", []string{"mail.report_subject", "mail.report_body", "mail.silence_subject", "mail.silence_body"}},
}

// Groups returns the names of all groups in their order.
func Groups() []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.ID
	}
	return names
}

// groupOf returns the group of a key, "" for a text that may not be changed.
func groupOf(key string) string {
	for _, g := range groups {
		if covers(g.of, key) {
			return g.ID
		}
	}
	return ""
}

func covers(prefixes []string, key string) bool {
	for _, p := range prefixes {
		if key == p || strings.HasSuffix(p, ".") && strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
