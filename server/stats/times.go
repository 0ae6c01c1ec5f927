package stats

import (
	"fmt"
	"time"

	"lensan/server/referral"
)

func monthOf(d referral.Day) int64 { return int64(d.Month()) }

// monthStart returns the first day of a month as referral.Day.Month counts it.
func monthStart(month int64) referral.Day {
	t := time.Date(int(month/12), time.Month(month%12)+1, 1, 0, 0, 0, 0, time.UTC)
	return referral.Day(t.Unix() / 86400)
}

func firstHour(d referral.Day) int64 { return int64(d)*24 - 7 }

// weekOf returns the number of the week, from Monday, since that of 1970-01-01,
// which was a Thursday. Days before 1970 are not asked for.
func weekOf(d referral.Day) int64 { return (int64(d) + 3) / 7 }

// timeNumber returns to which unit of a time grouping an hour, day or month belongs.
func timeNumber(by GroupBy, u unit, n int64) int64 {
	switch {
	case by == "week":
		return weekOf(referral.Day(n))
	case by == "month" && u == unitDay:
		return monthOf(referral.Day(n))
	}
	return n
}

// timeKey writes a unit of a time grouping: "2026-11-24T09:00:00+07:00",
// "2026-11-24", "2026-W48" or "2026-11".
func timeKey(by GroupBy, n int64) string {
	switch by {
	case "hour":
		return time.Unix(n*3600, 0).In(referral.Zone).Format(time.RFC3339)
	case "week":
		year, week := (referral.Day(n*7 - 3)).Start().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case "month":
		return fmt.Sprintf("%04d-%02d", n/12, n%12+1)
	}
	return referral.Day(n).String()
}

// timeRange returns the first and last unit of a period that has begun by now.
func timeRange(by GroupBy, from, to referral.Day, now time.Time) (first, last int64) {
	to = min(to, referral.DayOf(now))
	switch by {
	case "hour":
		return firstHour(from), min(firstHour(to+1)-1, now.Unix()/3600)
	case "week":
		return weekOf(from), weekOf(to)
	case "month":
		return monthOf(from), monthOf(to)
	}
	return int64(from), int64(to)
}

func isTime(by GroupBy) bool { return by == "hour" || by == "day" || by == "week" || by == "month" }
