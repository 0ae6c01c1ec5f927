package dashboard

import (
	"errors"
	"strings"

	"lensan/server/coverage"
	"lensan/server/referral"
	"lensan/server/web"
)

// lookNow answers /do-phu/:id/kiem-tra: the portal is read at once, which may
// take a while, and the page says what was found.
func (d *Dashboard) lookNow(v *visit) error {
	if !v.is(staff...) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	row, err := d.Coverage.LookNow(v.ctx(), v.actor(), v.param("id"))
	var told *referral.Error
	switch {
	case err == nil:
		return v.goTo(coveragePath, "looked", row.ID(), "province", row.Province.Code)
	case errors.As(err, &told) && (errors.Is(err, referral.ErrConflict) || errors.Is(err, referral.ErrUnavailable)):
		v.c.Status(web.Status(err))
		return d.coverageShown(v, v.l.Args(told.Key, told.Args))
	}
	return err
}

// lookedText says what a look has found.
func (v *visit) lookedText(r coverage.Row) string {
	return v.l.T("dashboard.coverage.looked", "portal", r.Portal.Name, "time", v.l.Time(r.CheckedAt), "state", v.l.T("dashboard.coverage.state."+string(r.State)),
		"found", strings.Join(v.foundLines(r), "; "))
}
