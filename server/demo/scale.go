package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/axiomhq/hyperloglog"

	"lensan/server/classify"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
)

// The size that the design promises answers for: some 100 million clicks in
// three years.
const (
	ScaleDays       = 3 * year
	scalePortals    = 1000
	scalePlacements = 5000
	scalePeople     = 15.5 // an average day's at one placement
)

// Hours are made only for as long as the store keeps them, whole hours by
// province and by placement.
const (
	hoursKept          = 400
	placementHoursKept = 62
)

// ScaleOptions say how much is made. Progress may be nil.
type ScaleOptions struct {
	Seed     uint64
	Today    referral.Day
	Days     int
	Progress func(done, days int)
}

// First returns the first day.
func (o *ScaleOptions) First() referral.Day { return o.Today - referral.Day(o.Days) + 1 }

// FillScale fills a new instance with 5,000 placements and their days, one
// delta a day. All clicks of a placement, day and destination share an hour and
// a User-Agent, so that the cubes add up exactly and get as many cells as they
// would from single clicks, within a few minutes. It returns how many clicks
// that is.
func FillScale(ctx context.Context, d Deps, o ScaleOptions) (clicks int64, err error) {
	d.Clock.at(o.Today, o.Today.Start())
	standing := d.Registry.Provinces().At(o.Today)
	if err := registerScale(ctx, d.Registry, standing); err != nil {
		return 0, fmt.Errorf("register samples: %w", err)
	}
	s := &scale{ScaleOptions: o, rng: rand.New(rand.NewPCG(o.Seed, 1034)), standing: standing}
	if err := s.readAgents(d.Classifier); err != nil {
		return 0, err
	}
	for day := o.First(); day <= o.Today; day++ {
		delta, views := s.day(day)
		if err := d.Sink.Apply(ctx, delta); err != nil {
			return 0, err
		}
		if err := d.Sink.AddViews(ctx, views); err != nil {
			return 0, err
		}
		s.seq = delta.Seq
		if o.Progress != nil {
			o.Progress(int(day-o.First())+1, o.Days)
		}
	}
	return int64(s.seq), nil
}

// registerScale makes portals p0 to p999 with five placements each; each
// fiftieth placement belongs to the campaign "tet".
func registerScale(ctx context.Context, r *registry.Registry, standing []referral.Province) error {
	id, name, open := "tet", "Tết", referral.NoDay
	if _, err := r.CreateCampaign(ctx, clerk, registry.CampaignInput{ID: &id, Name: &name, From: &open, To: &open}); err != nil {
		return err
	}
	portals := [][]string{{"id", "name", "province"}}
	for i := range scalePortals {
		portals = append(portals, []string{fmt.Sprintf("p%d", i), fmt.Sprintf("Cổng %d", i), standing[i%len(standing)].Code})
	}
	placements := [][]string{{"portal", "kind", "destination", "label", "campaign"}}
	for n := 1; n <= scalePlacements; n++ {
		campaign := ""
		if n%50 == 0 {
			campaign = id
		}
		placements = append(placements, []string{fmt.Sprintf("p%d", (n-1)/5), "link", referral.HubID, strconv.Itoa(n), campaign})
	}
	if _, err := r.ImportPortals(ctx, clerk, table(portals)); err != nil {
		return err
	}
	_, err := r.ImportPlacements(ctx, clerk, table(placements))
	return err
}

type scale struct {
	ScaleOptions
	rng      *rand.Rand
	standing []referral.Province
	agents   []classify.Agent
	seq      uint64
	delta    *rollup.Delta // of the day at hand
}

// readAgents finds out what the User-Agents of phones and desks say.
func (s *scale) readAgents(c *classify.Classifier) error {
	m, err := readMix()
	if err != nil {
		return err
	}
	for _, who := range []string{byPhone, byDesk} {
		for _, text := range m.texts[who] {
			_, agent := c.Classify(&referral.Click{UserAgent: text, Visitor: s.rng.Uint64()})
			s.agents = append(s.agents, agent)
		}
	}
	return nil
}

// day makes the cells of a day: at each placement, one in four with a second
// cell by way of the hub.
func (s *scale) day(day referral.Day) (*rollup.Delta, map[rollup.ViewKey]rollup.Views) {
	s.delta = &rollup.Delta{Journal: Journal, After: s.seq, LastMilli: day.Start().UnixMilli(),
		ByDay: map[rollup.DayKey]rollup.Counts{}, ByHour: map[rollup.HourKey]rollup.Counts{},
		ByPlacementHour: map[rollup.PlacementHourKey]rollup.Counts{}, ByPlacementDay: map[rollup.PlacementDayKey]rollup.Counts{},
		ByAgent: map[rollup.AgentKey]rollup.Counts{}, ByAgentMonth: map[rollup.AgentMonthKey]rollup.Counts{},
		ByReferrer: map[rollup.ReferrerKey]rollup.Counts{}, Visitors: map[rollup.VisitorKey][]byte{}}
	views := map[rollup.ViewKey]rollup.Views{}
	people := map[referral.ProvinceID]int64{}
	busy := season(day)
	for n := int64(1); n <= scalePlacements; n++ {
		k := rollup.PlacementDayKey{Day: day, Placement: n, Destination: n % 7, Channel: referral.Channel(n%3 + 1),
			Portal: (n-1)/5 + 1, Province: s.standing[int((n-1)/5)%len(s.standing)].ID}
		if n%50 == 0 {
			k.Campaign = 1
		}
		mean := scalePeople * busy * weekday(day, referral.PlacementWidget, false)
		c := rollup.Counts{People: int64(poisson(s.rng, mean)), Repeat: s.rng.Int64N(3), Bot: s.rng.Int64N(4), Preview: s.rng.Int64N(3)}
		s.add(k, c, fmt.Sprintf("p%d.example", (n-1)/5))
		if k.Channel == referral.ChannelWidget {
			views[rollup.ViewKey{Day: day, Placement: n, Portal: k.Portal, Province: k.Province, Campaign: k.Campaign, Host: fmt.Sprintf("p%d.example", (n-1)/5)}] =
				rollup.Views{Views: s.rng.Int64N(200), Loads: s.rng.Int64N(300)}
		}
		people[k.Province] += c.People
		if n%4 == 0 {
			k.Channel, k.Destination = referral.ChannelHub, s.rng.Int64N(7)
			s.add(k, rollup.Counts{People: s.rng.Int64N(3) + 1}, "")
		}
	}
	s.visitors(day, people)
	s.delta.Seq = s.seq + uint64(s.delta.Clicks)
	return s.delta, views
}

// add counts what shares a cell of placement and day in every cube.
func (s *scale) add(k rollup.PlacementDayKey, c rollup.Counts, host string) {
	d := s.delta
	hour := k.Day.Start().Unix()/3600 + int64(pick(s.rng, hours[:]))
	a := s.agents[s.rng.IntN(len(s.agents))]
	bump(d.ByPlacementDay, k, c)
	bump(d.ByDay, rollup.DayKey{Day: k.Day, Province: k.Province, Destination: k.Destination, Channel: k.Channel}, c)
	if k.Day > s.Today-hoursKept {
		bump(d.ByHour, rollup.HourKey{Hour: hour, Province: k.Province, Channel: k.Channel}, c)
	}
	if k.Day > s.Today-placementHoursKept {
		bump(d.ByPlacementHour, rollup.PlacementHourKey{Hour: hour, Placement: k.Placement, Province: k.Province}, c)
	}
	bump(d.ByAgent, rollup.AgentKey{Day: k.Day, Province: k.Province, Channel: k.Channel, Device: a.Device, OS: a.OS, Browser: a.Browser, App: a.App}, c)
	bump(d.ByAgentMonth, rollup.AgentMonthKey{Month: k.Day.Month(), Placement: k.Placement, Province: k.Province, Device: a.Device, OS: a.OS, Browser: a.Browser, App: a.App}, c)
	if host != "" && k.Channel == referral.ChannelWidget {
		bump(d.ByReferrer, rollup.ReferrerKey{Day: k.Day, Placement: k.Placement, Province: k.Province, Host: host}, c)
	}
	d.Clicks += c.Recorded()
}

// visitors makes a sketch of each province with a visitor for each of its people.
func (s *scale) visitors(day referral.Day, people map[referral.ProvinceID]int64) {
	whole := hyperloglog.New14()
	for _, p := range s.standing {
		one := hyperloglog.New14()
		for range people[p.ID] {
			visitor := s.rng.Uint64()
			one.InsertHash(visitor)
			whole.InsertHash(visitor)
		}
		s.delta.Visitors[rollup.VisitorKey{Day: day, Province: p.ID}], _ = one.MarshalBinary() // it writes into memory
	}
	s.delta.Visitors[rollup.VisitorKey{Day: day}], _ = whole.MarshalBinary()
}

func bump[K comparable](cells map[K]rollup.Counts, k K, n rollup.Counts) {
	sum := cells[k]
	sum.People, sum.Repeat, sum.Bot, sum.Preview = sum.People+n.People, sum.Repeat+n.Repeat, sum.Bot+n.Bot, sum.Preview+n.Preview
	cells[k] = sum
}
