package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"lensan/server/rollup"
)

func viewSums(table string, keys ...string) *sums {
	return &sums{table: table, keys: keys, counters: []string{"views", "loads"}, cells: map[cellKey]cellCounts{}}
}

// AddViews adds views and loads of badges, in one transaction.
func (s *Store) AddViews(ctx context.Context, views map[rollup.ViewKey]rollup.Views) error {
	fine := viewSums("views", "day", "placement", "province", "campaign", "host")
	month := viewSums("views_month", "month", "placement", "province", "campaign", "host")
	province := viewSums("views_province_day", "day", "province")
	campaign := viewSums("views_campaign_day", "day", "campaign")
	provinceMonth := viewSums("views_province_month", "month", "province")
	hosts := s.hosts.begin()
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := hosts.resolve(ctx, tx, s.query, hostsOfViews(views)); err != nil {
			return err
		}
		for k, v := range views {
			host, n := hosts.id(k.Host), cellCounts{v.Views, v.Loads}
			fine.add(cellKey{int64(k.Day), k.Placement, int64(k.Province), k.Campaign, host}, n)
			month.add(cellKey{int64(k.Day.Month()), k.Placement, int64(k.Province), k.Campaign, host}, n)
			province.add(cellKey{int64(k.Day), int64(k.Province)}, n)
			campaign.add(cellKey{int64(k.Day), k.Campaign}, n)
			provinceMonth.add(cellKey{int64(k.Day.Month()), int64(k.Province)}, n)
		}
		for _, table := range []*sums{fine, month, province, campaign, provinceMonth} {
			if err := table.write(ctx, tx, s.postgres != nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add views: %w", err)
	}
	hosts.keep()
	return nil
}

func hostsOfViews(views map[rollup.ViewKey]rollup.Views) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range views {
			if !yield(k.Host) {
				return
			}
		}
	}
}
