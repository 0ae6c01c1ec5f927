package referral

// Mark is a set of facts about how a click was asked for.
type Mark uint8

// The marks.
const (
	MarkHead     Mark = 1 << iota // HEAD request
	MarkPrefetch                  // Sec-Purpose, Purpose, X-Purpose or X-Moz say prefetch or preview
)

// Click is one recorded request for a code, with all that the rollups need to
// know resolved at the moment of the request: a fact keeps the province,
// portal and campaign that it was recorded under.
type Click struct {
	Milli       int64 // Unix time, ms
	Placement   int64 // Placement.Num
	Portal      int64 // Portal.Num
	Province    ProvinceID
	Destination int64 // Destination.Num, or HubNum
	Campaign    int64 // Campaign.Num, or 0
	Channel     Channel
	Marks       Mark
	Visitor     uint64 // keyed hash of address and User-Agent; the key changes daily
	UserAgent   string // at most MaxUserAgent bytes
	Referrer    string // host alone, lower case; "" if none
}

// Limits of a click's texts in bytes; what is longer is cut.
const (
	MaxUserAgent = 512
	MaxReferrer  = 253
)
