package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

// audited runs fn and appends a change to the history, in one transaction.
// fn may complete the change.
func (s *Store) audited(ctx context.Context, c referral.Change, fn func(*sql.Tx, *referral.Change) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("registry_lock")); err != nil {
			return err
		}
		if err := fn(tx, &c); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.query.get("history_append"), milli(c.Time), c.Actor, c.Entity, c.Key, c.Verb, c.Reason, string(c.Before), string(c.After))
		return err
	})
}

// errNothing rolls a transaction back in which there was nothing to do.
var errNothing = errors.New("nothing to do")

// ReplaceFirstInvitation implements access.Store.
func (s *Store) ReplaceFirstInvitation(ctx context.Context, inv access.Invitation, c referral.Change) (bool, error) {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		var accounts int
		if err := tx.QueryRowContext(ctx, s.query.get("account_count")).Scan(&accounts); err != nil {
			return err
		}
		if accounts > 0 {
			return errNothing
		}
		if _, err := tx.ExecContext(ctx, s.query.get("invitations_first_delete")); err != nil {
			return err
		}
		return s.insertInvitation(ctx, tx, inv)
	})
	if errors.Is(err, errNothing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("first invitation: %w", err)
	}
	return true, nil
}

// InsertInvitation implements access.Store.
func (s *Store) InsertInvitation(ctx context.Context, inv access.Invitation, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error { return s.insertInvitation(ctx, tx, inv) })
	if err != nil {
		return fmt.Errorf("insert invitation: %w", err)
	}
	return nil
}

func (s *Store) insertInvitation(ctx context.Context, tx *sql.Tx, inv access.Invitation) error {
	_, err := tx.ExecContext(ctx, s.query.get("invitation_insert"), inv.Hash, string(inv.Role), inv.Province, flag(inv.First), inv.InvitedBy,
		inv.CreatedAt.UnixMilli(), inv.ExpiresAt.UnixMilli(), inv.Account)
	return err
}

// FindInvitation implements access.Store.
func (s *Store) FindInvitation(ctx context.Context, hash string, now time.Time) (access.Invitation, error) {
	var inv access.Invitation
	var created, expires int64
	err := s.read.QueryRowContext(ctx, s.query.get("invitation_by_hash"), hash, now.UnixMilli()).
		Scan(&inv.Hash, &inv.Role, &inv.Province, &inv.First, &inv.InvitedBy, &created, &expires, &inv.Account)
	if err != nil {
		return inv, found("find invitation", err)
	}
	inv.CreatedAt, inv.ExpiresAt = fromMilli(created), fromMilli(expires)
	return inv, nil
}

// AcceptInvitation implements access.Store.
func (s *Store) AcceptInvitation(ctx context.Context, invitation string, acc *access.Account, passwordHash string, session access.StoredSession, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		res, err := tx.ExecContext(ctx, s.query.get("invitation_use"), invitation, acc.CreatedAt.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(referral.ErrNotFound, err)
		}
		if acc.ID != 0 {
			if err := s.setPassword(ctx, tx, acc.ID, passwordHash); err != nil {
				return err
			}
			if err := s.setCode(ctx, tx, acc.ID, "", 0, nil); err != nil {
				return err
			}
			session.AccountID = acc.ID
			return s.insertSession(ctx, tx, session)
		}
		err = tx.QueryRowContext(ctx, s.query.get("account_insert"), acc.Name, passwordHash, string(acc.Role), acc.Province, acc.CreatedAt.UnixMilli()).Scan(&acc.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return referral.ErrConflict
		}
		if err != nil {
			return err
		}
		session.AccountID = acc.ID
		return s.insertSession(ctx, tx, session)
	})
	if err != nil {
		return fmt.Errorf("accept invitation: %w", err)
	}
	return nil
}

// FindAccount implements access.Store.
func (s *Store) FindAccount(ctx context.Context, name string) (acc access.Account, passwordHash string, err error) {
	acc, err = scanAccount(s.read.QueryRowContext(ctx, s.query.get("account_by_name"), name), &passwordHash)
	if err != nil {
		return access.Account{}, "", found("find account", err)
	}
	return acc, passwordHash, nil
}

// InsertSession implements access.Store.
func (s *Store) InsertSession(ctx context.Context, session access.StoredSession, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error { return s.insertSession(ctx, tx, session) })
	if err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	return nil
}

func (s *Store) insertSession(ctx context.Context, tx *sql.Tx, session access.StoredSession) error {
	now := session.CreatedAt
	if _, err := tx.ExecContext(ctx, s.query.get("invitations_over_delete"), now.UnixMilli()); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.query.get("sessions_over_delete"), now.Add(-access.SessionIdle).UnixMilli(), now.Add(-access.SessionLife).UnixMilli()); err != nil {
		return err
	}
	if !session.Pending {
		if _, err := tx.ExecContext(ctx, s.query.get("account_succeeded"), session.AccountID); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, s.query.get("session_insert"), session.Hash, session.AccountID, now.UnixMilli(), session.SeenAt.UnixMilli(),
		session.Browser, flag(session.Pending))
	return err
}

// FindSession implements access.Store.
func (s *Store) FindSession(ctx context.Context, hash string) (access.StoredSession, access.Account, error) {
	return s.findSession(ctx, "session_by_hash", hash)
}

func (s *Store) findSession(ctx context.Context, query, hash string) (access.StoredSession, access.Account, error) {
	var session access.StoredSession
	var acc access.Account
	var created, seen, accountCreated int64
	err := s.read.QueryRowContext(ctx, s.query.get(query), hash).Scan(&session.Hash, &session.AccountID, &created, &seen, &session.Browser, &session.Pending,
		&acc.ID, &acc.Name, &acc.Role, &acc.Province, &accountCreated, &acc.Disabled, &acc.HasCode, &acc.Failures)
	if err != nil {
		return session, acc, found("find session", err)
	}
	session.CreatedAt, session.SeenAt, acc.CreatedAt = fromMilli(created), fromMilli(seen), fromMilli(accountCreated)
	return session, acc, nil
}

// TouchSession implements access.Store.
func (s *Store) TouchSession(ctx context.Context, hash string, seen time.Time) error {
	if _, err := s.write.ExecContext(ctx, s.query.get("session_touch"), hash, seen.UnixMilli()); err != nil {
		return fmt.Errorf("touch session: %w", classed(err))
	}
	return nil
}

// DeleteSession implements access.Store.
func (s *Store) DeleteSession(ctx context.Context, hash string, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		res, err := tx.ExecContext(ctx, s.query.get("session_delete"), hash)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errNothing, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// InsertKey implements access.Store.
func (s *Store) InsertKey(ctx context.Context, k *access.Key, hash string, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, c *referral.Change) error {
		err := tx.QueryRowContext(ctx, s.query.get("key_insert"), hash, k.Label, string(k.Role), k.Province, k.Destination, k.CreatedAt.UnixMilli()).Scan(&k.ID)
		c.Key = strconv.FormatInt(k.ID, 10)
		return err
	})
	if err != nil {
		return fmt.Errorf("insert key: %w", err)
	}
	return nil
}

// FindKey implements access.Store.
func (s *Store) FindKey(ctx context.Context, hash string) (access.Key, error) {
	k, err := scanKey(s.read.QueryRowContext(ctx, s.query.get("key_by_hash"), hash))
	if err != nil {
		return access.Key{}, found("find key", err)
	}
	return k, nil
}

// FindKeyByID implements access.Store.
func (s *Store) FindKeyByID(ctx context.Context, id int64) (k access.Key, hash string, err error) {
	var created, used, revoked int64
	err = s.read.QueryRowContext(ctx, s.query.get("key_by_id"), id).Scan(&k.ID, &k.Label, &k.Role, &k.Province, &k.Destination, &created, &used, &revoked, &hash)
	if err != nil {
		return access.Key{}, "", found("find key", err)
	}
	k.CreatedAt, k.LastUsedAt, k.RevokedAt = fromMilli(created), fromMilli(used), fromMilli(revoked)
	return k, hash, nil
}

// Keys implements access.Store.
func (s *Store) Keys(ctx context.Context) ([]access.Key, error) {
	rows, err := s.read.QueryContext(ctx, s.query.get("keys"))
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", classed(err))
	}
	defer rows.Close()
	var list []access.Key
	for rows.Next() {
		k, err := scanKey(rows)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", classed(err))
		}
		list = append(list, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list keys: %w", classed(err))
	}
	return list, nil
}

func scanKey(r row) (k access.Key, err error) {
	var created, used, revoked int64
	err = r.Scan(&k.ID, &k.Label, &k.Role, &k.Province, &k.Destination, &created, &used, &revoked)
	k.CreatedAt, k.LastUsedAt, k.RevokedAt = fromMilli(created), fromMilli(used), fromMilli(revoked)
	return k, err
}

// TouchKey implements access.Store.
func (s *Store) TouchKey(ctx context.Context, id int64, used time.Time) error {
	if _, err := s.write.ExecContext(ctx, s.query.get("key_touch"), id, used.UnixMilli()); err != nil {
		return fmt.Errorf("touch key %d: %w", id, classed(err))
	}
	return nil
}

// RevokeKey implements access.Store.
func (s *Store) RevokeKey(ctx context.Context, id int64, at time.Time, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		res, err := tx.ExecContext(ctx, s.query.get("key_revoke"), id, at.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		var known int
		if err := tx.QueryRowContext(ctx, s.query.get("key_exists"), id).Scan(&known); err != nil {
			return err
		}
		if known == 0 {
			return referral.ErrNotFound
		}
		return errNothing
	})
	if err != nil && !errors.Is(err, errNothing) {
		return fmt.Errorf("revoke key %d: %w", id, err)
	}
	return nil
}

// found turns the absence of a row into ErrNotFound.
func found(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		err = referral.ErrNotFound
	}
	return fmt.Errorf("%s: %w", what, classed(err))
}
