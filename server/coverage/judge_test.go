package coverage

import (
	"testing"

	"lensan/server/referral"
)

func TestJudge(t *testing.T) {
	today := referral.MustDay("2026-11-24")
	const none = referral.NoDay
	good := []HostCheck{{Found: []Found{{Tiers: []string{"badge"}}}}}
	altered := []HostCheck{{Found: []Found{{Tiers: []string{"badge"}, Bad: []string{"alt_lost"}}}}}
	bare := []HostCheck{{Found: []Found{}}}
	unread := []HostCheck{{Fault: "probe_time"}}
	page := func(fault string, http int) []HostCheck {
		return append(bare[:1:1], HostCheck{Page: "/lien-ket", Fault: fault, HTTP: http})
	}
	for name, c := range map[string]struct {
		seen, found referral.Day
		checks      []HostCheck
		want        State
		since       referral.Day
	}{
		"both":                        {today, today, good, Placed, none},
		"both, fourteen days ago":     {today - 13, today - 13, good, Placed, none},
		"found and long not seen":     {today - 14, today, good, Unseen, none},
		"found and never seen":        {none, today, good, Unseen, none},
		"altered":                     {today, today, altered, Altered, none},
		"altered and never seen":      {none, today, altered, Altered, none},
		"one host of two is fine":     {today, today, append(altered, good...), Placed, none},
		"seen, and the page has none": {today, none, bare, Unfound, none},
		"seen, taken from the page":   {today, today - 3, bare, Unfound, none},
		"seen, and never looked at":   {today, none, nil, Unfound, none},
		"taken from the home page, its other page is down":       {today, today - 3, page("probe_status", 503), Placed, none},
		"taken from the home page, its other page is slow":       {today, today - 3, page("probe_time", 0), Placed, none},
		"taken from the home page, its other page is no more":    {today, today - 3, page("probe_status", 404), Unfound, none},
		"taken from the home page, its other page became a file": {today, today - 3, page("probe_type", 0), Unfound, none},
		"taken from the home page, and its other page has none":  {today, today - 3, page("", 200), Unfound, none},
		"found, and then unreadable":                             {today, today - 3, unread, Placed, none},
		"found long ago, and unreadable":                         {none, today - 14, unread, Lost, today - 14},
		"taken away and seen long ago":                           {today - 30, today - 20, bare, Lost, today - 20},
		"seen long ago and never found":                          {today - 100, none, bare, Lost, today - 100},
		"never":                                                  {none, none, bare, Never, none},
		"never, and nothing could be read":                       {none, none, unread, Never, none},
	} {
		got, since := judge(Record{LastSeen: c.seen, LastFound: c.found, Checks: c.checks}, today)
		if got != c.want || since != c.since {
			t.Errorf("%s: %s %s, want %s %s", name, got, since, c.want, c.since)
		}
	}
	for i, s := range States {
		if better(s, Never) != s || better(Never, s) != s || i > 0 && better(s, States[i-1]) == s {
			t.Errorf("%s is out of order", s)
		}
	}
}

func TestMonday(t *testing.T) {
	for day, want := range map[string]string{"2026-11-23": "2026-11-23", "2026-11-24": "2026-11-23", "2026-11-29": "2026-11-23", "2026-11-30": "2026-11-30", "1970-01-05": "1970-01-05"} {
		if got := monday(referral.MustDay(day)).String(); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}
