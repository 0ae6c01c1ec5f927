package stats

import (
	"context"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// Source is what stats needs of a database.
type Source interface {
	// Cells sums a part of a cube.
	Cells(ctx context.Context, p Part) ([]Cell, error)
	// KeptFrom returns since which day a cube is whole, a day long past for
	// those that are kept for good.
	KeptFrom(ctx context.Context, c Cube) (referral.Day, error)
	// Span returns the first and the last day of a cube of days; the first is
	// after the last if it is empty.
	Span(ctx context.Context, c Cube) (first, last referral.Day, err error)
	// Names returns the names of portals, placements, destinations, campaigns or
	// print batches by number: of the ids given, or of all if there are none.
	Names(ctx context.Context, of Dimension, ids ...string) (map[int64]Name, error)
	// Prints returns the print batch of each placement that belongs to one.
	Prints(ctx context.Context) (map[int64]int64, error)
	// Scans returns how many people scanned each code of a print batch, by the
	// number of its placement; codes that nobody scanned are not there.
	Scans(ctx context.Context, batch string) (map[int64]Scans, error)
	// NeverScanned counts, for each batch that is on paper, the codes that
	// nobody has ever scanned.
	NeverScanned(ctx context.Context) (map[string]int64, error)
	// Visitors returns the estimated visitors of each day, of some provinces
	// together (their sketches merged), of the whole country if there are none.
	Visitors(ctx context.Context, from, to referral.Day, provinces []referral.ProvinceID) (map[referral.Day]int64, error)
	// VisitorSums adds up the estimates of the days of each province.
	VisitorSums(ctx context.Context, from, to referral.Day) (map[referral.ProvinceID]VisitorSum, error)
	// LastLost returns the last day on which a click was lost, NoDay if never.
	LastLost(ctx context.Context) (referral.Day, error)
	// Quality returns how many clicks were lost and left unconfirmed.
	Quality(ctx context.Context, from, to referral.Day) (lost, unconfirmed int64, err error)
}

// Cube names a cube as design.md describes them.
type Cube string

// The cubes of clicks and of views.
const (
	CubeCountryDay          Cube = "country_day"
	CubeDay                 Cube = "day"
	CubeMonth               Cube = "month"
	CubeHour                Cube = "hour"
	CubePlacementHour       Cube = "placement_hour"
	CubePlacementDay        Cube = "placement_day"
	CubePlacementMonth      Cube = "placement_month"
	CubePlacementTotalMonth Cube = "placement_total_month"
	CubeCampaignDay         Cube = "campaign_day"
	CubeCampaignMonth       Cube = "campaign_month"
	CubeAgentCountryDay     Cube = "agent_country_day"
	CubeAgentDay            Cube = "agent_day"
	CubeAgentMonth          Cube = "agent_month"
	CubePlacementAgentMonth Cube = "placement_agent_month"
	CubeReferrerDay         Cube = "referrer_day"
	CubeViews               Cube = "views"
	CubeViewsMonth          Cube = "views_month"
	CubeViewsProvinceDay    Cube = "views_province_day"
	CubeViewsCampaignDay    Cube = "views_campaign_day"
	CubeViewsProvinceMonth  Cube = "views_province_month"
	CubeSignups             Cube = "signups" // as the marketplaces report them
)

// Dimension is one part of a cube's key.
type Dimension string

// The dimensions.
const (
	ByNothing     Dimension = ""
	ByTime        Dimension = "time" // in the cube's unit
	ByProvince    Dimension = "province"
	ByPlacement   Dimension = "placement"
	ByDestination Dimension = "destination"
	ByChannel     Dimension = "channel"
	ByCampaign    Dimension = "campaign"
	ByDevice      Dimension = "device"
	ByOS          Dimension = "os"
	ByBrowser     Dimension = "browser"
	ByApp         Dimension = "app"
	ByHost        Dimension = "host"
)

// ByPortal and ByBatch are for Names alone: no cube has them, because a
// placement never changes its portal or print batch.
const (
	ByPortal Dimension = "portal"
	ByBatch  Dimension = "batch"
)

// Condition narrows a part to any of some numbers, or, for agents and hosts,
// to a text.
type Condition struct {
	On   Dimension
	Nums []int64
	Text string
}

// Part asks for the sums of a cube from one hour, day or month to another, both
// included, grouped by one dimension. Hours are Unix time / 3600, months are
// year*12+month-1.
type Part struct {
	Cube     Cube
	From, To int64
	By       Dimension
	Where    []Condition
}

// Cell is one sum. Agents and hosts have a Text, all other dimensions a Num.
// Through counts people on a destination other than the hub, 0 where the cube
// cannot tell; a cube of views has no Counts and the others no Views; Signups
// stand in theirs alone.
type Cell struct {
	Num  int64
	Text string
	rollup.Counts
	Through, Views, Loads int64
	Signups               int64
}

// Name is how one thing is called.
type Name struct {
	ID     string // id or code
	Vi, En string // En is "" where there is but one name
	Portal int64  // of a placement
	Into   string // ID of the portal that a portal was merged into, or ""
}

// VisitorSum is the sum of the estimates of some days, and the first and last
// of them.
type VisitorSum struct {
	Sum         int64
	First, Last referral.Day
}
