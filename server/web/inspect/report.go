package inspect

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"lensan/server/referral"
)

// notes collects findings, each once.
type notes struct{ list []Finding }

func (n *notes) add(level Level, key string, nameValue ...string) {
	f := Finding{Level: level, Key: "public.check." + key}
	for i := 0; i+1 < len(nameValue); i += 2 {
		if f.Args == nil {
			f.Args = referral.Args{}
		}
		f.Args[nameValue[i]] = nameValue[i+1]
	}
	for _, other := range n.list {
		if other.Key == f.Key && len(f.Args) == 0 {
			return
		}
	}
	n.list = append(n.list, f)
}

func (r *reader) report(policies []string) Report {
	var n notes
	var tiers Tiers
	others := map[referral.Code]bool{}
	for _, a := range r.anchors {
		if a.code != r.code {
			if a.same {
				others[a.code] = true
			}
			continue
		}
		r.anchor(a, &n, &tiers)
	}
	for _, p := range r.pictures {
		if p.code == r.code {
			n.add(Bad, "link_lost")
		}
	}
	r.frames(&n, &tiers)
	r.checkScripts(&n, &tiers)
	found := Report{Tiers: tiers}
	if len(n.list) == 0 || !found.Works() && len(r.anchors) == 0 {
		if r.escaped {
			n.add(Bad, "escaped")
		} else if len(n.list) == 0 {
			n.add(Bad, "nothing")
		}
	}
	r.blocked(policies, &n, tiers)
	if len(others) > 0 {
		var list []string
		for code := range others {
			list = append(list, string(code))
		}
		sort.Strings(list)
		n.add(Note, "other_code", "codes", strings.Join(list[:min(len(list), 5)], ", "))
	}
	order := map[Level]int{Bad: 0, Good: 1, Note: 2}
	sort.SliceStable(n.list, func(i, j int) bool { return order[n.list[i].Level] < order[n.list[j].Level] })
	found.Findings = n.list
	return found
}

func (r *reader) anchor(a anchor, n *notes, tiers *Tiers) {
	if !a.ours {
		if a.same {
			n.add(Note, "scheme", "base", r.base.String())
		} else {
			n.add(Bad, "wrong_host", "base", r.base.String())
			return
		}
	}
	switch p := a.picture; {
	case p == nil && a.words:
		tiers.Text = true
		n.add(Good, "text")
	case p == nil:
		n.add(Bad, "empty")
	case p.moved:
		tiers.Badge = true
		n.add(Note, "moved")
	case !p.known:
		tiers.Text = a.words
		n.add(Bad, "picture_changed")
	case p.code != r.code:
		tiers.Badge = true
		n.add(Bad, "picture_of_other", "code", string(p.code))
	default:
		tiers.Badge = true
		n.add(Good, "badge")
	}
	if p := a.picture; p != nil && p.known {
		if !p.sized {
			n.add(Note, "size_lost")
		}
		if !p.said {
			n.add(Bad, "alt_lost")
		}
		if p.srcset {
			n.add(Note, "srcset")
		}
	}
	switch {
	case a.window != "_blank":
		n.add(Note, "target_lost")
	case !slices.Contains(a.rel, "noopener") && !slices.Contains(a.rel, "noreferrer"):
		n.add(Note, "rel_lost")
	}
	if slices.Contains(a.rel, "noreferrer") {
		n.add(Note, "noreferrer")
	}
}

func (r *reader) frames(n *notes, tiers *Tiers) {
	for _, f := range r.iframes {
		switch {
		case f.empty:
			n.add(Bad, "iframe_src_lost")
		case f.code != r.code:
		case !f.same:
			n.add(Bad, "wrong_host", "base", r.base.String())
		case f.moved:
			tiers.Iframe = true
			n.add(Note, "moved")
		default:
			tiers.Iframe = true
			n.add(Good, "iframe")
		}
	}
}

func (r *reader) checkScripts(n *notes, tiers *Tiers) {
	if len(r.scripts) > 1 {
		n.add(Note, "script_twice", "count", strconv.Itoa(len(r.scripts)))
	}
	for _, s := range r.scripts {
		switch {
		case s.inert:
			n.add(Bad, "script_inert")
			continue
		case s.integrity != "" && !s.crossOrigin:
			n.add(Bad, "script_cors")
			continue
		case s.integrity != "" && !s.pinned():
			n.add(Bad, "script_evergreen_integrity")
		case s.pinned():
			tiers.Script = true
			n.add(Good, "script_pinned", "file", s.file)
		default:
			tiers.Script = true
			n.add(Good, "script")
		}
		if !s.async {
			n.add(Note, "script_sync")
		}
	}
	if tiers.Script && !tiers.Badge {
		n.add(Note, "script_alone")
	}
}

// pinned reports whether the file is v1.{hash}.js.
func (s script) pinned() bool { return strings.Count(s.file, ".") == 2 }

// blocked names what the page's policies do not let through.
func (r *reader) blocked(policies []string, n *notes, tiers Tiers) {
	origin := r.base.Scheme + "://" + r.base.Host
	for _, header := range policies {
		for _, text := range strings.Split(header, ",") {
			p := parsePolicy(text)
			if tiers.Badge && !p.allows(r.base, "img-src") {
				n.add(Bad, "csp_img", "line", "img-src "+origin)
			}
			if tiers.Iframe && !p.allows(r.base, "frame-src", "child-src") {
				n.add(Bad, "csp_frame", "line", "frame-src "+origin)
			}
			if !tiers.Script {
				continue
			}
			if !slices.ContainsFunc(r.scripts, func(s script) bool { return p.runs(r.base, s) }) {
				n.add(Bad, "csp_script", "line", "script-src "+origin)
			}
			if !p.allows(r.base, "connect-src") {
				n.add(Note, "csp_connect", "line", "connect-src "+origin)
			}
		}
	}
}
