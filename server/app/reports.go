package app

import (
	"context"
	"time"

	"lensan/server/config"
	"lensan/server/report"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// OpenReports opens the database beside or without a server and returns what
// makes reports of it.
func OpenReports(ctx context.Context, c config.Config) (m *report.Maker, closeStore func() error, err error) {
	s, err := OpenStore(c)
	if err != nil {
		return nil, nil, err
	}
	provinces, err := readProvinces()
	if err == nil {
		err = s.Migrate(ctx)
	}
	if err == nil {
		st := stats.New(s, provinces, func() rollup.Status { return rollup.Status{} }, time.Now)
		m = &report.Maker{Stats: st, Provinces: provinces}
		m.Map34, m.Map63, err = readMaps()
	}
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return m, s.Close, nil
}
