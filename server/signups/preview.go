package signups

import (
	"context"
	"errors"

	"lensan/server/referral"
)

// Preview says what taking a report in would do, and changes nothing.
type Preview struct {
	Destination, ID string
	Rows            int
	Totals          map[Stage]int64
	First, Last     referral.Day // NoDay without rows
	Known           *Report      // the version that is in force now, nil if there is none
	Faults          error        // nil, or all that stands in the way
}

// Preview looks at a report as Take does. What is wrong with it is no error of
// its own but stands in the preview; who may not report at all gets one.
func (s *Signups) Preview(ctx context.Context, a referral.Actor, in Input) (Preview, error) {
	placed, err := s.check(ctx, a, &in)
	var named *referral.Error
	if err != nil && (!errors.As(err, &named) || len(named.Fields) == 0) {
		return Preview{}, err
	}
	p := Preview{Destination: in.Destination, ID: in.ReportID, Rows: len(in.Rows), Totals: totals(in.Rows), Faults: err}
	p.First, p.Last = span(in.Rows)
	if err != nil {
		return p, nil
	}
	doubles, err := s.store.SignupDoubles(ctx, in.Destination, in.ReportID, placed)
	if err != nil {
		return Preview{}, err
	}
	var f referral.Faults
	addDoubles(&f, doubles)
	known, err := s.store.SignupReports(ctx, in.Destination, in.ReportID, 1)
	if err != nil {
		return Preview{}, err
	}
	if len(known) > 0 {
		p.Known = &known[0]
		if !in.Correct {
			f.Add("/correct", "error.signups_changed", "id", in.ReportID)
		}
	}
	p.Faults = f.Err()
	return p, nil
}
