package dashboard

import (
	"time"

	"lensan/server/referral"
)

// period is the time that a page reports, with the one that it is compared to.
// All days are included.
type period struct {
	Name             string // "7", "30", "90", "month", "year", "custom"
	From, To         referral.Day
	PrevFrom, PrevTo referral.Day
}

const (
	defaultPeriod = "30"
	longestPeriod = 366 * 5 // days
)

var periodNames = []string{"7", "30", "90", "month", "year"}

var periodDays = map[string]referral.Day{"7": 7, "30": 30, "90": 90}

// readPeriod reads what the page was asked for. Anything that makes no sense
// is the default period, and fault is then the text key that says why.
func readPeriod(name, from, to string, today referral.Day) (p period, fault string) {
	switch name {
	case "month":
		return monthPeriod(today), ""
	case "year":
		return yearPeriod(today), ""
	case "custom":
		first, err1 := referral.ParseDay(from)
		last, err2 := referral.ParseDay(to)
		switch {
		case err1 != nil || err2 != nil:
			fault = "dashboard.period.unreadable"
		case last < first:
			fault = "dashboard.period.reversed"
		case last-first >= longestPeriod:
			fault = "dashboard.period.too_long"
		default:
			return before("custom", first, last), ""
		}
		name = defaultPeriod
	}
	days, ok := periodDays[name]
	if !ok {
		name, days = defaultPeriod, periodDays[defaultPeriod]
	}
	return before(name, today-days+1, today), fault
}

// before compares with as many days directly before.
func before(name string, from, to referral.Day) period {
	return period{Name: name, From: from, To: to, PrevFrom: from - (to - from + 1), PrevTo: from - 1}
}

// monthPeriod compares this month so far with the same days of the last one.
func monthPeriod(today referral.Day) period {
	t := today.Start()
	p := period{Name: "month", From: date(t.Year(), t.Month(), 1), To: today}
	p.PrevFrom, p.PrevTo = date(t.Year(), t.Month()-1, 1), p.From-1
	if to := p.PrevFrom + p.To - p.From; to < p.PrevTo {
		p.PrevTo = to
	}
	return p
}

// yearPeriod compares this year so far with the same days of the last one.
func yearPeriod(today referral.Day) period {
	t := today.Start()
	p := period{Name: "year", From: date(t.Year(), 1, 1), To: today, PrevFrom: date(t.Year()-1, 1, 1)}
	p.PrevTo = date(t.Year()-1, t.Month(), t.Day())
	return p
}

func date(y int, m time.Month, d int) referral.Day {
	return referral.DayOf(time.Date(y, m, d, 0, 0, 0, 0, referral.Zone))
}

func (p period) days() int { return int(p.To-p.From) + 1 }
