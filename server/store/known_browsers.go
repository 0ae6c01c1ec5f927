package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lensan/server/access"
)

// InsertBrowser implements access.Store.
func (s *Store) InsertBrowser(ctx context.Context, b access.KnownBrowser, since time.Time, keep int) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.query.get("browser_insert"), b.Hash, b.AccountID, milli(b.KnownAt)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.query.get("browsers_over_delete"), b.AccountID, milli(since), keep)
		return err
	})
	if err != nil {
		return fmt.Errorf("remember browser: %w", err)
	}
	return nil
}

// FindBrowser implements access.Store.
func (s *Store) FindBrowser(ctx context.Context, hash string) (b access.KnownBrowser, err error) {
	var known int64
	if err := s.read.QueryRowContext(ctx, s.query.get("browser_by_hash"), hash).Scan(&b.Hash, &b.AccountID, &known, &b.Failures); err != nil {
		return b, found("find browser", err)
	}
	b.KnownAt = fromMilli(known)
	return b, nil
}

// CountBrowserFailure implements access.Store.
func (s *Store) CountBrowserFailure(ctx context.Context, hash string) error {
	_, err := s.once(ctx, "browser_failed", hash)
	return err
}

// ClearBrowserFailures implements access.Store.
func (s *Store) ClearBrowserFailures(ctx context.Context, hash string) error {
	_, err := s.once(ctx, "browser_succeeded", hash)
	return err
}
