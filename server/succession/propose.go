package succession

import (
	"cmp"
	"slices"
	"strings"

	"lensan/server/registry"
)

// Reason says why something is proposed.
type Reason string

// The reasons.
const (
	WhyAlone      Reason = "alone"       // no other portal of the province is of the same office: it is kept as it is
	WhySameOffice Reason = "same_office" // another one is, and likelier to stay: it is merged into that
	WhyReceives   Reason = "receives"    // others are to be merged into it: it is registered under the new province
)

// propose says what to do about each open portal. Portals of one office, in the
// provinces that became one, become one portal.
func (g *Group) propose() {
	open, offices, officeOf := map[string]bool{}, map[string][]Candidate{}, map[string]string{}
	for _, p := range g.Portals {
		open[p.ID] = p.State == Open
	}
	for _, c := range g.Candidates { // the likeliest first
		if c.office != "" && (open[c.ID] || c.Registered == g.Province) {
			offices[c.office] = append(offices[c.office], c)
			officeOf[c.ID] = c.office
		}
	}
	for i := range g.Portals {
		p := &g.Portals[i]
		if p.State != Open {
			continue
		}
		p.Proposal, p.Why = registry.SuccessionChoice{Portal: p.ID, Do: registry.DecideKeep}, WhyAlone
		mates := offices[officeOf[p.ID]]
		if len(mates) < 2 {
			continue
		}
		if stays := mates[0]; stays.ID != p.ID {
			p.Proposal.Do, p.Proposal.Into, p.Why = registry.DecideMerge, stays.ID, WhySameOffice
		} else {
			p.Proposal.Do, p.Why = registry.DecideRegister, WhyReceives
		}
	}
}

// likelier orders portals by how likely others are to be merged into them:
// those registered under the new province, of an office of today, of the
// province whose name the new one bears, with the most clicks.
func (g *Group) likelier(a, b Candidate) int {
	yes := func(x, y bool) int {
		if x == y {
			return 0
		} else if x {
			return -1
		}
		return 1
	}
	named := func(c Candidate) bool { return c.Registered.NameVi == g.Province.NameVi }
	today := func(c Candidate) bool { return c.words == c.office }
	return cmp.Or(yes(a.Registered == g.Province, b.Registered == g.Province), yes(today(a), today(b)), yes(named(a), named(b)),
		cmp.Compare(b.Arrivals, a.Arrivals), cmp.Compare(a.ID, b.ID))
}

// Short forms that departments write in the names of their portals.
var shortForms = map[string]string{
	"tt&tt": "thong tin va truyen thong", "tttt": "thong tin va truyen thong", "kh&cn": "khoa hoc va cong nghe", "khcn": "khoa hoc va cong nghe",
	"nn&ptnt": "nong nghiep va phat trien nong thon", "nn-ptnt": "nong nghiep va phat trien nong thon", "nnptnt": "nong nghiep va phat trien nong thon",
	"nn&mt": "nong nghiep va moi truong", "nnmt": "nong nghiep va moi truong", "tn&mt": "tai nguyen va moi truong", "tnmt": "tai nguyen va moi truong",
}

// becameOffice are the departments that were folded into others from 1 March 2025.
var becameOffice = map[string]string{
	"so thong tin va truyen thong":           "so khoa hoc va cong nghe",
	"so nong nghiep va phat trien nong thon": "so nong nghiep va moi truong",
	"so tai nguyen va moi truong":            "so nong nghiep va moi truong",
}

// wordsOf is a portal's name without accents, short forms and places.
func wordsOf(name string, places []string) string {
	var long []string
	for _, word := range strings.Fields(strings.ReplaceAll(registry.SearchKey(name), " & ", "&")) {
		word = strings.Trim(word, ".,;:()–-")
		long = append(long, cmp.Or(shortForms[word], word))
	}
	key := " " + strings.Join(long, " ") + " "
	for _, place := range places {
		key = strings.ReplaceAll(key, " "+place+" ", " ")
	}
	return strings.Join(strings.Fields(key), " ")
}

// places are the words that name the group's provinces, the longest first.
func (g *Group) places() []string {
	var names []string
	for _, p := range append(slices.Clone(g.Former), g.Province) {
		for _, name := range []string{registry.SearchKey(p.NameVi), registry.SearchKey(p.NameEn)} {
			names = append(names, "tinh "+name, "thanh pho "+name, "tp "+name, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(names)
}
