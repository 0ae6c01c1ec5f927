package api

import (
	"time"

	"lensan/server/referral"
)

// Times go out as RFC 3339 in UTC ("Z"), to the second; days as YYYY-MM-DD in
// Asia/Ho_Chi_Minh. What is not there is null.

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func dayOrNull(d referral.Day) *referral.Day {
	if d == referral.NoDay {
		return nil
	}
	return &d
}

func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func momentOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = moment(t)
	return &t
}

// texts makes no list [], not null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (a *API) today() referral.Day { return referral.DayOf(a.d.Now()) }
