package classify

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed robots.txt
var robotsText string

// robots are the patterns of robots.txt.
type robots struct {
	not                 []string
	preview, bot        []pattern
	browser, compatible []pattern
}

// pattern is a lower-case text to look for; see robots.txt for its marks.
type pattern struct {
	text                 string
	start                bool // only at the start
	end                  bool // only at the end
	wordStart, wordFinal bool // no letter before, no letter after
}

func readRobots(text string) (*robots, error) {
	r := &robots{}
	sections := map[string]*[]pattern{"preview": &r.preview, "bot": &r.bot, "browser": &r.browser, "compatible": &r.compatible}
	section := ""
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		p := readPattern(line)
		if p.text == "" || p.text != strings.ToLower(p.text) {
			return nil, fmt.Errorf("robots.txt line %d: %q is not a lower-case pattern", n+1, line)
		}
		if list := sections[section]; list != nil {
			*list = append(*list, p)
		} else if section == "not" {
			r.not = append(r.not, p.text)
		} else {
			return nil, fmt.Errorf("robots.txt line %d: unknown section %q", n+1, section)
		}
	}
	return r, nil
}

func readPattern(s string) (p pattern) {
	s, p.start = strings.CutPrefix(s, "^")
	s, p.end = strings.CutSuffix(s, "$")
	s, p.wordStart = strings.CutPrefix(s, "|")
	s, p.wordFinal = strings.CutSuffix(s, "|")
	p.text = s
	return p
}

// match says whether a lower-cased User-Agent is a link preview's or a
// robot's. What is no browser's is a robot's: every browser names itself and
// an engine, and only Internet Explorer and its kin also say "compatible".
func (r *robots) match(ua string) (preview, bot bool) {
	for _, s := range r.not {
		if strings.Contains(ua, s) {
			ua = strings.ReplaceAll(ua, s, "")
		}
	}
	if anyOf(r.preview, ua) {
		return true, false
	}
	return false, anyOf(r.bot, ua) || !anyOf(r.browser, ua) ||
		strings.HasPrefix(ua, "mozilla/") && !strings.ContainsAny(ua, "(;") ||
		strings.Contains(ua, "(compatible") && !anyOf(r.compatible, ua)
}

func anyOf(patterns []pattern, s string) bool {
	for i := range patterns {
		if patterns[i].in(s) {
			return true
		}
	}
	return false
}

func (p *pattern) in(s string) bool {
	for at := 0; ; at++ {
		i := strings.Index(s[at:], p.text)
		if i < 0 {
			return false
		}
		at += i
		after := at + len(p.text)
		if (!p.start || at == 0) && (!p.end || after == len(s)) &&
			(!p.wordStart || at == 0 || !letter(s[at-1])) &&
			(!p.wordFinal || after == len(s) || !letter(s[after])) {
			return true
		}
		if p.start {
			return false
		}
	}
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' }
