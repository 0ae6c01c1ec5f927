package store

import (
	"context"
	"encoding/json"
	"fmt"

	"lensan/server/referral"
)

func scanRelease(r row) (x referral.Release, err error) {
	var provinces string
	var updated int64
	if err = r.Scan(&x.Stable, &x.Previous, &x.Canary, &provinces, &updated); err != nil {
		return x, err
	}
	x.UpdatedAt = fromMilli(updated)
	if err = json.Unmarshal([]byte(provinces), &x.Provinces); err != nil {
		return x, fmt.Errorf("provinces of the release: %w", err)
	}
	if len(x.Provinces) == 0 {
		x.Provinces = nil
	}
	return x, nil
}

// Release returns which version of the enhancer is in force.
func (s *Store) Release(ctx context.Context) (referral.Release, error) {
	x, err := scanRelease(s.read.QueryRowContext(ctx, s.query.get("widget_release")))
	return x, classed(err)
}

func (t *registryTx) Release() (referral.Release, error) {
	return scanRelease(t.read.QueryRowContext(t.ctx, t.query.get("widget_release")))
}

func (t *registryTx) UpdateRelease(x referral.Release) error {
	provinces := x.Provinces
	if provinces == nil {
		provinces = []referral.ProvinceID{}
	}
	raw, err := json.Marshal(provinces)
	if err != nil {
		return err
	}
	return t.exec("widget_release_update", x.Stable, x.Previous, x.Canary, string(raw), milli(x.UpdatedAt))
}
