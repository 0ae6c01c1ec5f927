package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lensan/server/referral"
)

// Listen calls changed when somebody else, or this process, has committed a
// change of the registry or of a text, until ctx ends or the connection breaks, which is the
// error. It holds a connection of its own. SQLite has no such news
// (referral.ErrInvalid wrapped).
func (s *Store) Listen(ctx context.Context, changed func()) error {
	if s.postgres == nil {
		return fmt.Errorf("listen to %s: %w", s.dialect, referral.ErrInvalid)
	}
	conn, err := pgx.ConnectConfig(ctx, s.postgres.Copy())
	if err != nil {
		return fmt.Errorf("listen: %w", classed(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, s.query.get("postgres_listen")); err != nil {
		return fmt.Errorf("listen: %w", classed(err))
	}
	changed() // whatever came before
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("listen: %w", classed(err))
		}
		changed()
	}
}
