// Package succession helps people decide what becomes of portals whose province
// became part of another: it says what holds today, how much hangs on each
// portal, what to do about it and why. It writes nothing itself; what people
// choose is done by package registry. It knows neither HTTP nor SQL.
package succession

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
)

// Registry is what the assistant needs of the registry; see there for the contracts.
type Registry interface {
	Provinces() *referral.Provinces
	Portals(context.Context, referral.Actor, registry.Page, registry.Filter) ([]referral.Portal, string, error)
	PlacementCounts(context.Context, referral.Actor) (map[string]int64, error)
	OpenSuccession(context.Context, referral.Actor) (int, error)
	SuccessionSteps(ctx context.Context, a referral.Actor, limit int) ([]registry.SuccessionStep, error)
	PreviewSuccession(context.Context, referral.Actor, []registry.SuccessionChoice) ([]registry.SuccessionChange, error)
	ApplySuccession(ctx context.Context, a referral.Actor, choices []registry.SuccessionChoice, reason string) (registry.SuccessionStep, error)
	UndoSuccession(ctx context.Context, a referral.Actor, step int64, reason string) (registry.SuccessionStep, error)
}

// Stats is what the assistant needs of stats.
type Stats interface {
	Query(context.Context, stats.Query) (stats.Report, error)
}

// Assistant is safe for use by many goroutines.
type Assistant struct {
	registry Registry
	stats    Stats
	now      func() time.Time
}

// New returns an Assistant.
func New(r Registry, s Stats, now func() time.Time) *Assistant { return &Assistant{r, s, now} }

// State says where a portal of an ended province stands.
type State string

// The states.
const (
	Open   State = "open"   // nobody has decided
	Kept   State = "kept"   // it was left to follow by itself
	Merged State = "merged" // it became part of another portal
)

// Portal is one whose registered province has ended.
type Portal struct {
	referral.Portal
	Registered *referral.Province
	State      State
	Placements int64 // that are not retired
	Arrivals   int64 // people's clicks in the last ClickDays days
	Proposal   registry.SuccessionChoice
	Why        Reason // of the proposal; "" unless the portal is open
}

// Candidate is a portal that others of its province may be merged into.
type Candidate struct {
	ID, Name   string
	Registered *referral.Province
	Arrivals   int64

	words  string // of its name: see wordsOf
	office string // of today; "" if the name tells none
}

// Group is what belongs to one province of today.
type Group struct {
	Province   *referral.Province
	Former     []*referral.Province // under which its Portals are registered, by code
	Open       int
	Portals    []Portal    // those that are open first, then by former province and id
	Candidates []Candidate // the likeliest first
}

// Overview is all that there is to decide, and the newest steps.
type Overview struct {
	Open   int
	Groups []Group // by code
	Steps  []registry.SuccessionStep
}

// ClickDays is of how many days, up to today, clicks are counted.
const ClickDays = 90

const shownSteps = 20

// Overview returns every portal whose registered province has ended, grouped by
// what that has become. Who may not decide about them gets ErrForbidden.
func (s *Assistant) Overview(ctx context.Context, a referral.Actor) (o Overview, err error) {
	if o.Steps, err = s.registry.SuccessionSteps(ctx, a, shownSteps); err != nil {
		return Overview{}, err
	}
	placements, err := s.registry.PlacementCounts(ctx, a)
	if err != nil {
		return Overview{}, err
	}
	today := referral.DayOf(s.now())
	report, err := s.stats.Query(ctx, stats.Query{From: today - ClickDays + 1, To: today, GroupBy: "portal", Boundaries: stats.BoundariesRecorded, Lang: "vi"})
	if err != nil {
		return Overview{}, err
	}
	arrivals := map[string]int64{}
	for _, row := range report.Rows {
		arrivals[row.Key] = row.Arrivals
	}
	groups := map[referral.ProvinceID]*Group{}
	for page := (registry.Page{Limit: 500}); ; {
		list, next, err := s.registry.Portals(ctx, a, page, registry.Filter{})
		if err != nil {
			return Overview{}, err
		}
		for _, p := range list {
			s.add(groups, p, today, placements[p.ID], arrivals[p.ID])
		}
		if page.Cursor = next; next == "" {
			break
		}
	}
	for _, g := range groups {
		if len(g.Portals) > 0 {
			g.arrange()
			g.propose()
			o.Groups = append(o.Groups, *g)
			o.Open += g.Open
		}
	}
	slices.SortFunc(o.Groups, func(a, b Group) int { return cmp.Compare(a.Province.Code, b.Province.Code) })
	return o, nil
}

// add puts a portal into its group.
func (s *Assistant) add(groups map[referral.ProvinceID]*Group, p referral.Portal, today referral.Day, placements, arrivals int64) {
	provinces := s.registry.Provinces()
	registered, now := provinces.ByID(p.Province), provinces.Follow(p.Province, today)
	if registered == nil || now == nil {
		return
	}
	g := groups[now.ID]
	if g == nil {
		g = &Group{Province: now}
		groups[now.ID] = g
	}
	if p.MergedInto == "" {
		g.Candidates = append(g.Candidates, Candidate{ID: p.ID, Name: p.Name, Registered: registered, Arrivals: arrivals})
	}
	if now == registered {
		return
	}
	x := Portal{Portal: p, Registered: registered, State: Open, Placements: placements, Arrivals: arrivals}
	switch {
	case p.MergedInto != "":
		x.State = Merged
	case p.Kept == now.ID:
		x.State = Kept
	default:
		g.Open++
	}
	g.Portals = append(g.Portals, x)
	if !slices.Contains(g.Former, registered) {
		g.Former = append(g.Former, registered)
	}
}

func (g *Group) arrange() {
	byCode := func(a, b *referral.Province) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ValidFrom, b.ValidFrom))
	}
	order := []State{Open, Kept, Merged}
	slices.SortFunc(g.Former, byCode)
	slices.SortFunc(g.Portals, func(a, b Portal) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)), byCode(a.Registered, b.Registered), cmp.Compare(a.ID, b.ID))
	})
	places := g.places()
	for i := range g.Candidates {
		c := &g.Candidates[i]
		c.words = wordsOf(c.Name, places)
		c.office = cmp.Or(becameOffice[c.words], c.words)
	}
	slices.SortFunc(g.Candidates, g.likelier)
}

// Open counts the portals that wait for a decision of the actor.
func (s *Assistant) Open(ctx context.Context, a referral.Actor) (int, error) {
	return s.registry.OpenSuccession(ctx, a)
}

// Preview returns what Apply would change, and changes nothing.
func (s *Assistant) Preview(ctx context.Context, a referral.Actor, choices []registry.SuccessionChoice) ([]registry.SuccessionChange, error) {
	return s.registry.PreviewSuccession(ctx, a, choices)
}

// Apply does all that was chosen in one step, or nothing.
func (s *Assistant) Apply(ctx context.Context, a referral.Actor, choices []registry.SuccessionChoice, reason string) (registry.SuccessionStep, error) {
	return s.registry.ApplySuccession(ctx, a, choices, reason)
}

// Undo takes a whole step back.
func (s *Assistant) Undo(ctx context.Context, a referral.Actor, step int64, reason string) (registry.SuccessionStep, error) {
	return s.registry.UndoSuccession(ctx, a, step, reason)
}
