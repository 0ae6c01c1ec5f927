package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lensan/server/referral"
	"lensan/server/wording"
)

var _ wording.Store = (*Store)(nil)

func scanKept(r row) (k wording.Kept, err error) {
	var at int64
	err = r.Scan(&k.Key, &k.Lang, &k.Words, &k.By, &at)
	k.At = fromMilli(at)
	return k, err
}

// TextsVersion implements wording.Store.
func (s *Store) TextsVersion(ctx context.Context) (version int64, err error) {
	if err := s.read.QueryRowContext(ctx, s.query.get("texts_version")).Scan(&version); err != nil {
		return 0, fmt.Errorf("texts version: %w", classed(err))
	}
	return version, nil
}

// Texts implements wording.Store.
func (s *Store) Texts(ctx context.Context) (list []wording.Kept, version int64, err error) {
	err = s.inReadTx(ctx, func(tx *sql.Tx) (err error) {
		if err := tx.QueryRowContext(ctx, s.query.get("texts_version")).Scan(&version); err != nil {
			return err
		}
		list, err = all(ctx, tx, scanKept, s.query.get("texts"))
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read texts: %w", err)
	}
	return list, version, nil
}

// WriteText implements wording.Store.
func (s *Store) WriteText(ctx context.Context, key string, decide func([]wording.Kept, referral.Change) (map[string]*string, referral.Change, error)) error {
	err := s.audited(ctx, referral.Change{}, func(tx *sql.Tx, c *referral.Change) error {
		if _, err := tx.ExecContext(ctx, s.query.get("texts_version_raise")); err != nil {
			return err
		}
		now, err := all(ctx, tx, scanKept, s.query.get("texts_of_key"), key)
		if err != nil {
			return err
		}
		last, err := s.lastChange(ctx, tx, "text", key)
		if err != nil {
			return err
		}
		become, change, err := decide(now, last)
		if err != nil {
			return err
		}
		*c = change
		for lang, words := range become {
			if words == nil {
				_, err = tx.ExecContext(ctx, s.query.get("text_delete"), key, lang)
			} else {
				_, err = tx.ExecContext(ctx, s.query.get("text_save"), key, lang, *words, c.Actor, milli(c.Time))
			}
			if err != nil {
				return err
			}
		}
		if s.postgres != nil {
			_, err = tx.ExecContext(ctx, s.query.get("postgres_notify")) // told with the commit
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("write text %s: %w", key, err)
	}
	return nil
}

// lastChange returns the newest change of an entity, the zero value before
// there is one.
func (s *Store) lastChange(ctx context.Context, tx *sql.Tx, entity, key string) (referral.Change, error) {
	c, err := scanChange(tx.QueryRowContext(ctx, s.query.get("history")+" WHERE entity = $1 AND entity_key = $2 ORDER BY num DESC LIMIT 1", entity, key))
	if errors.Is(err, sql.ErrNoRows) {
		return referral.Change{}, nil
	}
	return c, err
}
