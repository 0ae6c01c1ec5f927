// Package rollup adds clicks up into narrow cubes. Its Applier reads a journal
// in order, classifies each click and hands the sums, together with the number
// of the last click, to a Sink that writes them in one transaction: each click
// is counted exactly once whatever crashes. It does not know SQL.
package rollup

import (
	"context"

	"lensan/server/referral"
)

// Counts are the four classes of a cell. Their sum is what was recorded.
type Counts struct{ People, Repeat, Bot, Preview int64 }

// Recorded returns the sum of the classes.
func (c Counts) Recorded() int64 { return c.People + c.Repeat + c.Bot + c.Preview }

// The keys of the cubes. Hours are Unix time / 3600; a month is year*12+month-1.
type (
	// DayKey is day × province × destination × channel.
	DayKey struct {
		Day         referral.Day
		Province    referral.ProvinceID
		Destination int64
		Channel     referral.Channel
	}
	// HourKey is hour × province × channel, kept for 400 days.
	HourKey struct {
		Hour     int64
		Province referral.ProvinceID
		Channel  referral.Channel
	}
	// PlacementHourKey is hour × placement, kept for 62 days. Like every cube it
	// names the province that the click was recorded under, so that a question
	// can always be narrowed to one province.
	PlacementHourKey struct {
		Hour      int64
		Placement int64
		Province  referral.ProvinceID
	}
	// PlacementDayKey is day × placement × destination × channel. Portal,
	// Province and Campaign are those that the click was recorded under.
	PlacementDayKey struct {
		Day         referral.Day
		Placement   int64
		Destination int64
		Channel     referral.Channel
		Portal      int64
		Province    referral.ProvinceID
		Campaign    int64
	}
	// AgentKey is day × province × channel × device, os, browser and app.
	AgentKey struct {
		Day                      referral.Day
		Province                 referral.ProvinceID
		Channel                  referral.Channel
		Device, OS, Browser, App string
	}
	// AgentMonthKey is month × placement × device, os, browser and app: the
	// only cube that crosses them, monthly and shown as "<5" below 5.
	AgentMonthKey struct {
		Month                    int32
		Placement                int64
		Province                 referral.ProvinceID
		Device, OS, Browser, App string
	}
	// ReferrerKey is day × placement × referring host.
	ReferrerKey struct {
		Day       referral.Day
		Placement int64
		Province  referral.ProvinceID
		Host      string
	}
	// VisitorKey is day × province; province 0 is the whole country.
	VisitorKey struct {
		Day      referral.Day
		Province referral.ProvinceID
	}
)

// Delta is the sum of some consecutive batches of one journal, ready to be
// added to the cubes. The month × placement cube is derived from ByPlacementDay.
type Delta struct {
	Journal         string
	After, Seq      uint64 // the journal's numbers before and at the end of them
	Clicks          int64  // 0 where every batch had been counted before
	LastMilli       int64  // time of the last click, Unix ms; 0 if there is none
	ByDay           map[DayKey]Counts
	ByHour          map[HourKey]Counts
	ByPlacementHour map[PlacementHourKey]Counts
	ByPlacementDay  map[PlacementDayKey]Counts
	ByAgent         map[AgentKey]Counts
	ByAgentMonth    map[AgentMonthKey]Counts
	ByReferrer      map[ReferrerKey]Counts
	Visitors        map[VisitorKey][]byte // HyperLogLog sketches to be merged, axiomhq binary form
	Seen            map[string]SeenStep   // by origin of the batches' tickets
}

// Sink keeps the cubes.
type Sink interface {
	// Applied returns up to which number a journal was applied, 0 if never.
	Applied(ctx context.Context, journal string) (seq uint64, err error)
	// Seen returns which of an origin's batches were counted, of whatever journal.
	Seen(ctx context.Context, origin string) (Seen, error)
	// Apply adds a delta, sets Applied to its Seq and Seen to what its steps
	// say, in one transaction. It refuses with referral.ErrConflict if Applied
	// is not delta.After or Seen not what a step began with.
	Apply(ctx context.Context, delta *Delta) error
}

// ViewKey is day × placement × host of the page that showed a badge. Province
// and Portal are those of the placement on that day.
type ViewKey struct {
	Day       referral.Day
	Placement int64
	Portal    int64
	Province  referral.ProvinceID
	Campaign  int64
	Host      string
}

// Views counts what was reported of a badge and what was fetched.
type Views struct{ Views, Loads int64 }

// ViewSink adds views up; they are not clicks and pass no journal.
type ViewSink interface {
	AddViews(ctx context.Context, views map[ViewKey]Views) error
}
