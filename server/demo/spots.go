package demo

import (
	"context"
	"math"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// spot is a placement with its character.
type spot struct {
	*referral.Link
	destination int64 // registered; referral.HubNum for the hub
	paused      bool  // its destination is the paused one
	host        string
	from, to    referral.Day // when clicks come
	rate        float64      // clicks on an average working day of the last month
}

// Characters that staff must recognise later.
const (
	silentFor    = 40  // days since the last click of a placement gone silent
	silentEvery  = 41  // one placement in so many is
	unseenEvery  = 9   // one print in so many was never scanned
	averageClick = 0.7 // clicks a day and placement, before its own weight
)

// giveCharacters reads what the registry made of the samples and weighs it.
func (m *maker) giveCharacters(ctx context.Context) error {
	campaigns := map[string]campaign{}
	for _, c := range m.campaigns() {
		campaigns[c.id] = c
	}
	links := m.Links.Load()
	hung, err := m.hung(ctx)
	if err != nil {
		return err
	}
	codes, err := m.codes(ctx)
	if err != nil {
		return err
	}
	for n, code := range codes {
		link := links.Find(code)
		s := &spot{Link: link, from: m.begin, to: m.today, rate: averageClick * math.Exp(m.rng.NormFloat64()*0.9)}
		if len(link.Portal.Hosts) > 0 {
			s.host = link.Portal.Hosts[0]
		}
		if day, printed := hung[code]; printed {
			s.from, s.rate = day, s.rate*0.8
			if day == referral.NoDay {
				s.rate = 0
			}
		}
		if link.Kind == referral.PlacementQR && n%unseenEvery == 0 {
			s.rate = 0
		}
		if n%silentEvery == 7 {
			s.to = m.today - silentFor
		}
		if c, in := campaigns[link.Campaign]; in {
			s.from, s.to, s.rate = c.from-3, c.to+20, s.rate*4
		}
		if link.Wanted != referral.HubID {
			for _, d := range links.Destinations() {
				if d.ID == link.Wanted {
					s.destination, s.paused = d.Num, d.Num == m.voso
				}
			}
		}
		m.spots = append(m.spots, s)
	}
	m.takeAway()
	return nil
}

// codes returns every placement's code in the order of creation.
func (m *maker) codes(ctx context.Context) (codes []referral.Code, err error) {
	var all []referral.Placement
	for page := (registry.Page{Limit: 500}); ; {
		list, next, err := m.Registry.Placements(ctx, clerk, page, registry.Filter{})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if page.Cursor = next; next == "" {
			break
		}
	}
	slices.SortFunc(all, func(a, b referral.Placement) int { return int(a.Num - b.Num) })
	for _, p := range all {
		codes = append(codes, p.Code)
	}
	return codes, nil
}

// hung returns since when the posters of print batches hang, NoDay for those
// that do not.
func (m *maker) hung(ctx context.Context) (map[referral.Code]referral.Day, error) {
	hung := map[referral.Code]referral.Day{}
	batches, _, err := m.Registry.Batches(ctx, clerk, registry.Page{Limit: 500}, registry.Filter{})
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		list, _, err := m.Registry.Places(ctx, clerk, b.ID, registry.Page{Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			hung[p.Code] = p.PlacedOn
		}
	}
	return hung, nil
}

// channel returns how clicks on the spot's own address come.
func (s *spot) channel() referral.Channel {
	switch s.Kind {
	case referral.PlacementWidget:
		return referral.ChannelWidget
	case referral.PlacementQR:
		return referral.ChannelQR
	}
	return referral.ChannelLink
}

// expected returns how many people are to be expected on a day.
func (s *spot) expected(day, begin, today referral.Day) float64 {
	if day < s.from || day > s.to {
		return 0
	}
	fair := strings.Contains(s.Label, "Hội chợ")
	return s.rate * growth(day, begin, today) * weekday(day, s.Kind, fair) * season(day)
}
