// Package coverage says which provinces and portals carry our links, from two
// sources that know nothing of each other: what visitors' browsers report from
// the portal's host, and what the server sees when it reads the portal's home
// page and those that were named beside it. Where they disagree, it says so. It
// knows neither HTTP servers nor SQL.
package coverage

import (
	"context"
	"time"

	"lensan/server/probe"
	"lensan/server/referral"
)

// State is what the two sources say together of a portal.
type State string

// The states, the best first.
const (
	Placed  State = "placed"         // found as it should be, and seen
	Altered State = "altered"        // found, and something about it does not work
	Unseen  State = "found_not_seen" // found, and nobody has seen it lately
	Unfound State = "seen_not_found" // seen lately, and not found
	Lost    State = "lost"           // neither any more
	Never   State = "never"
)

// States lists all, the best first.
var States = []State{Placed, Altered, Unseen, Unfound, Lost, Never}

// Disagrees reports whether one source says yes and the other no.
func (s State) Disagrees() bool { return s == Unseen || s == Unfound }

// Covered reports whether people can meet the link there.
func (s State) Covered() bool { return s == Placed || s == Altered || s == Unseen || s == Unfound }

// freshDays is for how many days, today included, a source's word counts.
const freshDays = 14

// Found is a code that stands on a page.
type Found struct {
	Code  referral.Code `json:"code"`
	Own   bool          `json:"own"`   // it is one of the portal's
	Tiers []string      `json:"tiers"` // forms that work: "badge", "text", "script", "iframe"
	Bad   []string      `json:"bad"`   // what does not work: text keys without "public.check."
}

// Works reports whether the code leads on, and nothing about it is broken.
func (f Found) Works() bool { return len(f.Bad) == 0 && len(f.Tiers) > 0 }

// HostCheck is what was read at one page of a portal: the home page of a host,
// or one that was named.
type HostCheck struct {
	Host  string    `json:"host"`
	Page  string    `json:"page"` // its path and query, "" for the home page
	URL   string    `json:"url"`  // of the page, "" if none was read
	HTTP  int       `json:"http"`
	Fault string    `json:"fault"` // why no page was read: a text key without "error."; "" if one was
	Time  time.Time `json:"time"`
	Found []Found   `json:"found"`
}

// Record is what is kept of a portal. Days are NoDay where there is none.
type Record struct {
	FirstSeen, LastSeen referral.Day // views, loads or clicks from one of its hosts
	LastFound           referral.Day
	CheckedAt           time.Time
	Checks              []HostCheck // the latest, one a page
}

// Row is one line of the report. Portal is nil for a province without portals.
type Row struct {
	Province *referral.Province // of today
	Portal   *referral.Portal
	State    State
	Since    referral.Day // of Lost: the last day on which it was seen or found
	Record
	Views  int64 // views and loads from its hosts, and clicks, in the last 28 days
	Clicks int64
}

// Week counts the portals by state at the end of a week, and the provinces with
// a portal that is covered.
type Week struct {
	Monday    referral.Day
	Portals   map[State]int
	Provinces int
}

// Report is coverage as it was found at a time. Rows stand by province code and
// portal id; Weeks with the oldest first.
type Report struct {
	At    time.Time
	Rows  []Row
	Weeks []Week
}

// Sighting is what was reported from one host about a portal's codes.
type Sighting struct {
	Portal        int64 // number
	Host          string
	First, Last   referral.Day
	Views, Clicks int64
}

// PortalWeek is the state of a portal at the end of a week.
type PortalWeek struct {
	Monday referral.Day
	Portal int64
	State  State
}

// Store is what coverage needs of a database.
type Store interface {
	Snapshot(ctx context.Context) (s referral.Snapshot, version int64, err error)
	// PortalsNow is that of the portals alone: there are few of them.
	PortalsNow(ctx context.Context) (portals []referral.Portal, version int64, err error)
	// Version grows with every change of the registry.
	Version(ctx context.Context) (int64, error)
	// Sightings adds up views, loads and clicks by portal and host since a day.
	Sightings(ctx context.Context, from referral.Day) ([]Sighting, error)
	// CoverageRecords returns all records by the portal's number.
	CoverageRecords(ctx context.Context) (map[int64]Record, error)
	SaveCoverage(ctx context.Context, records map[int64]Record) error
	// SaveSeen saves FirstSeen and LastSeen alone, which every server can tell.
	SaveSeen(ctx context.Context, records map[int64]Record) error
	// CoverageChecked tells when the latest portal was looked at, by any server.
	CoverageChecked(ctx context.Context) (time.Time, error)
	// SaveLook saves one record and appends a change to the log, in one transaction.
	SaveLook(ctx context.Context, portal int64, r Record, c referral.Change) error
	SaveCoverageWeek(ctx context.Context, list []PortalWeek) error
	// CoverageWeeks returns what was kept since a Monday, the oldest first.
	CoverageWeeks(ctx context.Context, from referral.Day) ([]PortalWeek, error)
}

// Fetcher reads a page; see probe.Probe.
type Fetcher interface {
	Fetch(ctx context.Context, address string, mayAsk func(host string) bool) (probe.Page, error)
}
