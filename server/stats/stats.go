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

// The two readings; their totals agree.
const (
	BoundariesCurrent  Boundaries = "current"
	BoundariesRecorded Boundaries = "recorded"
)

// Filter narrows a report; empty fields do not. Province is a GSO code read by
// the report's boundaries: with BoundariesCurrent it includes all that became
// part of today's holder.
type Filter struct {
	Province, Portal, Placement, Destination, Channel, Campaign string
	Device, OS, Browser, App, ReferrerHost, Batch               string
}

// Query is one question. From and To are days in Asia/Ho_Chi_Minh, both included.
type Query struct {
	From, To   referral.Day
	GroupBy    GroupBy
	Boundaries Boundaries
	Filter     Filter
	Lang       string // of the labels: "vi" or "en"
}

// Row is one line of a report. Key is an id or code; for provinces the GSO code, with
// ValidFrom telling two holders of one code apart.
type Row struct {
	Key       string
	Label     string
	ValidFrom referral.Day // of a province, else NoDay
	rollup.Counts
	Views, Loads, Signups int64
	Arrivals, Through     int64 // people on any destination; people on one other than the hub
	Visitors              int64 // estimated, a lower bound; -1 where it is not known
}

// Quality says how far the numbers can be trusted.
type Quality struct {
	Lost, Unconfirmed int64 // in the period
	AppliedAt         time.Time
	StalledSince      time.Time // zero while all is well
}

// Report is an answer. Total is the sum over all clicks of the period and
// filter, each counted once.
type Report struct {
	Rows    []Row
	Total   Row
	Quality Quality
}

// Stats is safe for use by many goroutines.
type Stats struct{}

// Source is what stats needs of a database; declared beside its use.
type Source interface{}

// New returns a Stats. status tells how far the applier is.
func New(s Source, p *referral.Provinces, status func() rollup.Status) *Stats { panic("skeleton") }

// Query answers; a question that no cube can answer, or with faults, is an
// *referral.Error of kind ErrInvalid naming the parameters ("/group_by").
func (s *Stats) Query(ctx context.Context, q Query) (Report, error) { panic("skeleton") }
