package store

import (
	"fmt"
	"slices"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// What a report must say, worked out from the clicks one by one.

func (w *world) portalAsRead(num int64, b stats.Boundaries) int64 {
	if b == stats.BoundariesCurrent && num < 3 {
		return 3
	}
	return num
}

func (w *world) provinceAsRead(id referral.ProvinceID, b stats.Boundaries) *referral.Province {
	if b == stats.BoundariesCurrent {
		return w.provinces.Follow(id, referral.DayOf(worldNow))
	}
	return w.provinces.ByID(id)
}

func (w *world) matches(c *seenClick, q stats.Query) bool {
	f := q.Filter
	equal := func(want, got string) bool { return want == "" || want == got }
	portal := worldPlacements[c.Placement-1].portal
	wantPortal := int64(slices.Index(worldPortals, f.Portal) + 1)
	day := referral.DayOfMilli(c.Milli)
	return day >= q.From && day <= q.To &&
		equal(f.Province, w.provinceAsRead(c.Province, q.Boundaries).Code) &&
		(f.Portal == "" || w.portalAsRead(wantPortal, q.Boundaries) == w.portalAsRead(portal, q.Boundaries)) &&
		equal(f.Placement, string(worldPlacements[c.Placement-1].code)) &&
		equal(f.Batch, worldPrints[c.Placement]) &&
		equal(f.Destination, destinationID(c.Destination)) &&
		equal(f.Channel, c.Channel.String()) &&
		equal(f.Campaign, campaignID(c.Campaign)) &&
		equal(f.Device, c.agent.Device) && equal(f.OS, c.agent.OS) && equal(f.Browser, c.agent.Browser) && equal(f.App, c.agent.App) &&
		equal(f.ReferrerHost, c.Referrer)
}

func destinationID(num int64) string {
	if num == referral.HubNum {
		return referral.HubID
	}
	return worldDestinations[num-1]
}

func campaignID(num int64) string {
	if num == 0 {
		return ""
	}
	return worldCampaigns[num-1]
}

func (w *world) keyOf(c *seenClick, q stats.Query) (key string, validFrom referral.Day) {
	local := time.UnixMilli(c.Milli).In(referral.Zone)
	switch q.GroupBy {
	case "hour":
		return local.Format("2006-01-02T15:00:00+07:00"), referral.NoDay
	case "day":
		return local.Format("2006-01-02"), referral.NoDay
	case "week":
		year, week := local.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week), referral.NoDay
	case "month":
		return local.Format("2006-01"), referral.NoDay
	case "province":
		p := w.provinceAsRead(c.Province, q.Boundaries)
		return p.Code, p.ValidFrom
	case "portal":
		return worldPortals[w.portalAsRead(worldPlacements[c.Placement-1].portal, q.Boundaries)-1], referral.NoDay
	case "batch":
		return worldPrints[c.Placement], referral.NoDay
	case "placement":
		return string(worldPlacements[c.Placement-1].code), referral.NoDay
	case "destination":
		return destinationID(c.Destination), referral.NoDay
	case "channel":
		return c.Channel.String(), referral.NoDay
	case "campaign":
		return campaignID(c.Campaign), referral.NoDay
	case "device":
		return c.agent.Device, referral.NoDay
	case "os":
		return c.agent.OS, referral.NoDay
	case "browser":
		return c.agent.Browser, referral.NoDay
	case "app":
		return c.agent.App, referral.NoDay
	case "referrer_host":
		return c.Referrer, referral.NoDay
	}
	return "", referral.NoDay
}

type naiveKey struct {
	key       string
	validFrom referral.Day
}

type naiveRow struct {
	rollup.Counts
	arrivals, through int64
	visitors          map[[2]uint64]bool // day and visitor
}

func (r *naiveRow) add(c *seenClick) {
	switch c.class {
	case referral.ClassPeople:
		r.People++
		r.arrivals++
		if c.Destination != referral.HubNum {
			r.through++
		}
		if r.visitors == nil {
			r.visitors = map[[2]uint64]bool{}
		}
		r.visitors[[2]uint64{uint64(referral.DayOfMilli(c.Milli)), c.Visitor}] = true
	case referral.ClassRepeat:
		r.Repeat++
	case referral.ClassBot:
		r.Bot++
	case referral.ClassPreview:
		r.Preview++
	}
}

func (w *world) naive(q stats.Query) (rows map[naiveKey]*naiveRow, total *naiveRow) {
	rows, total = map[naiveKey]*naiveRow{}, &naiveRow{}
	for i := range w.clicks {
		c := &w.clicks[i]
		if !w.matches(c, q) {
			continue
		}
		total.add(c)
		if q.GroupBy == "" {
			continue
		}
		key, from := w.keyOf(c, q)
		row := rows[naiveKey{key, from}]
		if row == nil {
			row = &naiveRow{}
			rows[naiveKey{key, from}] = row
		}
		row.add(c)
	}
	return rows, total
}
