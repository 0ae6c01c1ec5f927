package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"

	"lensan/server/rollup"
)

// agent is one row of the table agents.
type agent struct{ device, os, browser, app string }

// maxHosts bounds the table hosts: whoever invents Referer headers cannot fill
// the disk. Hosts that come later are counted as rollup.OtherHost.
const maxHosts = 100_000

// dictionary gives long values that are stored again and again a number each
// and remembers the numbers. Its queries are NAME_find, NAME_add and NAME_count.
type dictionary[T comparable] struct {
	name  string
	args  func(T) []any
	max   int64 // of entries, 0: no limit
	other T     // stands for all that come later
	mu    sync.Mutex
	known map[T]int64
}

func newAgents() *dictionary[agent] {
	return &dictionary[agent]{name: "agent", args: func(a agent) []any { return []any{a.device, a.os, a.browser, a.app} }, known: map[agent]int64{}}
}

func newHosts() *dictionary[string] {
	return &dictionary[string]{name: "host", args: func(h string) []any { return []any{h} }, max: maxHosts, other: rollup.OtherHost, known: map[string]int64{}}
}

// dictionaryTx is a dictionary within one transaction: what is new there is
// remembered only after the commit.
type dictionaryTx[T comparable] struct {
	*dictionary[T]
	fresh map[T]int64
}

func (d *dictionary[T]) begin() *dictionaryTx[T] { return &dictionaryTx[T]{d, map[T]int64{}} }

// keep remembers what the transaction found and added; call it after the commit.
func (d *dictionaryTx[T]) keep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.max > 0 && len(d.known) > 2*int(d.max) {
		clear(d.known) // most of them are counted as the other, and of those there is no end
	}
	maps.Copy(d.known, d.fresh)
}

// resolve finds or adds values, so that id knows them.
func (d *dictionaryTx[T]) resolve(ctx context.Context, tx *sql.Tx, q queries, values iter.Seq[T]) error {
	for value := range values {
		id := d.id(value)
		if id == 0 {
			var err error
			if id, err = d.findOrAdd(ctx, tx, q, value); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		d.fresh[value] = id // also what is known now: it may be forgotten before the end
	}
	return nil
}

// id returns the number of a value, 0 if it was not resolved.
func (d *dictionaryTx[T]) id(value T) int64 {
	if id := d.fresh[value]; id != 0 {
		return id
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[value]
}

func (d *dictionaryTx[T]) findOrAdd(ctx context.Context, tx *sql.Tx, q queries, value T) (id int64, err error) {
	err = tx.QueryRowContext(ctx, q.get(d.name+"_find"), d.args(value)...).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if d.max > 0 && value != d.other {
		var n int64
		if err := tx.QueryRowContext(ctx, q.get(d.name+"_count")).Scan(&n); err != nil {
			return 0, err
		}
		if n >= d.max {
			return d.findOrAdd(ctx, tx, q, d.other)
		}
	}
	err = tx.QueryRowContext(ctx, q.get(d.name+"_add"), d.args(value)...).Scan(&id)
	return id, err
}
