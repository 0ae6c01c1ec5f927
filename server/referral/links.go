package referral

import (
	"fmt"
	"sort"
	"sync/atomic"
)

// Snapshot is all of the registry that redirects depend on, read in one
// transaction.
type Snapshot struct {
	Destinations []Destination
	Portals      []Portal
	Campaigns    []Campaign
	Placements   []Link // as they are registered; BuildLinks resolves them and takes them over
	Batches      []PrintBatch
	Places       []PrintPlace // number, code, batch and serial numbers alone
	Release      Release
}

// Links is the link table: every placement resolved, in memory. It is
// immutable; LinkTable swaps it whole.
type Links struct {
	links        []Link
	byCode       codeIndex
	byID         map[string]*LinkDestination
	destinations []*LinkDestination // by Position, then ID
	provinces    *Provinces
	byHost       map[string]*LinkPortal
	sheets       []sheets // by serial number
	prints       map[Code]*LinkPrint
	release      Release
}

// LinkDestination is a destination ready to be filled.
type LinkDestination struct {
	Destination
	Target *Target
	Dead   bool // the health check found it dead
}

// Open reports whether people can be sent there now.
func (d *LinkDestination) Open() bool { return !d.Paused && !d.Dead }

// Link is one resolved placement.
type Link struct {
	Num   int64
	Code  Code
	Label string
	*LinkWay
}

// LinkWay is what links have in common. There may be a million links, so those
// that can should share it.
type LinkWay struct {
	Kind     PlacementKind
	State    PlacementState
	PortalID string
	Campaign string // ID
	Wanted   string // ID of the destination registered, or HubID

	Portal      *LinkPortal
	CampaignNum int64
	// Destination is where the code leads now, with a dead or paused
	// destination replaced by its fallback; nil stands for the hub page.
	Destination *LinkDestination
}

// LinkPortal is a portal with the provinces that it passes through.
type LinkPortal struct {
	Num   int64
	ID    string
	Name  string
	Hosts []string
	stays []stay // by day
}

type stay struct {
	until    Day // NoDay: for good
	province *Province
}

// Province returns the province that the portal belongs to on a day.
func (p *LinkPortal) Province(day Day) *Province {
	for i := range p.stays {
		if s := &p.stays[i]; s.until == NoDay || day <= s.until {
			return s.province
		}
	}
	return p.stays[len(p.stays)-1].province
}

// BuildLinks resolves a snapshot. dead names the destinations that the health
// check found dead. A placement whose portal is missing is an error; one whose
// destination is missing leads to the hub.
func BuildLinks(s Snapshot, provinces *Provinces, dead map[string]bool) (*Links, error) {
	l := &Links{links: s.Placements, byCode: indexCodes(s.Placements), byID: map[string]*LinkDestination{}, provinces: provinces,
		byHost: map[string]*LinkPortal{}, release: s.Release}
	for _, d := range s.Destinations {
		target, err := ParseTarget(d.URL)
		if err != nil {
			return nil, fmt.Errorf("destination %s: %w", d.ID, err)
		}
		ld := &LinkDestination{Destination: d, Target: target, Dead: dead[d.ID]}
		l.byID[d.ID] = ld
		l.destinations = append(l.destinations, ld)
	}
	sort.Slice(l.destinations, func(i, j int) bool {
		a, b := l.destinations[i], l.destinations[j]
		if a.Position != b.Position {
			return a.Position < b.Position
		}
		return a.ID < b.ID
	})
	portals := make(map[string]*LinkPortal, len(s.Portals))
	for _, p := range s.Portals {
		lp := &LinkPortal{Num: p.Num, ID: p.ID, Name: p.Name, Hosts: p.Hosts}
		for province := provinces.ByID(p.Origin()); province != nil; province = provinces.ByID(province.Successor) {
			lp.stays = append(lp.stays, stay{province.ValidTo, province})
		}
		if len(lp.stays) == 0 {
			return nil, fmt.Errorf("portal %s: province %d is unknown: %w", p.ID, p.Province, ErrInvalid)
		}
		portals[p.ID] = lp
		for _, host := range p.Hosts {
			l.byHost[bareHost(host)] = lp
		}
	}
	campaigns := make(map[string]int64, len(s.Campaigns))
	for _, c := range s.Campaigns {
		campaigns[c.ID] = c.Num
	}
	resolved := map[*LinkWay]bool{}
	for i := range l.links {
		link := &l.links[i]
		if resolved[link.LinkWay] {
			continue
		}
		if link.Portal = portals[link.PortalID]; link.Portal == nil {
			return nil, fmt.Errorf("placement %s: portal %s is unknown: %w", link.Code, link.PortalID, ErrInvalid)
		}
		link.CampaignNum, link.Destination = campaigns[link.Campaign], nil
		if link.State == PlacementOpen {
			link.Destination = l.openDestination(link.Wanted)
		}
		resolved[link.LinkWay] = true
	}
	l.addPrints(s)
	return l, nil
}

// openDestination follows fallbacks from id to a destination that is open; nil
// if there is none, and for the hub.
func (l *Links) openDestination(id string) *LinkDestination {
	for steps := 0; steps <= len(l.destinations); steps++ {
		d := l.byID[id]
		if d == nil || d.Open() {
			return d
		}
		id = d.FallbackID
	}
	return nil
}

// Find returns nil if no placement has the code.
func (l *Links) Find(code Code) *Link { return l.byCode.find(l.links, code) }

// Choose returns the destination that someone picked on the hub or a card, its
// fallback if it is not open, or nil if neither can be reached.
func (l *Links) Choose(id string) *LinkDestination { return l.openDestination(id) }

// Destinations returns all destinations in the order of the hub. Do not change it.
func (l *Links) Destinations() []*LinkDestination { return l.destinations }

// Len returns the number of placements.
func (l *Links) Len() int { return len(l.links) }

// Values returns what fills a target's placeholders for a click on a day.
func (l *Link) Values(channel Channel, day Day) TargetValues {
	return TargetValues{Code: l.Code, Portal: l.Portal.ID, Province: l.Portal.Province(day).Code, Campaign: l.Campaign, Channel: channel}
}

// LinkTable holds the Links in force. Reading is one atomic load. Its zero
// value is empty and not Ready.
type LinkTable struct{ current atomic.Pointer[Links] }

// Load returns the links in force; nil before the first Swap.
func (t *LinkTable) Load() *Links { return t.current.Load() }

// Swap puts new links in force for every request that comes after.
func (t *LinkTable) Swap(l *Links) { t.current.Store(l) }
