package stats

import (
	"context"
	"strconv"

	"lensan/server/referral"
)

// namer returns what gives a row its Key, Label and ValidFrom.
func (a *answer) namer(ctx context.Context) (func(rowKey, *Row), error) {
	set := func(row *Row, key, label string) {
		row.Key, row.Label = key, label
		if label == "" {
			row.Label = key
		}
	}
	switch by := a.GroupBy; {
	case isTime(by):
		return func(k rowKey, row *Row) { set(row, timeKey(by, k.num), "") }, nil
	case by == "province":
		return func(k rowKey, row *Row) {
			if p := a.Stats.provinces.ByID(referral.ProvinceID(k.num)); p != nil {
				set(row, p.Code, referral.Name{Vi: p.NameVi, En: p.NameEn}.In(a.Lang))
				row.ValidFrom = p.ValidFrom
			}
		}, nil
	case by == "channel":
		return func(k rowKey, row *Row) { set(row, referral.Channel(k.num).String(), "") }, nil
	case by == "portal":
		return func(k rowKey, row *Row) { a.setName(row, a.portals[k.num], k.num) }, nil
	case by == "batch":
		return func(k rowKey, row *Row) { a.setName(row, a.batches[k.num], k.num) }, nil
	case by == "placement" || by == "destination" || by == "campaign":
		names, err := a.source.Names(ctx, dimensionOf[by])
		return func(k rowKey, row *Row) {
			if by == "destination" && k.num == referral.HubNum {
				set(row, referral.HubID, "")
				return
			}
			a.setName(row, names[k.num], k.num)
		}, err
	}
	return func(k rowKey, row *Row) { set(row, k.text, "") }, nil
}

// setName names a row after its thing. One that is not registered, which no
// click of ours has, keeps its number, so that rows are never mixed up.
func (a *answer) setName(row *Row, name Name, num int64) {
	row.Key, row.Label = name.ID, referral.Name{Vi: name.Vi, En: name.En}.In(a.Lang)
	if row.Key == "" && num != 0 {
		row.Key = "#" + strconv.FormatInt(num, 10)
	}
	if row.Label == "" {
		row.Label = row.Key
	}
}
