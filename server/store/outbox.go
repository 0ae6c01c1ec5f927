package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/registry"
)

var _ outbox.Store = (*Store)(nil)

// PutMessages implements outbox.Store.
func (s *Store) PutMessages(ctx context.Context, list []outbox.Message) (added int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("registry_lock")); err != nil {
			return err
		}
		for _, m := range list {
			var num int64
			switch err := tx.QueryRowContext(ctx, s.query.get("message_insert"), m.Key, m.Kind, m.Channel, m.To, m.Subject, m.Body, string(m.State),
				milli(m.CreatedAt), milli(m.NextAt)).Scan(&num); {
			case errors.Is(err, sql.ErrNoRows):
				continue
			case err != nil:
				return err
			}
			added++
			for i, f := range m.Files {
				if _, err := tx.ExecContext(ctx, s.query.get("message_file_insert"), num, i, f.Name, f.Type, base64.StdEncoding.EncodeToString(f.Content)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("put messages: %w", err)
	}
	return added, nil
}

// TakeMessage implements outbox.Store.
func (s *Store) TakeMessage(ctx context.Context, now, until time.Time) (m outbox.Message, ok bool, err error) {
	var num int64
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("messages_lost_track"), milli(now)); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, s.query.get("message_take"), milli(now), milli(until)).Scan(&num)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || num == 0 {
		return m, false, err
	}
	m, err = s.FindMessage(ctx, num)
	return m, err == nil, err
}

// SettleMessage implements outbox.Store.
func (s *Store) SettleMessage(ctx context.Context, m outbox.Message) error {
	ok, err := s.once(ctx, "message_settle", m.Num, string(m.State), m.Tries, m.Problem, milli(m.NextAt), milli(m.DoneAt))
	if err == nil && !ok {
		err = fmt.Errorf("message %d is not under way: %w", m.Num, referral.ErrConflict)
	}
	return err
}

func scanMessage(r row) (m outbox.Message, err error) {
	var created, next, done int64
	err = r.Scan(&m.Num, &m.Key, &m.Kind, &m.Channel, &m.To, &m.Subject, &m.State, &m.Tries, &m.Problem, &created, &next, &done, &m.Body)
	m.CreatedAt, m.NextAt, m.DoneAt = fromMilli(created), fromMilli(next), fromMilli(done)
	return m, err
}

// Messages implements outbox.Store.
func (s *Store) Messages(ctx context.Context, q outbox.Query) ([]outbox.Message, string, error) {
	var n narrowing
	if len(q.States) > 0 {
		args := make([]any, len(q.States))
		for i, state := range q.States {
			args[i] = string(state)
		}
		n.and("state IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	}
	return listByNum(ctx, s, registry.Page{Cursor: q.Cursor, Limit: q.Limit}, n, s.query.get("messages"), "num", scanMessage, func(m outbox.Message) int64 { return m.Num })
}

// FindMessage implements outbox.Store.
func (s *Store) FindMessage(ctx context.Context, num int64) (m outbox.Message, err error) {
	if m, err = scanMessage(s.read.QueryRowContext(ctx, s.query.get("message_by_num"), num)); err != nil {
		return m, found("find message", err)
	}
	m.Files, err = all(ctx, s.read, func(r row) (f outbox.File, err error) {
		var content string
		if err = r.Scan(&f.Name, &f.Type, &content); err == nil {
			f.Content, err = base64.StdEncoding.DecodeString(content)
		}
		return f, err
	}, s.query.get("message_files"), num)
	if err != nil {
		return m, fmt.Errorf("files of message %d: %w", num, classed(err))
	}
	return m, nil
}

// RetryMessage implements outbox.Store.
func (s *Store) RetryMessage(ctx context.Context, num int64, now time.Time, c referral.Change) error {
	err := s.audited(ctx, c, func(tx *sql.Tx, _ *referral.Change) error {
		result, err := tx.ExecContext(ctx, s.query.get("message_retry"), num, milli(now))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		var there int
		if err := tx.QueryRowContext(ctx, s.query.get("message_exists"), num).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return referral.ErrNotFound
		}
		return referral.Errorf(referral.ErrConflict, "error.message_under_way")
	})
	if err != nil {
		return fmt.Errorf("retry message %d: %w", num, err)
	}
	return nil
}

// HasMessage implements outbox.Store.
func (s *Store) HasMessage(ctx context.Context, key string) (bool, error) {
	var n int
	if err := s.read.QueryRowContext(ctx, s.query.get("message_has"), key).Scan(&n); err != nil {
		return false, fmt.Errorf("find message: %w", classed(err))
	}
	return n > 0, nil
}

// ForgetMessages implements outbox.Store.
func (s *Store) ForgetMessages(ctx context.Context, before time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("message_files_forget"), milli(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.query.get("messages_forget"), milli(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget messages: %w", err)
	}
	return nil
}

// CountMessages implements outbox.Store.
func (s *Store) CountMessages(ctx context.Context) (map[outbox.State]int, error) {
	counts := map[outbox.State]int{}
	err := s.each(ctx, s.query.get("messages_counts"), nil, func(rows *sql.Rows) error {
		var state outbox.State
		var n int
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	return counts, nil
}
