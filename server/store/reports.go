package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lensan/server/referral"
	"lensan/server/registry"
)

func scanReport(r row) (x referral.CodeReport, err error) {
	var created, closed int64
	err = r.Scan(&x.Num, &x.Code, &x.Serial, &x.Where, &x.Note, &created, &closed, &x.ClosedBy, &x.Outcome)
	x.CreatedAt, x.ClosedAt = fromMilli(created), fromMilli(closed)
	return x, err
}

// CodeReports lists reports, newest first: all, or those that are open or closed.
func (s *Store) CodeReports(ctx context.Context, p registry.Page, f registry.Filter) ([]referral.CodeReport, string, error) {
	return listByNum(ctx, s, p, reportsOf(f), s.query.get("code_reports"), "num", scanReport, func(x referral.CodeReport) int64 { return x.Num })
}

// CountCodeReports counts the reports that CodeReports lists.
func (s *Store) CountCodeReports(ctx context.Context, f registry.Filter) (count int, err error) {
	n := reportsOf(f)
	err = s.read.QueryRowContext(ctx, s.query.get("code_report_count")+n.sql(), n.args...).Scan(&count)
	return count, classed(err)
}

func reportsOf(f registry.Filter) (n narrowing) {
	switch f.State {
	case "open":
		n.and("closed_at = 0")
	case "closed":
		n.and("closed_at <> 0")
	}
	if len(f.Provinces) > 0 {
		of := narrowing{args: n.args}
		of.provinces("portals.province", f.Provinces)
		n.args = of.args
		n.and("code IN (SELECT placements.code FROM placements JOIN portals ON portals.num = placements.portal WHERE " + of.conditions[0] + ")")
	}
	return n
}

// FindCodeReport returns referral.ErrNotFound if there is no such report.
func (s *Store) FindCodeReport(ctx context.Context, num int64) (referral.CodeReport, error) {
	return one(ctx, s.read, scanReport, referral.Errorf(referral.ErrNotFound, "error.report_unknown"), s.query.get("code_reports")+" WHERE num = $1", num)
}

// InsertCodeReport sets the report's number.
func (s *Store) InsertCodeReport(ctx context.Context, x *referral.CodeReport) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, s.query.get("code_report_insert"), string(x.Code), int64(x.Serial), x.Where, x.Note, milli(x.CreatedAt)).Scan(&x.Num)
	})
}

// CloseCodeReport keeps what was done, and appends a change to the history. It
// returns referral.ErrConflict if the report is closed already.
func (s *Store) CloseCodeReport(ctx context.Context, x referral.CodeReport, c referral.Change) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, s.query.get("code_report_close"), x.Num, milli(x.ClosedAt), x.ClosedBy, x.Outcome)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(fmt.Errorf("report %d is closed: %w", x.Num, referral.ErrConflict), err)
		}
		_, err = tx.ExecContext(ctx, s.query.get("history_append"), milli(c.Time), c.Actor, c.Entity, c.Key, c.Verb, c.Reason, string(c.Before), string(c.After))
		return err
	})
}
