package inspect

import (
	"net/url"
	"strings"

	"lensan/server/referral"
)

// Level is how much a finding matters.
type Level string

const (
	Good Level = "good" // as it should be
	Note Level = "note" // other than it was pasted, and works
	Bad  Level = "bad"  // does not work
)

// Finding is one thing that is true of a page. Key names a text in
// "public.check.…"; the same with "_mend" says what to do about it.
type Finding struct {
	Level Level
	Key   string
	Args  referral.Args
}

// Tiers are the forms of the snippet of a code that work on a page.
type Tiers struct{ Badge, Text, Script, Iframe bool }

// Report is what was found on a page.
type Report struct {
	Tiers    Tiers
	Findings []Finding // what matters most first
}

// Works reports whether the page carries a link to the code that leads there.
func (r Report) Works() bool { return r.Tiers.Badge || r.Tiers.Text || r.Tiers.Iframe }

// Worst is the gravest level found.
func (r Report) Worst() Level {
	worst := Good
	for _, f := range r.Findings {
		if f.Level == Bad {
			return Bad
		}
		if f.Level == Note {
			worst = Note
		}
	}
	return worst
}

// MaxSource is the size in bytes of what is read of a page.
const MaxSource = 1 << 20

// Page reports what a page's HTML, and the policies that came with it as
// Content-Security-Policy headers, say about a code under a base URL without a
// slash at its end. The HTML may be a fragment and may be broken.
func Page(source, base string, code referral.Code, policies []string) Report {
	if len(source) > MaxSource {
		source = source[:MaxSource]
	}
	own, err := url.Parse(base)
	if err != nil {
		return Report{}
	}
	r := reader{base: own, code: code}
	r.read(source)
	return r.report(append(policies, r.policies...))
}

// target is what an address of ours names.
type target struct {
	kind string // "go", "b", "f", "w"
	code referral.Code
	file string // of "w"
	ours bool   // at our own scheme and host; else the path alone looks like ours
	same bool   // at our own host
}

// look takes an address apart; ok is false for one that is not like ours.
func (r *reader) look(address string) (t target, ok bool) {
	address = strings.TrimSpace(address)
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return t, false
	}
	path, under := strings.CutPrefix(at.Path, r.base.Path+"/")
	if !under {
		return t, false
	}
	kind, rest, _ := strings.Cut(path, "/")
	t.kind = kind
	t.same = strings.EqualFold(at.Host, r.base.Host)
	t.ours = t.same && (at.Scheme == "" || at.Scheme == r.base.Scheme)
	switch kind {
	case "go", "f":
		rest, _, _ = strings.Cut(rest, "/")
	case "b":
		rest, _, _ = strings.Cut(rest, ".")
	case "w":
		t.file = rest
		return t, t.same && strings.HasPrefix(rest, "v") && strings.HasSuffix(rest, ".js")
	default:
		return t, false
	}
	t.code, err = referral.ParseCode(rest)
	return t, err == nil
}
