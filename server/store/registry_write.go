package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Write runs fn in one transaction that is rolled back if fn fails, and raises
// the registry's version. The version's row is locked first, so that writers
// queue up on every database. PostgreSQL tells who listens; see Listen.
func (s *Store) Write(ctx context.Context, fn func(registry.Tx) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		t := &registryTx{ctx: ctx, tx: tx, query: s.query, prepared: map[string]*sql.Stmt{}, nums: map[[2]string]int64{}}
		t.read = t
		if s.postgres != nil {
			t.read = tx // its driver keeps statements itself
		}
		if err := t.exec("registry_version_raise"); err != nil {
			return fmt.Errorf("raise registry version: %w", err)
		}
		if err := fn(t); err != nil || s.postgres == nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.query.get("postgres_notify")) // told with the commit
		return err
	})
}

// registryTx satisfies registry.Tx. It prepares each statement once: an import
// writes tens of thousands of rows.
type registryTx struct {
	ctx      context.Context
	tx       *sql.Tx
	query    queries
	read     reader
	prepared map[string]*sql.Stmt // by SQL
	nums     map[[2]string]int64  // query and id → num
}

// statement is closed by the end of the transaction.
func (t *registryTx) statement(name string) (*sql.Stmt, error) {
	return t.prepare(t.ctx, t.query.get(name))
}

func (t *registryTx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := t.prepared[query]; st != nil {
		return st, nil
	}
	st, err := t.tx.PrepareContext(ctx, query)
	t.prepared[query] = st
	return st, err
}

func (t *registryTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (t *registryTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := t.prepare(ctx, query)
	if err != nil {
		return t.tx.QueryRowContext(ctx, query, args...) // whose row tells the error
	}
	return st.QueryRowContext(ctx, args...)
}

func (t *registryTx) exec(name string, args ...any) error {
	st, err := t.statement(name)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(t.ctx, args...)
	return err
}

// update is exec for one row; none is the error if there is no such row.
func (t *registryTx) update(name string, none *referral.Error, args ...any) error {
	st, err := t.statement(name)
	if err != nil {
		return err
	}
	result, err := st.ExecContext(t.ctx, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(none, err)
	}
	return nil
}

// insert returns the new row's number, or ErrConflict if its key is taken.
func (t *registryTx) insert(name, key string, args ...any) (num int64, err error) {
	st, err := t.statement(name)
	if err != nil {
		return 0, err
	}
	switch err = st.QueryRowContext(t.ctx, args...).Scan(&num); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, referral.Errorf(referral.ErrConflict, "error.taken", "value", key)
	case err != nil:
		return 0, fmt.Errorf("%s %s: %w", name, key, err)
	}
	return num, nil
}

// num returns the number of an id, 0 for ""; none is the error if there is no such row.
func (t *registryTx) num(query, id string, none string) (num int64, err error) {
	if id == "" {
		return 0, nil
	}
	if num, ok := t.nums[[2]string{query, id}]; ok {
		return num, nil
	}
	st, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	if err := st.QueryRowContext(t.ctx, id).Scan(&num); errors.Is(err, sql.ErrNoRows) {
		return 0, referral.Errorf(referral.ErrNotFound, none, "id", id)
	} else if err != nil {
		return 0, err
	}
	t.nums[[2]string{query, id}] = num
	return num, nil
}

func (t *registryTx) Destinations() ([]referral.Destination, error) {
	return all(t.ctx, t.read, scanDestination, t.query.get("destinations"))
}

func (t *registryTx) FindDestination(id string) (referral.Destination, error) {
	return t.query.findDestination(t.ctx, t.read, id)
}

func (t *registryTx) FindPortal(id string) (referral.Portal, error) {
	return t.query.findPortal(t.ctx, t.read, id)
}

func (t *registryTx) FindCampaign(id string) (referral.Campaign, error) {
	return t.query.findCampaign(t.ctx, t.read, id)
}

func (t *registryTx) FindPlacement(code referral.Code) (referral.Placement, error) {
	return t.query.findPlacement(t.ctx, t.read, code)
}

func (t *registryTx) AppendChange(c referral.Change) error {
	return t.exec("history_append", milli(c.Time), c.Actor, c.Entity, c.Key, c.Verb, c.Reason, string(c.Before), string(c.After))
}

// LastChange returns the number of the change that was appended last.
func (t *registryTx) LastChange() (num int64, err error) {
	err = t.read.QueryRowContext(t.ctx, t.query.get("history_last")).Scan(&num)
	return num, err
}
