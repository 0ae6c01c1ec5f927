package public

import (
	"context"
	"net/netip"
	"time"

	"lensan/server/atlas"
	"lensan/server/figures"
	"lensan/server/referral"
	"lensan/server/web"
)

// Recorder keeps clicks. Record returns when the click is durable or will not
// be. The click and its strings belong to the request that is being answered:
// they are valid until Record returns and must not be kept.
type Recorder interface{ Record(c *referral.Click) }

// Visitors tells people apart for a day without knowing them: Hash returns a
// keyed hash of address and User-Agent; milli is the Unix time in ms of the request.
type Visitors interface {
	Hash(milli int64, addr netip.Addr, userAgent string) uint64
}

// Registry keeps what people report, and knows the history of codes.
type Registry interface {
	// ReportCode keeps a report. An *referral.Error with Fields says which of
	// "/code", "/where" and "/note" cannot be kept; nothing is kept then.
	ReportCode(ctx context.Context, r referral.CodeReport) (referral.CodeReport, error)
	// RetiredAt is when a code was retired last; zero if it never was.
	RetiredAt(ctx context.Context, code referral.Code) (time.Time, error)
}

// Figures keeps what is published of the numbers.
type Figures interface {
	// Latest returns the figures in force, nil before there are any.
	Latest() *figures.Figures
}

// Deps is what the public pages need.
type Deps struct {
	Links     *referral.LinkTable
	Clicks    Recorder
	Views     ViewRecorder
	Visitors  Visitors
	Registry  Registry // nil: nothing can be reported
	Pages     *web.Pages
	Base      string // LENSAN_BASE_URL without a slash at the end
	Hotline   string // telephone number on the hub page, as people write it; "" if there is none
	Proxies   web.Proxies
	Now       func() time.Time
	Ready     []Check    // what /readyz asks besides the link table
	Degraded  []Check    // what may fail while clicks are answered and kept all the same
	Fetch     Fetcher    // for "check my page"; nil: HTML can be pasted only
	Malformed func()     // called for each report of views that cannot be read; may be nil
	Figures   Figures    // nil: nothing is published
	Map       *atlas.Map // of the provinces of today; required with Figures
}
