package store

import (
	"iter"

	"lensan/server/rollup"
)

// cubesOf returns what a delta adds to each cube, the coarser cubes derived
// from the finer. agentID and hostID know all agents and hosts of the delta.
func cubesOf(d *rollup.Delta, agentID func(agent) int64, hostID func(string) int64) []*sums {
	day := clickSums("rollup_day", len(d.ByDay), "day", "province", "destination", "channel")
	countryDay := clickSums("rollup_country_day", 0, "day", "destination", "channel")
	month := clickSums("rollup_month", 0, "month", "province", "destination", "channel")
	for k, n := range d.ByDay {
		day.addClicks(cellKey{int64(k.Day), int64(k.Province), k.Destination, int64(k.Channel)}, n)
		countryDay.addClicks(cellKey{int64(k.Day), k.Destination, int64(k.Channel)}, n)
		month.addClicks(cellKey{int64(k.Day.Month()), int64(k.Province), k.Destination, int64(k.Channel)}, n)
	}

	hour := clickSums("rollup_hour", len(d.ByHour), "hour", "province", "channel")
	for k, n := range d.ByHour {
		hour.addClicks(cellKey{k.Hour, int64(k.Province), int64(k.Channel)}, n)
	}
	placementHour := clickSums("rollup_placement_hour", len(d.ByPlacementHour), "hour", "placement", "province")
	for k, n := range d.ByPlacementHour {
		placementHour.addClicks(cellKey{k.Hour, k.Placement, int64(k.Province)}, n)
	}

	placementDay := clickSums("rollup_placement_day", len(d.ByPlacementDay), "day", "placement", "destination", "channel", "province", "campaign")
	placementMonth := clickSums("rollup_placement_month", len(d.ByPlacementDay), "month", "placement", "destination", "channel", "province", "campaign")
	placementTotal := clickSums("rollup_placement_total_month", len(d.ByPlacementDay), "month", "placement", "province")
	placementTotal.counters = throughCounters
	campaignDay := clickSums("rollup_campaign_day", 0, "day", "campaign", "destination", "channel")
	campaignMonth := clickSums("rollup_campaign_month", 0, "month", "campaign", "destination", "channel")
	for k, n := range d.ByPlacementDay {
		key := cellKey{int64(k.Day), k.Placement, k.Destination, int64(k.Channel), int64(k.Province), k.Campaign}
		placementDay.addClicks(key, n)
		key[0] = int64(k.Day.Month())
		placementMonth.addClicks(key, n)
		placementTotal.addThrough(cellKey{key[0], k.Placement, int64(k.Province)}, n, k.Destination)
		campaign := cellKey{int64(k.Day), k.Campaign, k.Destination, int64(k.Channel)}
		campaignDay.addClicks(campaign, n)
		campaign[0] = key[0]
		campaignMonth.addClicks(campaign, n)
	}

	agentDay := clickSums("rollup_agent_day", len(d.ByAgent), "day", "province", "channel", "agent")
	agentMonth := clickSums("rollup_agent_month", len(d.ByAgent), "month", "province", "channel", "agent")
	agentCountry := clickSums("rollup_agent_country_day", 0, "day", "channel", "agent")
	for k, n := range d.ByAgent {
		key := cellKey{int64(k.Day), int64(k.Province), int64(k.Channel), agentID(agent{k.Device, k.OS, k.Browser, k.App})}
		agentDay.addClicks(key, n)
		agentCountry.addClicks(cellKey{key[0], key[2], key[3]}, n)
		key[0] = int64(k.Day.Month())
		agentMonth.addClicks(key, n)
	}
	placementAgentMonth := clickSums("rollup_placement_agent_month", len(d.ByAgentMonth), "month", "placement", "province", "agent")
	for k, n := range d.ByAgentMonth {
		placementAgentMonth.addClicks(cellKey{int64(k.Month), k.Placement, int64(k.Province), agentID(agent{k.Device, k.OS, k.Browser, k.App})}, n)
	}

	referrerDay := clickSums("rollup_referrer_day", len(d.ByReferrer), "day", "placement", "province", "host")
	for k, n := range d.ByReferrer {
		referrerDay.addClicks(cellKey{int64(k.Day), k.Placement, int64(k.Province), hostID(k.Host)}, n)
	}

	return []*sums{day, countryDay, month, hour, placementHour, placementDay, placementMonth, placementTotal,
		campaignDay, campaignMonth, agentDay, agentCountry, agentMonth, placementAgentMonth, referrerDay}
}

func agentsOf(d *rollup.Delta) iter.Seq[agent] {
	return func(yield func(agent) bool) {
		for k := range d.ByAgent {
			if !yield(agent{k.Device, k.OS, k.Browser, k.App}) {
				return
			}
		}
		for k := range d.ByAgentMonth {
			if !yield(agent{k.Device, k.OS, k.Browser, k.App}) {
				return
			}
		}
	}
}

func hostsOf(d *rollup.Delta) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range d.ByReferrer {
			if !yield(k.Host) {
				return
			}
		}
	}
}
