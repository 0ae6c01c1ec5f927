// Package report writes the monthly report: a PDF of figures, map, provinces
// and definitions, ready to be signed. It asks stats and knows neither the
// registry nor where the file goes.
package report

import (
	"context"
	"io"
	"time"

	"lensan/server/atlas"
	"lensan/server/pdf"
	"lensan/server/referral"
	"lensan/server/stats"
	"lensan/server/text"
)

// Stats is what a report asks.
type Stats interface {
	Query(ctx context.Context, q stats.Query) (stats.Report, error)
}

// Options of a report.
type Options struct {
	Month    referral.Day       // any day of it
	Province *referral.Province // nil for the whole country
	Language *text.Language
	On       referral.Day // date of export, which it says at the foot
}

// Maker makes reports.
type Maker struct {
	Stats        Stats
	Provinces    *referral.Provinces
	Map63, Map34 *atlas.Map
}

// merger is the first day of the 34 (Resolution 202/2025/QH15).
var merger = referral.MustDay("2025-07-01")

// earliest is the month before which nothing was counted.
var earliest = referral.MustDay("2000-01-01")

// ReadMonth reads "2026-10" and returns its first day. A month that is not over
// on a day has no report: an ErrInvalid that names the field.
func ReadMonth(s, field string, today referral.Day) (referral.Day, error) {
	var f referral.Faults
	day, err := referral.ParseDay(s + "-01")
	switch {
	case err != nil || day < earliest:
		f.Add(field, "error.report_month", "value", s)
	case lastOf(day) >= today:
		f.Add(field, "error.report_early", "value", s)
	}
	return day, f.Err()
}

func lastOf(d referral.Day) referral.Day {
	t := d.Start()
	return referral.DayOf(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, referral.Zone)) - 1
}

func firstOf(d referral.Day) referral.Day {
	t := d.Start()
	return referral.DayOf(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, referral.Zone))
}

// content is what a report says. All is read as recorded, so that a month says
// the same for good, whatever provinces become later.
type content struct {
	Options
	from, to               referral.Day
	days, before           stats.Report
	provinces              stats.Report
	channels, destinations stats.Report
}

// Write writes a report. The same month gives the same bytes but for On. The
// first error of stats, of w or of ctx ends it.
func (m *Maker) Write(ctx context.Context, w io.Writer, o Options) error {
	c, err := m.gather(ctx, o)
	if err != nil {
		return err
	}
	fonts, err := pdf.OpenFonts()
	if err != nil {
		return err
	}
	out := pdf.New(w)
	if err := pdf.WriteMark(out); err != nil {
		return err
	}
	d := &document{content: c, maker: m, l: o.Language, fonts: fonts, out: out}
	if err := d.cover(); err != nil {
		return err
	}
	d.provincePages()
	d.definitions()
	d.finish()
	return out.Close(fonts, d.title(), d.l.Code)
}

func (m *Maker) gather(ctx context.Context, o Options) (*content, error) {
	c := &content{Options: o, from: firstOf(o.Month), to: lastOf(o.Month)}
	var within []referral.ProvinceID
	if o.Province != nil {
		within = m.Provinces.Lineage(o.Province.ID)
	}
	ask := func(into *stats.Report, by stats.GroupBy, from, to referral.Day) (err error) {
		*into, err = m.Stats.Query(ctx, stats.Query{From: from, To: to, GroupBy: by, Boundaries: stats.BoundariesRecorded, Within: within, Lang: o.Language.Code})
		return err
	}
	for _, q := range []struct {
		into *stats.Report
		by   stats.GroupBy
	}{{&c.days, "day"}, {&c.provinces, "province"}, {&c.channels, "channel"}, {&c.destinations, "destination"}} {
		if err := ask(q.into, q.by, c.from, c.to); err != nil {
			return nil, err
		}
	}
	return c, ask(&c.before, "", firstOf(c.from-1), c.from-1)
}

// Province finds a province by its code at the end of a month; one that there
// was not is an ErrInvalid that names the field.
func (m *Maker) Province(code string, month referral.Day, field string) (*referral.Province, error) {
	p, err := m.Provinces.Find(code, lastOf(month))
	if err != nil {
		var f referral.Faults
		if err := f.AddError(field, err); err != nil {
			return nil, err
		}
		return nil, f.Err()
	}
	return p, nil
}
