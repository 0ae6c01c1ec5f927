package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/store"
)

// CopyTo moves the SQLite database of a data folder into an empty PostgreSQL
// database; see store.MoveTo. A server that runs on the folder is ErrConflict.
// The journal stays where it is: a server started on the same folder with the
// new database goes on from it.
func CopyTo(ctx context.Context, c config.Config, url string, progress func(table string, rows int64)) error {
	path := filepath.Join(c.Data, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return referral.Errorf(referral.ErrNotFound, "error.no_database", "path", path)
	}
	a := &App{config: c}
	if err := a.lockData(); err != nil {
		return err
	}
	defer a.lock.Unlock()
	from, err := store.OpenSQLite(path)
	if err != nil {
		return err
	}
	defer from.Close()
	ctxOpen, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	to, err := store.OpenPostgres(ctxOpen, url)
	if err != nil {
		return err
	}
	return errors.Join(from.MoveTo(ctx, to, progress), to.Close())
}
