package dashboard

import (
	"cmp"
	"math"
	"net/url"
	"slices"

	"lensan/server/referral"
	"lensan/server/stats"
)

// aroundMerger is how many days before and after the merger of 2025 are compared.
const aroundMerger = 60

// mergedData compares a province of today with those that became part of it.
type mergedData struct {
	Title         string
	Rows          []mergedRow
	Before, After int64
	AfterHref     string
	Change        string // "12 %"
	Up            bool
	Days          string // before and after, in words
}

type mergedRow struct {
	Label, Href string
	Value       int64
}

// signupRate says how many of a hundred who went to a marketplace signed up.
func (v *visit) signupRate(r stats.Row) string {
	if r.Signups <= 0 || r.Through <= 0 {
		return ""
	}
	return v.l.T("overview.signup_rate", "n", v.hundredth(100*float64(r.Signups)/float64(r.Through)))
}

// beforeAndAfter is nil for a province that no other became part of, and where
// nothing was recorded before it did.
func (n *numbers) beforeAndAfter(v *visit) *mergedData {
	data := &mergedData{}
	for _, row := range n.merged.Rows {
		p := v.provinceOf(row)
		if p == nil {
			continue
		}
		if p.ValidTo == referral.NoDay || p.ValidTo >= merger {
			data.After += row.Arrivals
			continue
		}
		data.Before += row.Arrivals
		data.Rows = append(data.Rows, mergedRow{Label: v.l.T("overview.merged.former", "province", v.provinceName(p), "code", p.Code), Value: row.Arrivals,
			Href: aroundAddress(merger-aroundMerger, merger-1, "boundaries", "recorded", "province", p.Code+"~"+p.ValidFrom.String())})
	}
	if data.Before == 0 || n.province == nil {
		return nil
	}
	slices.SortFunc(data.Rows, func(a, b mergedRow) int { return cmp.Compare(b.Value, a.Value) })
	data.Title = v.l.T("overview.merged.title", "province", v.provinceName(n.province), "day", v.l.Day(merger))
	data.AfterHref = aroundAddress(merger, merger+aroundMerger-1, "province", n.province.Code)
	data.Change = v.percent(100 * math.Abs(float64(data.After-data.Before)) / float64(data.Before))
	data.Up = data.After > data.Before
	data.Days = v.l.T("overview.merged.days", "before", v.daysText(merger-aroundMerger, merger-1), "after", v.daysText(merger, merger+aroundMerger-1))
	return data
}

func aroundAddress(from, to referral.Day, nameValue ...string) string {
	q := url.Values{"period": {"custom"}, "from": {from.String()}, "to": {to.String()}}
	for i := 0; i+1 < len(nameValue); i += 2 {
		q.Set(nameValue[i], nameValue[i+1])
	}
	return Root + "?" + q.Encode()
}
