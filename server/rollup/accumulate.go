package rollup

import (
	"fmt"
	"strings"

	"github.com/axiomhq/hyperloglog"

	"lensan/server/classify"
	"lensan/server/referral"
)

// Bounds of an Accumulator, past which it is Full.
const (
	maxClicks = 100_000
	maxCells  = 40_000
	maxHosts  = 2_000
)

// OtherHost stands in ByReferrer for all hosts of a delta beyond the first
// 2,000, so that invented Referer headers cannot fill the store. No host has
// that name: hosts hold a dot.
const OtherHost = "other"

// Accumulator adds clicks up into a Delta. It first counts them in cells fine
// enough for every cube and splits those up at the end, so that one click
// costs one look-up.
type Accumulator struct {
	clicks    int64
	lastMilli int64
	cells     map[cell]*Counts
	visitors  map[VisitorKey]*hyperloglog.Sketch

	agents   map[agentNames]uint32
	names    []agentNames
	hosts    map[string]uint32
	hostList []string

	// The agent before this one, which is often the same.
	lastNames agentNames
	lastAgent uint32
}

// cell is what clicks must share to be equal in all cubes.
type cell struct {
	hour                                     int64
	placement, portal, destination, campaign int64
	province                                 referral.ProvinceID
	agent                                    uint32 // index in names
	host                                     uint32 // index in hostList, 0 for none
	channel                                  referral.Channel
}

type agentNames struct{ device, os, browser, app string }

// NewAccumulator returns an empty one.
func NewAccumulator() *Accumulator {
	a := &Accumulator{}
	a.Reset()
	return a
}

// Reset forgets all clicks.
func (a *Accumulator) Reset() {
	*a = Accumulator{cells: map[cell]*Counts{}, visitors: map[VisitorKey]*hyperloglog.Sketch{},
		agents: map[agentNames]uint32{}, hosts: map[string]uint32{"": 0}, hostList: []string{""}}
}

// Clicks returns how many were added.
func (a *Accumulator) Clicks() int64 { return a.clicks }

// Full reports whether the delta is large enough to be handed over.
func (a *Accumulator) Full() bool { return a.clicks >= maxClicks || len(a.cells) >= maxCells }

// Add counts one click. Nothing of it is kept but its sums.
func (a *Accumulator) Add(c *referral.Click, class referral.Class, agent *classify.Agent) {
	key := cell{
		hour: floorDiv(c.Milli, 3_600_000), placement: c.Placement, portal: c.Portal, destination: c.Destination, campaign: c.Campaign,
		province: c.Province, agent: a.agent(agent), host: a.host(c.Referrer), channel: c.Channel,
	}
	counts := a.cells[key]
	if counts == nil {
		counts = &Counts{}
		a.cells[key] = counts
	}
	counts.add(class)
	a.clicks++
	a.lastMilli = c.Milli
	if class == referral.ClassPeople {
		day := referral.DayOfMilli(c.Milli)
		a.sketch(VisitorKey{day, c.Province}).InsertHash(c.Visitor)
		a.sketch(VisitorKey{day, 0}).InsertHash(c.Visitor)
	}
}

func (a *Accumulator) agent(agent *classify.Agent) uint32 {
	names := agentNames{agent.Device, agent.OS, agent.Browser, agent.App}
	if names == a.lastNames && len(a.names) > 0 {
		return a.lastAgent
	}
	n, ok := a.agents[names]
	if !ok {
		n = uint32(len(a.names))
		a.agents[names] = n
		a.names = append(a.names, names)
	}
	a.lastNames, a.lastAgent = names, n
	return n
}

func (a *Accumulator) host(host string) uint32 {
	n, ok := a.hosts[host]
	if ok {
		return n
	}
	if len(a.hostList) > maxHosts {
		host = OtherHost
		if n, ok := a.hosts[host]; ok {
			return n
		}
	}
	n = uint32(len(a.hostList))
	host = strings.Clone(host)
	a.hosts[host] = n
	a.hostList = append(a.hostList, host)
	return n
}

func (a *Accumulator) sketch(key VisitorKey) *hyperloglog.Sketch {
	s := a.visitors[key]
	if s == nil {
		s = hyperloglog.New14()
		a.visitors[key] = s
	}
	return s
}

// Delta returns the sums of what was added, which were the clicks of a journal
// after one number and up to another.
func (a *Accumulator) Delta(journal string, after, seq uint64) (*Delta, error) {
	d := &Delta{Journal: journal, After: after, Seq: seq, Clicks: a.clicks, LastMilli: a.lastMilli,
		ByDay: map[DayKey]Counts{}, ByHour: map[HourKey]Counts{}, ByPlacementHour: map[PlacementHourKey]Counts{},
		ByPlacementDay: map[PlacementDayKey]Counts{}, ByAgent: map[AgentKey]Counts{}, ByAgentMonth: map[AgentMonthKey]Counts{},
		ByReferrer: map[ReferrerKey]Counts{}, Visitors: make(map[VisitorKey][]byte, len(a.visitors))}
	months := map[referral.Day]int32{}
	for c, counts := range a.cells {
		day := referral.DayOfMilli(c.hour * 3_600_000)
		month, ok := months[day]
		if !ok {
			month = day.Month()
			months[day] = month
		}
		names := a.names[c.agent]
		addTo(d.ByDay, DayKey{day, c.province, c.destination, c.channel}, counts)
		addTo(d.ByHour, HourKey{c.hour, c.province, c.channel}, counts)
		addTo(d.ByPlacementHour, PlacementHourKey{c.hour, c.placement, c.province}, counts)
		addTo(d.ByPlacementDay, PlacementDayKey{day, c.placement, c.destination, c.channel, c.portal, c.province, c.campaign}, counts)
		addTo(d.ByAgent, AgentKey{day, c.province, c.channel, names.device, names.os, names.browser, names.app}, counts)
		addTo(d.ByAgentMonth, AgentMonthKey{month, c.placement, c.province, names.device, names.os, names.browser, names.app}, counts)
		if c.host != 0 {
			addTo(d.ByReferrer, ReferrerKey{day, c.placement, c.province, a.hostList[c.host]}, counts)
		}
	}
	for key, s := range a.visitors {
		raw, err := s.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("visitor sketch: %w", err)
		}
		d.Visitors[key] = raw
	}
	return d, nil
}

func addTo[K comparable](cube map[K]Counts, key K, more *Counts) {
	c := cube[key]
	c.People += more.People
	c.Repeat += more.Repeat
	c.Bot += more.Bot
	c.Preview += more.Preview
	cube[key] = c
}

// add counts one click; a class that is none of the four counts as people, so
// that the sum holds.
func (c *Counts) add(class referral.Class) {
	switch class {
	case referral.ClassRepeat:
		c.Repeat++
	case referral.ClassBot:
		c.Bot++
	case referral.ClassPreview:
		c.Preview++
	default:
		c.People++
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
