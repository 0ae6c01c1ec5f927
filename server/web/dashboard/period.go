package dashboard

import (
	"time"

	"lensan/server/referral"
)

// period is the time that a page reports, with the one that it is compared to.
// All days are included.
type period struct {
	Name             string // one of periodNames or "custom"
	Compare          string // one of compareNames
	From, To         referral.Day
	PrevFrom, PrevTo referral.Day
}

const (
	defaultPeriod = "30"
	longestPeriod = 366 * 5 // days
)

// earliest is a day before all that is counted, so that what a period is
// compared with is a day too.
var earliest = referral.MustDay("2000-01-01")

var (
	periodNames  = []string{"today", "7", "30", "90", "month", "quarter", "year"}
	periodDays   = map[string]referral.Day{"today": 1, "7": 7, "30": 30, "90": 90}
	compareNames = []string{"before", "year"}
)

// periodQuery is what an address says of the period.
type periodQuery struct{ Name, From, To, Compare string }

// readPeriod reads what the page was asked for. Anything that makes no sense
// is the default period, and fault is then the text key that says why.
func readPeriod(q periodQuery, today referral.Day) (p period, fault string) {
	p, fault = namedPeriod(q, today)
	if p.Compare = "before"; q.Compare == "year" {
		p.Compare = "year"
		p.PrevFrom, p.PrevTo = yearBefore(p.From), yearBefore(p.To)
		if p.PrevTo >= p.From {
			p.PrevTo = p.From - 1
		}
		p.PrevFrom = min(p.PrevFrom, p.PrevTo)
	}
	return p, fault
}

func namedPeriod(q periodQuery, today referral.Day) (p period, fault string) {
	name := q.Name
	switch name {
	case "month", "quarter", "year":
		return calendarPeriod(name, today), ""
	case "custom":
		first, err1 := referral.ParseDay(q.From)
		last, err2 := referral.ParseDay(q.To)
		switch {
		case err1 != nil || err2 != nil:
			fault = "dashboard.period.unreadable"
		case last < first:
			fault = "dashboard.period.reversed"
		case last-first >= longestPeriod:
			fault = "dashboard.period.too_long"
		case first < earliest || last > today+longestPeriod:
			fault = "overview.period.out_of_range"
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

// calendarPeriod compares this month, quarter or year so far with as much of
// the last one.
func calendarPeriod(name string, today referral.Day) period {
	t := today.Start()
	first, months := t.Month(), 1
	switch name {
	case "quarter":
		first, months = (t.Month()-1)/3*3+1, 3
	case "year":
		first, months = 1, 12
	}
	p := period{Name: name, From: date(t.Year(), first, 1), To: today}
	p.PrevFrom = date(t.Year(), first-time.Month(months), 1)
	if name == "year" {
		p.PrevTo = yearBefore(today)
	} else {
		p.PrevTo = min(p.PrevFrom+p.To-p.From, p.From-1)
	}
	return p
}

// yearBefore returns the same day of the year before; 29 February becomes 28.
func yearBefore(d referral.Day) referral.Day {
	t := d.Start()
	if t.Month() == time.February && t.Day() == 29 {
		return date(t.Year()-1, time.February, 28)
	}
	return date(t.Year()-1, t.Month(), t.Day())
}

func date(y int, m time.Month, d int) referral.Day {
	return referral.DayOf(time.Date(y, m, d, 0, 0, 0, 0, referral.Zone))
}

func (p period) days() int { return int(p.To-p.From) + 1 }
