package referral

import "time"

// Kind says what a destination is for.
type Kind string

// The five kinds of destination.
const (
	KindSupportPortal     Kind = "support_portal"
	KindGuide             Kind = "guide"
	KindFeedback          Kind = "feedback"
	KindMarketplaceSignup Kind = "marketplace_signup"
	KindMinistry          Kind = "ministry"
)

// Kinds lists all kinds in the order in which the hub shows them.
var Kinds = []Kind{KindSupportPortal, KindGuide, KindMarketplaceSignup, KindFeedback, KindMinistry}

// HubID names the hub page where a destination's ID is asked for; it is not a
// destination of its own. HubNum is its number in rollups and journal.
const (
	HubID        = "hub"
	HubNum int64 = 0
)

// Name is a text in the two languages that every public page has.
type Name struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// In returns the name in a language ("vi" or "en"), Vietnamese if it is empty.
func (n Name) In(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Vi
}

// Destination is where people are sent.
type Destination struct {
	Num        int64  // number in rollups and journal, from 1; never reused
	ID         string // "support_portal", "postmart"
	Kind       Kind
	Name       Name
	URL        string   // template, see Target
	PassParams []string // query parameters of the request that are passed on
	FallbackID string   // destination to use while this one is dead, or ""
	Confirmed  bool     // an admin has confirmed the URL
	Paused     bool     // not offered on the hub; codes that lead here go to the hub
	Position   int      // order on the hub, small first
	UpdatedAt  time.Time
}

// Validate reports every field at fault together. That the fallback exists and
// that fallbacks make no circle is checked by the registry.
func (d *Destination) Validate() error {
	var f Faults
	checkID(&f, "/id", d.ID)
	if d.ID == HubID {
		f.Add("/id", "error.reserved", "value", d.ID)
	}
	known := false
	for _, k := range Kinds {
		known = known || k == d.Kind
	}
	if !known {
		f.Add("/kind", "error.kind", "value", string(d.Kind))
	}
	checkText(&f, "/name/vi", d.Name.Vi, 120)
	checkText(&f, "/name/en", d.Name.En, 120)
	if _, err := ParseTarget(d.URL); err != nil {
		f.AddError("/url", err)
	}
	for i, p := range d.PassParams {
		if !validParam(p) {
			f.Add(pointerAt("/pass_params", i), "error.param", "value", p)
		}
	}
	if d.FallbackID == d.ID && d.ID != "" {
		f.Add("/fallback_id", "error.fallback_self")
	}
	return f.Err()
}
