package registry

import (
	"context"
	"time"

	"lensan/server/referral"
)

// RetiredAt returns when a code was retired last, zero if it never was. That
// is public: whoever holds an old poster may ask.
func (r *Registry) RetiredAt(ctx context.Context, code referral.Code) (time.Time, error) {
	for p := (Page{}); ; {
		changes, next, err := r.store.History(ctx, "placement", string(code), p)
		if err != nil {
			return time.Time{}, err
		}
		for _, c := range changes { // newest first
			if c.Verb == "retire" {
				return c.Time, nil
			}
		}
		if next == "" {
			return time.Time{}, nil
		}
		p.Cursor = next
	}
}
