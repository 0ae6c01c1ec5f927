package cms

import "strings"

var (
	joomlaTags       = list("applet body bgsound base basefont canvas embed frame frameset head html id iframe ilayer layer link meta name object script style title xml")
	joomlaAttributes = list("action background codebase dynsrc formaction lowsrc")
)

// joomla models the default text filter, which forbids some tags and lets all
// others pass. What stood inside a forbidden tag stays as words.
func joomla(source string) string {
	return rules{
		tag:    func(p piece) bool { return onOneLine(p) && !joomlaTags[p.name] },
		inside: []string{"script", "style", "iframe"},
		keep: func(_ string, a attribute) bool {
			return a.spaced && !a.bare && !isEvent(a.name) && !joomlaAttributes[a.name] && !scripted(a.value)
		},
		rewrite: func(_ string, a *attribute) {
			a.value = strings.ReplaceAll(a.value, "&#", "")
		},
		finish: swallow,
	}.apply(source)
}

// swallow spoils a single-quoted value with double quotes in it: the quotes
// go, and what follows in the tag becomes part of the value.
func swallow(p *piece) {
	for i, a := range p.attributes {
		if a.quote != '\'' || !strings.Contains(a.value, `"`) {
			continue
		}
		value := "'" + strings.ReplaceAll(a.value, `"`, "") + "'"
		for _, next := range p.attributes[i+1:] {
			value += " " + next.name + "=" + next.value
		}
		p.attributes[i].value = value
		p.attributes = p.attributes[:i+1]
		return
	}
}
