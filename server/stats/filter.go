package stats

import (
	"context"
	"slices"

	"lensan/server/referral"
)

// checkFilter turns the filter into conditions. The error is the source's; what
// is wrong with the filter goes to the faults.
func (a *answer) checkFilter(ctx context.Context, f *referral.Faults) error {
	if err := a.filterProvince(f); err != nil {
		return err
	}
	if err := a.filterPortal(ctx, f); err != nil {
		return err
	}
	if err := a.filterPlacement(ctx, f); err != nil {
		return err
	}
	if err := a.filterBatch(ctx, f); err != nil {
		return err
	}
	if a.Filter.Destination == referral.HubID {
		a.narrow("destination", Condition{On: ByDestination, Nums: []int64{referral.HubNum}})
	} else if err := a.filterName(ctx, f, "destination", ByDestination, a.Filter.Destination, "error.destination_unknown"); err != nil {
		return err
	}
	if a.Filter.Channel != "" {
		channel, ok := referral.ParseChannel(a.Filter.Channel)
		if !ok {
			f.Add("/channel", "error.stats_word", "value", a.Filter.Channel, "words", "widget, qr, link, hub")
		}
		a.narrow("channel", Condition{On: ByChannel, Nums: []int64{int64(channel)}})
	}
	if err := a.filterName(ctx, f, "campaign", ByCampaign, a.Filter.Campaign, "error.campaign_unknown"); err != nil {
		return err
	}
	for _, text := range []struct {
		name  string
		on    Dimension
		value string
	}{
		{"device", ByDevice, a.Filter.Device}, {"os", ByOS, a.Filter.OS}, {"browser", ByBrowser, a.Filter.Browser},
		{"app", ByApp, a.Filter.App}, {"referrer_host", ByHost, a.Filter.ReferrerHost},
	} {
		if text.value != "" {
			a.narrow(text.name, Condition{On: text.on, Text: text.value})
		}
	}
	return nil
}

func (a *answer) narrow(name string, c Condition) {
	a.filtered = append(a.filtered, name)
	a.where = append(a.where, c)
}

func (a *answer) filterProvince(f *referral.Faults) error {
	code := a.Filter.Province
	if code == "" && a.Within == nil {
		return nil
	}
	if code == "" {
		a.provinces = a.Within
	} else if a.Boundaries == BoundariesRecorded {
		for _, p := range a.Stats.provinces.All() {
			if p.Code == code {
				a.provinces = append(a.provinces, p.ID)
			}
		}
		if len(a.provinces) == 0 {
			f.Add("/province", "error.province_unknown", "code", code)
		}
	} else if p, err := a.Stats.provinces.Find(code, a.today); err == nil {
		a.provinces = a.Stats.provinces.Lineage(p.ID)
	} else if err := f.AddError("/province", err); err != nil {
		return err
	}
	if a.Within != nil {
		a.provinces = slices.DeleteFunc(slices.Clone(a.provinces), func(id referral.ProvinceID) bool { return !slices.Contains(a.Within, id) })
	}
	nums := make([]int64, len(a.provinces))
	for i, id := range a.provinces {
		nums[i] = int64(id)
	}
	a.narrow("province", Condition{On: ByProvince, Nums: nums})
	return nil
}

func (a *answer) filterPortal(ctx context.Context, f *referral.Faults) (err error) {
	if a.Filter.Portal == "" && a.GroupBy != "portal" {
		return nil
	}
	if a.portals, err = a.source.Names(ctx, ByPortal); err != nil {
		return err
	}
	if a.places, err = a.source.Names(ctx, ByPlacement); err != nil || a.Filter.Portal == "" {
		return err
	}
	asked, known := numberOf(a.portals, a.Filter.Portal)
	if !known {
		f.Add("/portal", "error.portal_unknown", "id", a.Filter.Portal)
	}
	today := a.portalsToday()
	nums := []int64{}
	for num, place := range a.places {
		if known && today[place.Portal] == today[asked] {
			nums = append(nums, num)
		}
	}
	a.narrow("portal", Condition{On: ByPlacement, Nums: nums})
	return nil
}

func numberOf(names map[int64]Name, id string) (num int64, known bool) {
	for num, name := range names {
		if name.ID == id {
			return num, true
		}
	}
	return 0, false
}

// portalsToday maps each portal to the one that it is read as by the boundaries.
func (a *answer) portalsToday() map[int64]int64 {
	byID := make(map[string]int64, len(a.portals))
	for num, name := range a.portals {
		byID[name.ID] = num
	}
	today := make(map[int64]int64, len(a.portals))
	for num := range a.portals {
		last := num
		for steps := 0; a.Boundaries == BoundariesCurrent && a.portals[last].Into != "" && steps < len(a.portals); steps++ {
			last = byID[a.portals[last].Into]
		}
		today[num] = last
	}
	return today
}

func (a *answer) filterPlacement(ctx context.Context, f *referral.Faults) error {
	if a.Filter.Placement == "" {
		return nil
	}
	code, err := referral.ParseCode(a.Filter.Placement)
	if err != nil {
		return f.AddError("/placement", err)
	}
	return a.filterName(ctx, f, "placement", ByPlacement, string(code), "error.code_unknown")
}

// filterBatch narrows to the placements of a print batch.
func (a *answer) filterBatch(ctx context.Context, f *referral.Faults) (err error) {
	if a.Filter.Batch == "" && a.GroupBy != "batch" {
		return nil
	}
	if a.batches, err = a.source.Names(ctx, ByBatch); err != nil {
		return err
	}
	if a.prints, err = a.source.Prints(ctx); err != nil || a.Filter.Batch == "" {
		return err
	}
	asked, known := numberOf(a.batches, a.Filter.Batch)
	if !known {
		f.Add("/batch", "error.batch_unknown", "id", a.Filter.Batch)
	}
	nums := []int64{}
	for placement, batch := range a.prints {
		if known && batch == asked {
			nums = append(nums, placement)
		}
	}
	a.narrow("batch", Condition{On: ByPlacement, Nums: nums})
	return nil
}

func (a *answer) filterName(ctx context.Context, f *referral.Faults, field string, on Dimension, id, unknown string) error {
	if id == "" {
		return nil
	}
	names, err := a.source.Names(ctx, on, id)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		argument := "id"
		if on == ByPlacement {
			argument = "code"
		}
		f.Add("/"+field, unknown, argument, id)
	}
	var nums []int64
	for num := range names {
		nums = append(nums, num)
	}
	a.narrow(field, Condition{On: on, Nums: nums})
	return nil
}
