package registry

import (
	"context"
	"errors"
	"strconv"

	"lensan/server/referral"
)

// ReportCode keeps what somebody wrote about a printed code. Nothing about who
// wrote it is asked for or kept. A serial number without a code gets the code
// that stands on its sheet.
func (r *Registry) ReportCode(ctx context.Context, x referral.CodeReport) (referral.CodeReport, error) {
	x.Where, x.Note, x.CreatedAt = tidy(x.Where), tidy(x.Note), r.moment()
	if links := r.links.Load(); links != nil && x.Code == "" && x.Serial != 0 {
		x.Code, _ = links.BySerial(x.Serial)
	}
	if err := x.Validate(); err != nil {
		return referral.CodeReport{}, err
	}
	return orNothing(x, r.store.InsertCodeReport(ctx, &x))
}

// CodeReports lists reports, newest first: with the filter's state "open",
// "closed" or all. A province's actor sees those of its own codes.
func (r *Registry) CodeReports(ctx context.Context, a referral.Actor, p Page, f Filter) (list []referral.CodeReport, next string, err error) {
	if err := mayRead(a); err != nil {
		return nil, "", err
	}
	f, nothing := r.narrow(a, f)
	if nothing {
		return nil, "", nil
	}
	return r.store.CodeReports(ctx, p, f)
}

// OpenCodeReports counts the open reports that an actor sees.
func (r *Registry) OpenCodeReports(ctx context.Context, a referral.Actor) (int, error) {
	f, nothing := r.narrow(a, Filter{State: "open"})
	if nothing || mayRead(a) != nil {
		return 0, nil
	}
	return r.store.CountCodeReports(ctx, f)
}

// CloseCodeReport notes what was done about a report, once: ErrConflict names who
// closed it before, when and with which outcome.
func (r *Registry) CloseCodeReport(ctx context.Context, a referral.Actor, num int64, outcome string) (x referral.CodeReport, err error) {
	if err := mayWrite(a); err != nil {
		return x, err
	}
	if x, err = r.store.FindCodeReport(ctx, num); err != nil {
		return x, err
	}
	if _, everywhere := r.own(a); !everywhere {
		if _, err := r.Placement(ctx, a, x.Code); err != nil {
			return referral.CodeReport{}, referral.Errorf(referral.ErrNotFound, "error.report_unknown")
		}
	}
	if !x.ClosedAt.IsZero() {
		return referral.CodeReport{}, closedBefore(x)
	}
	var f referral.Faults
	if outcome = checkReason(&f, outcome); outcome == "" {
		f.Add("/outcome", "error.required")
	}
	if err := f.Err(); err != nil {
		return referral.CodeReport{}, err
	}
	before := x
	x.ClosedAt, x.ClosedBy, x.Outcome = r.moment(), a.String(), outcome
	c := r.change(a, "report", strconv.FormatInt(num, 10), "close", outcome)
	if c.Before, c.After, _, err = difference(reportFields(before), reportFields(x)); err != nil {
		return referral.CodeReport{}, err
	}
	if err = r.store.CloseCodeReport(ctx, x, c); errors.Is(err, referral.ErrConflict) {
		if before, err = r.store.FindCodeReport(ctx, num); err == nil {
			err = closedBefore(before)
		}
	}
	return orNothing(x, err)
}

func closedBefore(x referral.CodeReport) error {
	return referral.Errorf(referral.ErrConflict, "error.report_closed", "by", person(x.ClosedBy), "at", clock(x.ClosedAt), "outcome", x.Outcome)
}

func reportFields(x referral.CodeReport) []field {
	return []field{{"code", x.Code}, {"closed", !x.ClosedAt.IsZero()}, {"outcome", x.Outcome}}
}
