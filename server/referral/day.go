package referral

import (
	"fmt"
	"time"
)

// Zone is Asia/Ho_Chi_Minh, in which days are counted. Viet Nam keeps UTC+7
// all year, so no time zone database is needed.
var Zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Day is a calendar day in Zone, counted from 1970-01-01 = 0.
// NoDay stands for "open": no beginning known, or no end.
type Day int32

// NoDay is the absence of a day.
const NoDay Day = -1 << 31

// DayOf returns the day in Zone on which t falls.
func DayOf(t time.Time) Day { return DayOfMilli(t.UnixMilli()) }

// DayOfMilli returns the day in Zone of a Unix time in milliseconds.
func DayOfMilli(ms int64) Day {
	const dayMilli = 24 * 60 * 60 * 1000
	local := ms + 7*60*60*1000
	d := local / dayMilli
	if local%dayMilli < 0 {
		d--
	}
	return Day(d)
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return NoDay, fmt.Errorf("day %q is not YYYY-MM-DD: %w", s, ErrInvalid)
	}
	return Day(t.Unix() / 86400), nil
}

// MustDay is ParseDay for constants; it panics on a bad one.
func MustDay(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Start returns the first instant of the day in Zone.
func (d Day) Start() time.Time {
	return time.Unix(int64(d)*86400, 0).Add(-7 * time.Hour).In(Zone)
}

// Month returns the month of the day as one number, year*12+month-1, so that
// months can be counted on.
func (d Day) Month() int32 {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return int32(t.Year())*12 + int32(t.Month()) - 1
}

// String returns YYYY-MM-DD, or "" for NoDay.
func (d Day) String() string {
	if d == NoDay {
		return ""
	}
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}

// Vietnamese returns DD/MM/YYYY, or "" for NoDay.
func (d Day) Vietnamese() string {
	if d == NoDay {
		return ""
	}
	return time.Unix(int64(d)*86400, 0).UTC().Format("02/01/2006")
}

// MarshalText and UnmarshalText make a Day a YYYY-MM-DD string in JSON.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = NoDay
		return nil
	}
	*d, err = ParseDay(string(b))
	return err
}
