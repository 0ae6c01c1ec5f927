package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
	"lensan/server/registry"
)

func scanAccount(r row, more ...any) (acc access.Account, err error) {
	var created, seen int64
	err = r.Scan(append([]any{&acc.ID, &acc.Name, &acc.Role, &acc.Province, &created, &acc.Disabled, &acc.HasCode, &acc.Linked, &acc.Failures, &seen}, more...)...)
	acc.CreatedAt, acc.SeenAt = fromMilli(created), fromMilli(seen)
	return acc, err
}

// Accounts implements access.Store.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	list, err := all(ctx, s.read, func(r row) (access.Account, error) { return scanAccount(r) }, s.query.get("accounts"))
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", classed(err))
	}
	return list, nil
}

// Account implements access.Store.
func (s *Store) Account(ctx context.Context, id int64) (access.Account, error) {
	acc, err := scanAccount(s.read.QueryRowContext(ctx, s.query.get("account_by_id"), id))
	if err != nil {
		return acc, found("find account", err)
	}
	return acc, nil
}

// UpdateAccount implements access.Store.
func (s *Store) UpdateAccount(ctx context.Context, acc access.Account, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		if _, err := tx.ExecContext(ctx, s.query.get("account_update"), acc.ID, string(acc.Role), acc.Province, flag(acc.Disabled)); err != nil {
			return err
		}
		var admins int
		if err := tx.QueryRowContext(ctx, s.query.get("account_admins")).Scan(&admins); err != nil {
			return err
		}
		if admins == 0 {
			return referral.ErrConflict
		}
		if !acc.Disabled {
			return nil
		}
		_, err := tx.ExecContext(ctx, s.query.get("sessions_delete"), acc.ID, "")
		return err
	})
	if err != nil {
		return fmt.Errorf("update account: %w", err)
	}
	return nil
}

// PasswordHash implements access.Store.
func (s *Store) PasswordHash(ctx context.Context, account int64) (hash string, err error) {
	if err := s.read.QueryRowContext(ctx, s.query.get("account_password_hash"), account).Scan(&hash); err != nil {
		return "", found("find password", err)
	}
	return hash, nil
}

// SetPassword implements access.Store.
func (s *Store) SetPassword(ctx context.Context, account int64, passwordHash string, session access.StoredSession, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		if err := s.setPassword(ctx, tx, account, passwordHash); err != nil {
			return err
		}
		return s.insertSession(ctx, tx, session)
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// setPassword also ends every session, and voids links that would set it again.
func (s *Store) setPassword(ctx context.Context, tx *sql.Tx, account int64, passwordHash string) error {
	if _, err := tx.ExecContext(ctx, s.query.get("account_password"), account, passwordHash); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.query.get("invitations_reset_delete"), account); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.query.get("browsers_delete"), account); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, s.query.get("sessions_delete"), account, "")
	return err
}

// InsertReset implements access.Store.
func (s *Store) InsertReset(ctx context.Context, inv access.Invitation, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		if _, err := tx.ExecContext(ctx, s.query.get("invitations_reset_delete"), inv.Account); err != nil {
			return err
		}
		return s.insertInvitation(ctx, tx, inv)
	})
	if err != nil {
		return fmt.Errorf("insert reset: %w", err)
	}
	return nil
}

// Sessions implements access.Store.
func (s *Store) Sessions(ctx context.Context, account int64) ([]access.StoredSession, error) {
	list, err := all(ctx, s.read, func(r row) (x access.StoredSession, err error) {
		var created, seen int64
		err = r.Scan(&x.Hash, &x.AccountID, &created, &seen, &x.Browser)
		x.CreatedAt, x.SeenAt = fromMilli(created), fromMilli(seen)
		return x, err
	}, s.query.get("sessions_of"), account)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", classed(err))
	}
	return list, nil
}

// NameSession implements access.Store.
func (s *Store) NameSession(ctx context.Context, hash, browser string) error {
	if _, err := s.write.ExecContext(ctx, s.query.get("session_browser"), hash, browser); err != nil {
		return fmt.Errorf("name session: %w", classed(err))
	}
	return nil
}

// DeleteSessions implements access.Store.
func (s *Store) DeleteSessions(ctx context.Context, account int64, spare string, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		_, err := tx.ExecContext(ctx, s.query.get("sessions_delete"), account, spare)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete sessions: %w", err)
	}
	return nil
}

// failuresKept is how long failed sign-ins stay counted.
const failuresKept = 400 * 24

// CountFailure implements access.Store.
func (s *Store) CountFailure(ctx context.Context, account int64, at time.Time) error {
	hour := at.Unix() / 3600
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("failures_over_delete"), hour-failuresKept); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.query.get("failure_count"), hour, account); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.query.get("account_failed"), account)
		return err
	})
	if err != nil {
		return fmt.Errorf("count failed sign-in: %w", err)
	}
	return nil
}

// Failures implements access.Store.
func (s *Store) Failures(ctx context.Context, from, until time.Time) ([]access.Failures, error) {
	list, err := all(ctx, s.read, func(r row) (f access.Failures, err error) {
		err = r.Scan(&f.Name, &f.N)
		return f, err
	}, s.query.get("failures"), from.Unix()/3600, (until.Unix()+3599)/3600)
	if err != nil {
		return nil, fmt.Errorf("failed sign-ins: %w", classed(err))
	}
	return list, nil
}

// Log implements access.Store.
func (s *Store) Log(ctx context.Context, q access.Query) ([]referral.Change, string, error) {
	var n narrowing
	if q.Who != "" {
		n.and(`actor LIKE ? ESCAPE '\'`, like(q.Who))
	}
	if q.Entity != "" {
		n.and("entity = ?", q.Entity)
	}
	if q.Key != "" {
		n.and("entity_key = ?", q.Key)
	}
	if !q.From.IsZero() {
		n.and("changed_at >= ?", milli(q.From))
	}
	if !q.Until.IsZero() {
		n.and("changed_at < ?", milli(q.Until))
	}
	return listByNum(ctx, s, registry.Page{Cursor: q.Cursor, Limit: q.Limit}, n, s.query.get("history"), "num", scanChange, func(c referral.Change) int64 { return c.ID })
}

// AppendChange implements access.Store.
func (s *Store) AppendChange(ctx context.Context, c referral.Change) error {
	if err := s.audited(ctx, c, func(*sql.Tx, *referral.Change) error { return nil }); err != nil {
		return fmt.Errorf("append to the log: %w", err)
	}
	return nil
}

// InsertPending implements access.Store.
func (s *Store) InsertPending(ctx context.Context, session access.StoredSession) error {
	if err := s.inTx(ctx, func(tx *sql.Tx) error { return s.insertSession(ctx, tx, session) }); err != nil {
		return fmt.Errorf("insert pending session: %w", err)
	}
	return nil
}

// FindPending implements access.Store.
func (s *Store) FindPending(ctx context.Context, hash string) (access.StoredSession, access.Account, error) {
	return s.findSession(ctx, "session_pending", hash)
}

// ConfirmPending implements access.Store.
func (s *Store) ConfirmPending(ctx context.Context, pending string, session access.StoredSession, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		if _, err := tx.ExecContext(ctx, s.query.get("session_delete"), pending); err != nil {
			return err
		}
		return s.insertSession(ctx, tx, session)
	})
	if err != nil {
		return fmt.Errorf("confirm session: %w", err)
	}
	return nil
}

// CodeSecret implements access.Store.
func (s *Store) CodeSecret(ctx context.Context, account int64) (secret string, step int64, err error) {
	if err := s.read.QueryRowContext(ctx, s.query.get("account_code"), account).Scan(&secret, &step); err != nil {
		return "", 0, found("find second factor", err)
	}
	return secret, step, nil
}

// UseStep implements access.Store.
func (s *Store) UseStep(ctx context.Context, account, step int64) (bool, error) {
	return s.once(ctx, "account_code_step", account, step)
}

// UseRecovery implements access.Store.
func (s *Store) UseRecovery(ctx context.Context, account int64, hash string) (bool, error) {
	return s.once(ctx, "recovery_use", account, hash)
}

// once runs a query and reports whether it found something to do.
func (s *Store) once(ctx context.Context, query string, args ...any) (bool, error) {
	res, err := s.write.ExecContext(ctx, s.query.get(query), args...)
	if err != nil {
		return false, fmt.Errorf("%s: %w", query, classed(err))
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SetCode implements access.Store.
func (s *Store) SetCode(ctx context.Context, account int64, secret string, step int64, recovery []string, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error { return s.setCode(ctx, tx, account, secret, step, recovery) })
	if err != nil {
		return fmt.Errorf("set second factor: %w", err)
	}
	return nil
}

func (s *Store) setCode(ctx context.Context, tx *sql.Tx, account int64, secret string, step int64, recovery []string) error {
	if _, err := tx.ExecContext(ctx, s.query.get("account_code_set"), account, secret, step); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.query.get("recovery_delete"), account); err != nil {
		return err
	}
	for _, hash := range recovery {
		if _, err := tx.ExecContext(ctx, s.query.get("recovery_insert"), account, hash); err != nil {
			return err
		}
	}
	return nil
}

// FindSubject implements access.Store.
func (s *Store) FindSubject(ctx context.Context, subject string) (access.Account, error) {
	acc, err := scanAccount(s.read.QueryRowContext(ctx, s.query.get("account_by_subject"), subject))
	if err != nil {
		return acc, found("find subject", err)
	}
	return acc, nil
}

// LinkSubject implements access.Store.
func (s *Store) LinkSubject(ctx context.Context, account int64, subject string, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		res, err := tx.ExecContext(ctx, s.query.get("account_link"), account, subject)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(referral.ErrConflict, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("link account: %w", err)
	}
	return nil
}
