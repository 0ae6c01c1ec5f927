// Package localjournal keeps clicks on their way in a SQLite file of its own,
// so that they never wait for the statistics' writer. Each commit is one row
// and one fsync.
package localjournal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"lensan/server/clicklog"
)

// readBytes bounds what one Read returns, unless a single batch is larger.
const readBytes = 4 << 20

// Journal is a clicklog.Journal in one file. Its methods may be called from
// any goroutine, and one process at a time may append.
type Journal struct {
	path string
	id   string
	now  func() time.Time

	write *sql.DB // one connection
	read  *sql.DB
	stmt  statements

	mu      sync.Mutex // held while writing
	last    uint64
	unsure  bool // last must be read anew
	trimmed uint64
	tail    tail // not to be used while unsure
	untidy  bool // forgotten clicks may still be in the file
	tidied  time.Time
}

type statements struct{ insert, trim, mark, probe, has, last, batches *sql.Stmt }

// ID returns the random name that the file was given when it was created.
func (j *Journal) ID() string { return j.id }

// Append implements clicklog.Journal. A commit that failed is looked up, so
// that clicklog.ErrUnknown is left for a file that cannot even be read.
func (j *Journal) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	if n <= 0 {
		return 0, fmt.Errorf("append %d clicks: a batch holds at least one", n)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.makeSure(); err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	seq := j.last + uint64(n)
	if _, err := j.stmt.insert.Exec(int64(seq), n, data); err != nil {
		written, lookErr := j.has(seq, n, data)
		switch {
		case lookErr != nil:
			err = errors.Join(clicklog.ErrUnknown, err, lookErr)
			fallthrough
		case !written:
			j.unsure = true
			return 0, fmt.Errorf("append %d clicks: %w", n, err)
		}
	}
	j.last = seq
	j.tail.push(seq, n, data)
	return seq, nil
}

func (j *Journal) has(seq uint64, n int, data []byte) (written bool, err error) {
	err = j.stmt.has.QueryRow(int64(seq), n, data).Scan(&written)
	return written, err
}

// makeSure reads the last number anew after a commit that failed.
func (j *Journal) makeSure() error {
	if !j.unsure {
		return nil
	}
	last, err := j.readLast(context.Background())
	if err != nil {
		return err
	}
	j.last, j.unsure = last, false
	j.tail.reset(last)
	return nil
}

// Read implements clicklog.Journal. It returns at most about 4 MiB of data.
func (j *Journal) Read(ctx context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	if list, ok := j.readTail(after, max); ok {
		return list, ctx.Err()
	}
	rows, err := j.stmt.batches.QueryContext(ctx, int64(after), max)
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer rows.Close()
	var out []clicklog.Batch
	for size := 0; size < readBytes && rows.Next(); {
		var b clicklog.Batch
		if err := rows.Scan(&b.Seq, &b.N, &b.Data); err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		size += len(b.Data)
		out = append(out, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return out, nil
}

func (j *Journal) readTail(after uint64, max int) (list []clicklog.Batch, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.unsure {
		return nil, false
	}
	return j.tail.after(after, max)
}

// Last returns the number of the last click ever written, 0 if none. It never
// goes back, whatever was trimmed.
func (j *Journal) Last(ctx context.Context) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.makeSure(); err != nil {
		return 0, err
	}
	return j.last, ctx.Err()
}

func (j *Journal) readLast(ctx context.Context) (uint64, error) {
	var last uint64
	if err := j.stmt.last.QueryRowContext(ctx).Scan(&last); err != nil {
		return 0, fmt.Errorf("last number of the journal: %w", err)
	}
	return last, nil
}

// Probe writes a mark durably: it tells whether the file takes writes.
func (j *Journal) Probe(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.stmt.probe.ExecContext(ctx); err != nil {
		return fmt.Errorf("probe journal: %w", err)
	}
	return nil
}

// Close closes the file.
func (j *Journal) Close() error { return errors.Join(j.read.Close(), j.write.Close()) }
