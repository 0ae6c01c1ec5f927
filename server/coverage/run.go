package coverage

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"errors"
	"lensan/server/referral"
	"lensan/server/safely"
)

// How a round is run. Thousand portals that all let the probe wait for its 8 s
// take less than five minutes, whatever pages they name.
const (
	workers      = 32
	readers      = 4
	keepEvery    = 50 // portals between two writes
	refreshEvery = 5 * time.Minute
	seenDays     = 28
	weeksShown   = 12
)

// Options are what a caller may choose.
type Options struct {
	Base     string        // under which our codes stand
	Interval time.Duration // between two looks at a portal; 0: portals are not looked at
	Now      func() time.Time
	// Addresses returns where the home page of a host may be, the first choice
	// first and with a slash at its end; nil: https, then http.
	Addresses func(host string) []string
}

// Coverage is safe for use by many goroutines.
type Coverage struct {
	o         Options
	store     Store
	provinces *referral.Provinces
	fetcher   Fetcher
	reading   chan struct{}

	running sync.Mutex // one round at a time
	due     map[int64]time.Time

	making  sync.Mutex // one report at a time
	fresh   time.Time  // when it was last made
	version int64      // of the registry that it was made from
	checked time.Time  // the latest look that it knows of
	report  atomic.Pointer[Report]

	looking chan struct{} // looks that somebody asked for
	asking  sync.Mutex
	asked   map[int64]time.Time // when they began, by the portal's number
}

// New returns a Coverage whose report is empty until the first Tick or Refresh.
func New(s Store, p *referral.Provinces, f Fetcher, o Options) *Coverage {
	if o.Addresses == nil {
		o.Addresses = func(host string) []string { return []string{"https://" + host + "/", "http://" + host + "/"} }
	}
	c := &Coverage{o: o, store: s, provinces: p, fetcher: f, reading: make(chan struct{}, readers), due: map[int64]time.Time{},
		looking: make(chan struct{}, looksMost), asked: map[int64]time.Time{}}
	c.report.Store(&Report{})
	return c
}

// Report returns the latest report. Do not change it.
func (c *Coverage) Report() *Report { return c.report.Load() }

// Tick looks at the portals that are due and makes the report anew if it is
// old or the registry changed. It is called every ten seconds.
func (c *Coverage) Tick(ctx context.Context) error {
	c.running.Lock()
	defer c.running.Unlock()
	looked, err := c.round(ctx)
	if err != nil {
		return err
	}
	if looked > 0 {
		return c.Refresh(ctx)
	}
	return c.Follow(ctx)
}

// Follow makes the report anew if it is old, the registry changed, or another
// server looked at a portal: what remains to do while another one looks at them.
func (c *Coverage) Follow(ctx context.Context) error {
	c.making.Lock()
	defer c.making.Unlock()
	version, err := c.store.Version(ctx)
	if err != nil {
		return err
	}
	checked, err := c.store.CoverageChecked(ctx)
	if err != nil {
		return err
	}
	if version == c.version && checked.Equal(c.checked) && c.o.Now().Sub(c.fresh) < refreshEvery {
		return nil
	}
	return c.refresh(ctx)
}

// Refresh makes the report anew.
func (c *Coverage) Refresh(ctx context.Context) error {
	c.making.Lock()
	defer c.making.Unlock()
	return c.refresh(ctx)
}

// round looks at all portals that are due, and returns how many those were.
func (c *Coverage) round(ctx context.Context) (looked int, err error) {
	if c.o.Interval == 0 {
		return 0, nil
	}
	sites, records, err := c.load(ctx)
	if err != nil {
		return 0, err
	}
	type result struct {
		num    int64
		checks []HostCheck
		err    error // a page at which the program stumbles costs its own portal's look
	}
	var jobs sync.WaitGroup
	todo, done := make(chan *site), make(chan result)
	for range workers {
		jobs.Go(func() {
			for s := range todo {
				r := result{num: s.portal.Num}
				r.err = safely.Run(func() error { r.checks = c.look(ctx, s); return nil })
				done <- r
			}
		})
	}
	go func() {
		defer func() { close(todo); jobs.Wait(); close(done) }()
		for i := range sites {
			if s := &sites[i]; len(s.hosts) > 0 && c.isDue(s.portal.Num, records[s.portal.Num].CheckedAt) && ctx.Err() == nil {
				todo <- s
			}
		}
	}()
	changed, unkept := map[int64]Record{}, map[int64]bool{}
	defer func() { // what was not kept is due again
		for num := range unkept {
			delete(c.due, num)
		}
	}()
	var stumbled error
	for r := range done {
		if r.err != nil {
			stumbled = r.err
			continue
		}
		unkept[r.num] = true
		if ctx.Err() != nil || err != nil {
			continue
		}
		looked++
		record := recordOf(records, r.num)
		record.looked(r.checks, c.o.Now())
		changed[r.num] = record
		if len(changed) == keepEvery {
			if err = c.store.SaveCoverage(ctx, changed); err == nil {
				clear(unkept)
			}
			clear(changed)
		}
	}
	if ctx.Err() != nil || err != nil {
		return looked, err
	}
	if err = c.store.SaveCoverage(ctx, changed); err == nil {
		clear(unkept)
	}
	return looked, errors.Join(err, stumbled)
}

// isDue is called by one goroutine at a time. It spreads the looks: the next
// one comes a tenth of the interval sooner or later by chance. What another
// server looked at meanwhile is not due before the interval has passed.
func (c *Coverage) isDue(num int64, checked time.Time) bool {
	now := c.o.Now()
	at, known := c.due[num]
	if !checked.IsZero() && (!known || at.Before(checked.Add(c.o.Interval/2))) {
		at = checked.Add(c.o.Interval)
	}
	if now.Before(at) {
		c.due[num] = at
		return false
	}
	c.due[num] = now.Add(time.Duration(float64(c.o.Interval) * (0.9 + 0.2*rand.Float64())))
	return true
}

// looked takes in what a look saw.
func (r *Record) looked(checks []HostCheck, at time.Time) {
	r.CheckedAt, r.Checks = at.UTC().Truncate(time.Second), checks
	if r.stands() {
		r.LastFound = referral.DayOf(at)
	}
}

func recordOf(records map[int64]Record, num int64) Record {
	r, known := records[num]
	if !known {
		return Record{FirstSeen: referral.NoDay, LastSeen: referral.NoDay, LastFound: referral.NoDay}
	}
	return r
}

// load reads the portals that stand, with what was merged into them, and what
// is kept of them.
func (c *Coverage) load(ctx context.Context) ([]site, map[int64]Record, error) {
	snapshot, _, err := c.store.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	records, err := c.store.CoverageRecords(ctx)
	return sites(snapshot), records, err
}

func sites(s referral.Snapshot) []site {
	byID := make(map[string]*referral.Portal, len(s.Portals))
	for i := range s.Portals {
		byID[s.Portals[i].ID] = &s.Portals[i]
	}
	stands := func(id string) string {
		for range s.Portals {
			p := byID[id]
			if p == nil || p.MergedInto == "" {
				break
			}
			id = p.MergedInto
		}
		return id
	}
	at := map[string]int{}
	var out []site
	for i := range s.Portals {
		if p := &s.Portals[i]; p.MergedInto == "" {
			at[p.ID] = len(out)
			out = append(out, site{portal: p})
		}
	}
	for i := range s.Portals {
		into := &out[at[stands(s.Portals[i].ID)]]
		for _, host := range s.Portals[i].Hosts {
			if !into.owns(host) {
				into.hosts = append(into.hosts, host)
			}
		}
	}
	for i := range s.Portals {
		into := &out[at[stands(s.Portals[i].ID)]]
		for _, text := range s.Portals[i].Pages {
			if page, err := referral.ParsePage(text, s.Portals[i].Hosts); err == nil && !slices.Contains(into.pages, page) {
				into.pages = append(into.pages, page)
			}
		}
	}
	for i := range s.Placements {
		into := &out[at[stands(s.Placements[i].PortalID)]]
		into.codes = append(into.codes, s.Placements[i].Code)
	}
	return out
}

// numbersOf maps the number of every portal to that of the site it belongs to.
func numbersOf(s []site, all referral.Snapshot) map[int64]*site {
	byID := map[string]*site{}
	for i := range s {
		byID[s[i].portal.ID] = &s[i]
	}
	into := map[string]string{}
	for _, p := range all.Portals {
		into[p.ID] = p.MergedInto
	}
	out := map[int64]*site{}
	for _, p := range all.Portals {
		id := p.ID
		for steps := 0; into[id] != "" && steps < len(all.Portals); steps++ {
			id = into[id]
		}
		out[p.Num] = byID[id]
	}
	return out
}

// provinceOf returns a portal's province of today.
func (c *Coverage) provinceOf(p *referral.Portal, today referral.Day) *referral.Province {
	return c.provinces.Follow(p.Province, today)
}

// sortRows puts rows in the order of the report.
func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		if a.Province.Code != b.Province.Code {
			if a.Province.Code < b.Province.Code {
				return -1
			}
			return 1
		}
		if a.ID() < b.ID() {
			return -1
		}
		return 1
	})
}

// ID is the portal's, "" for a province without portals.
func (r Row) ID() string {
	if r.Portal == nil {
		return ""
	}
	return r.Portal.ID
}
