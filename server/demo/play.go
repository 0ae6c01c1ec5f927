package demo

import (
	"context"
	"fmt"
	"slices"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// Journal is the name under which the made-up clicks are applied: no journal of
// a server has it.
const Journal = "sample"

// play makes the clicks and views of each day and hands them over as they fill
// an accumulator, as an applier does.
func (m *maker) play(ctx context.Context) (clicks int64, err error) {
	if m.mix, err = readMix(); err != nil {
		return 0, err
	}
	if m.markets, err = m.marketplaces(ctx); err != nil {
		return 0, err
	}
	sums := rollup.NewAccumulator()
	applied := uint64(0)
	apply := func() error {
		seq := applied + uint64(sums.Clicks())
		delta, err := sums.Delta(Journal, applied, seq)
		if err != nil || seq == applied {
			return err
		}
		applied = seq
		sums.Reset()
		return m.Sink.Apply(ctx, delta)
	}
	views := map[rollup.ViewKey]rollup.Views{}
	for day := m.begin; day <= m.today; day++ {
		list := m.clicksOf(day)
		for i := range list {
			class, agent := m.Classifier.Classify(&list[i])
			sums.Add(&list[i], class, &agent)
			if sums.Full() {
				if err := apply(); err != nil {
					return 0, fmt.Errorf("sample clicks of %s: %w", day, err)
				}
			}
		}
		m.addViews(views, day)
		if len(views) >= viewsAtOnce || day == m.today {
			if err := m.Sink.AddViews(ctx, views); err != nil {
				return 0, fmt.Errorf("sample views of %s: %w", day, err)
			}
			clear(views)
		}
		if m.Progress != nil {
			m.Progress(int(day-m.begin)+1, int(m.today-m.begin)+1)
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
	err = apply()
	return int64(applied), err
}

// viewsAtOnce is how many cells of views are handed over together.
const viewsAtOnce = 5000

// clicksOf makes the clicks of a day in the order of their times, none later than now.
func (m *maker) clicksOf(day referral.Day) (list []referral.Click) {
	for _, s := range m.spots {
		for range poisson(m.rng, s.expected(day, m.begin, m.today)) {
			list = m.come(list, s, day)
		}
	}
	slices.SortStableFunc(list, func(a, b referral.Click) int { return int(a.Milli - b.Milli) })
	now := m.Now.UnixMilli()
	return slices.DeleteFunc(list, func(c referral.Click) bool { return c.Milli > now })
}

// Of a hundred people who come: how many tap twice, choose something on the
// hub page; and how many robots and previews come beside them, by channel.
const (
	twice   = 5
	chooses = 58
)

var besides = map[referral.Channel]struct{ bots, previews int }{
	referral.ChannelWidget: {9, 1}, referral.ChannelQR: {1, 1}, referral.ChannelLink: {5, 12},
}

// come adds what one person does, and who else comes meanwhile.
func (m *maker) come(list []referral.Click, s *spot, day referral.Day) []referral.Click {
	c := m.click(s, day)
	c.UserAgent = m.mix.person(m.rng, c.Channel)
	list = append(list, c)
	m.follow(&c, s, day)
	if m.rng.IntN(100) < twice {
		again := c
		again.Milli += 500 + m.rng.Int64N(6000)
		list = append(list, again)
	}
	if c.Destination == referral.HubNum && m.rng.IntN(100) < chooses {
		chosen := c
		chosen.Milli += 8_000 + m.rng.Int64N(60_000)
		chosen.Channel, chosen.Referrer = referral.ChannelHub, ""
		if chosen.Destination = m.choice(day); chosen.Destination != referral.HubNum {
			list = append(list, chosen)
			m.follow(&chosen, s, day)
		}
	}
	others := besides[c.Channel]
	if m.rng.IntN(100) < others.bots {
		list = append(list, m.machine(s, day, byBot))
	}
	if m.rng.IntN(100) < others.previews {
		list = append(list, m.machine(s, day, byPreview))
	}
	return list
}

func (m *maker) click(s *spot, day referral.Day) referral.Click {
	c := referral.Click{Milli: moment(m.rng, day), Placement: s.Num, Portal: s.Portal.Num, Province: s.Portal.Province(day).ID,
		Destination: s.destination, Campaign: s.CampaignNum, Channel: s.channel(), Visitor: m.rng.Uint64()}
	if s.paused && day >= m.pausedOn {
		c.Destination = referral.HubNum
	}
	if c.Channel == referral.ChannelWidget && m.rng.IntN(100) < 90 {
		c.Referrer = s.host
	}
	return c
}

func (m *maker) machine(s *spot, day referral.Day, who string) referral.Click {
	c := m.click(s, day)
	c.UserAgent, c.Referrer = m.mix.draw(m.rng, who), ""
	return c
}

// choice returns what is picked on the hub page.
func (m *maker) choice(day referral.Day) int64 {
	open := m.Links.Load().Destinations()
	weights := make([]float64, len(open))
	for i, d := range open {
		weights[i] = 1 / float64(i+1)
		if d.Num == m.voso && day >= m.pausedOn {
			weights[i] = 0
		}
	}
	return open[pick(m.rng, weights)].Num
}

// addViews makes what badges report: some thirty views for each click, and half
// as many loads again.
func (m *maker) addViews(views map[rollup.ViewKey]rollup.Views, day referral.Day) {
	for _, s := range m.spots {
		if s.Kind != referral.PlacementWidget {
			continue
		}
		n := int64(poisson(m.rng, 30*s.expected(day, m.begin, m.today)))
		if n == 0 {
			continue
		}
		key := rollup.ViewKey{Day: day, Placement: s.Num, Portal: s.Portal.Num, Province: s.Portal.Province(day).ID, Campaign: s.CampaignNum, Host: s.host}
		views[key] = rollup.Views{Views: n, Loads: n + n/2}
	}
}
