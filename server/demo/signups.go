package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"lensan/server/referral"
	"lensan/server/signups"
)

// sellers are who signed up, listed a first product and sold one, as the
// marketplaces will report them.
type sellers map[seller]int64

type seller struct {
	day         referral.Day
	destination string
	code        referral.Code
	stage       signups.Stage
}

// Of a hundred people who come to a marketplace: how many sign up; of a hundred
// sellers, how many get to the next stage.
const (
	signsUp = 7
	lists   = 55
	sells   = 40
)

func (m *maker) marketplaces(ctx context.Context) (map[int64]string, error) {
	list, err := m.Registry.Destinations(ctx)
	found := map[int64]string{}
	for _, d := range list {
		if d.Kind == referral.KindMarketplaceSignup {
			found[d.Num] = d.ID
		}
	}
	return found, err
}

// follow makes a seller of some of the people whom a click brought to a
// marketplace, each stage some days after the one before.
func (m *maker) follow(c *referral.Click, s *spot, day referral.Day) {
	destination, ok := m.markets[c.Destination]
	if !ok || m.luck.IntN(100) >= signsUp {
		return
	}
	for _, step := range []struct {
		stage  signups.Stage
		within int
		next   int
	}{{signups.SignUp, 4, lists}, {signups.FirstListing, 12, sells}, {signups.FirstSale, 30, 0}} {
		if day += referral.Day(m.luck.IntN(step.within)); day >= m.today {
			return
		}
		m.sellers[seller{day, destination, s.Code, step.stage}]++
		if m.luck.IntN(100) >= step.next {
			return
		}
	}
}

// report sends what each marketplace reports of a month, on the third of the next.
func (m *maker) report(ctx context.Context) error {
	list := slices.SortedFunc(maps.Keys(m.sellers), func(a, b seller) int {
		return cmp.Or(cmp.Compare(a.destination, b.destination), cmp.Compare(a.day, b.day), cmp.Compare(a.code, b.code), cmp.Compare(a.stage, b.stage))
	})
	for len(list) > 0 {
		first := list[0]
		month := first.day.String()[:7]
		in := signups.Input{ReportID: month, Destination: first.destination, Source: "api"}
		for len(list) > 0 && list[0].destination == first.destination && list[0].day.String()[:7] == month {
			in.Rows = append(in.Rows, signups.Row{Day: list[0].day, Code: list[0].code, Stage: list[0].stage, Count: m.sellers[list[0]]})
			list = list[1:]
		}
		m.Clock.at(in.Rows[len(in.Rows)-1].Day+3, m.Now)
		by := referral.Actor{Kind: "key", ID: "san-mau", Role: referral.RoleMarketplace, Destination: first.destination}
		if _, _, err := m.Signups.Take(ctx, by, in); err != nil {
			return fmt.Errorf("sample report %s of %s: %w", month, first.destination, err)
		}
	}
	m.Clock.now = m.Now
	return nil
}
