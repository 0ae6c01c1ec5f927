// Package stats answers questions to the rollups: what a report means lives
// here. A question goes to the coarsest cube that can answer it. It knows
// neither HTTP nor SQL.
package stats

import (
	"context"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// GroupBy says what a report's rows are; "" is one total alone.
type GroupBy string

// Groupings lists all that the contract names.
var Groupings = []GroupBy{"hour", "day", "week", "month", "province", "portal", "placement", "destination",
	"channel", "campaign", "device", "os", "browser", "app", "referrer_host", "batch"}

// Boundaries says how provinces (and merged portals) are read.
type Boundaries string

// The two readings; their totals agree. An empty Boundaries is BoundariesCurrent.
const (
	BoundariesCurrent  Boundaries = "current"
	BoundariesRecorded Boundaries = "recorded"
)

// Filter narrows a report; empty fields do not. Province is a GSO code and
// Portal an id, both read by the report's boundaries: with BoundariesCurrent a
// province includes all that became part of today's holder, and a portal all
// that were merged into the one that it is today.
type Filter struct {
	Province, Portal, Placement, Destination, Channel, Campaign string
	Device, OS, Browser, App, ReferrerHost, Batch               string
}

func (f *Filter) onAgents() bool { return f.Device+f.OS+f.Browser+f.App != "" }

// Query is one question. From and To are days in Asia/Ho_Chi_Minh, both
// included; NoDay stands for 30 days that end with To, and for today.
type Query struct {
	From, To   referral.Day
	GroupBy    GroupBy
	Boundaries Boundaries
	Filter     Filter
	Within     []referral.ProvinceID // narrows to these, for who may see no others; nil does not
	Lang       string                // of the labels: "vi" or "en"
}

// Unknown is what a Row holds where the cubes cannot tell: how many views a
// device had, or through how many destinations the clicks of an hour went.
const Unknown int64 = -1

// Row is one line of a report. Key is an id or code ("" for clicks of no
// campaign or print batch, or an unknown host), or, by the time, an hour in RFC 3339, a day, an
// ISO week ("2026-W48") or a month ("2026-11"); for provinces the GSO code, with
// ValidFrom telling two holders of one code apart. Label is Key where there is
// no name.
type Row struct {
	Key       string
	Label     string
	ValidFrom referral.Day // of a province, else NoDay
	// Hidden marks a row with fewer than 5 clicks, or one whose number would
	// give such a row away, where devices are crossed with placements. All its
	// counters are 0; it is shown as "<5".
	Hidden bool
	rollup.Counts
	Views, Loads      int64 // or Unknown
	Signups           int64 // as the marketplaces report them, or Unknown
	Arrivals, Through int64 // people on any destination; people on one other than the hub, or Unknown
	// Visitors estimates how many people came, day by day: who comes on two
	// days counts twice, because nobody is recognised the next day. A lower
	// bound for each day, or Unknown.
	Visitors int64
}

// Quality says how far the numbers can be trusted.
type Quality struct {
	Lost, Unconfirmed int64 // in the period
	AppliedAt         time.Time
	StalledSince      time.Time // zero while all is well
}

// Report is an answer. Total is the sum over all clicks of the period and
// filter, each counted once; it is the sum of the rows, if there are any and
// none is hidden. Where devices are crossed with placements each number by
// device is rounded to a multiple of 5, and rows add up to about the total. By the time there is a row for each unit of the period up to
// now; other rows stand with the most recorded clicks first.
type Report struct {
	From, To referral.Day // as answered
	Rows     []Row
	Total    Row
	Quality  Quality
}

// Stats is safe for use by many goroutines.
type Stats struct {
	source    Source
	provinces *referral.Provinces
	status    func() rollup.Status
	now       func() time.Time
}

// New returns a Stats. status tells how far the applier is.
func New(s Source, p *referral.Provinces, status func() rollup.Status, now func() time.Time) *Stats {
	return &Stats{source: s, provinces: p, status: status, now: now}
}

// Query answers; a question that no cube can answer, or with faults, is an
// *referral.Error of kind ErrInvalid naming the parameters ("/group_by").
func (s *Stats) Query(ctx context.Context, q Query) (Report, error) {
	a, err := s.ask(ctx, q)
	if err != nil {
		return Report{}, err
	}
	return a.report(ctx)
}

func (s *Stats) ask(ctx context.Context, q Query) (*answer, error) {
	a, err := s.check(ctx, q)
	if err != nil {
		return nil, err
	}
	return a, a.read(ctx)
}

// LastLost returns the last day on which a click was lost, NoDay if never.
func (s *Stats) LastLost(ctx context.Context) (referral.Day, error) { return s.source.LastLost(ctx) }
