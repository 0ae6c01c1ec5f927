package localjournal

import (
	"context"
	"fmt"
	"time"
)

// trimStep is how many batches are forgotten in one transaction: between two,
// commits get their turn.
const trimStep = 32

// When the file is rewritten without what was forgotten, which takes as long
// as what is still in it is large: always when that is little, and when it is
// not too much and a lot of room is gained. Until then free room is used again.
const (
	tidyEvery      = 10 * time.Second
	tidyLittle     = 256 << 10
	tidyNotTooMuch = 8 << 20
	tidyGainALot   = 64 << 20
)

// Trim forgets batches up to and including the one that ends with seq, and
// gives room back to the file system where that is quick, so that addresses
// and User-Agents of forgotten clicks do not stay on disk.
func (j *Journal) Trim(ctx context.Context, seq uint64) error {
	for {
		n, err := j.trimSome(ctx, seq)
		if err != nil {
			return fmt.Errorf("trim journal up to %d: %w", seq, err)
		}
		if n < trimStep {
			break
		}
	}
	if err := j.tidy(ctx); err != nil {
		return fmt.Errorf("tidy journal: %w", err)
	}
	return nil
}

func (j *Journal) trimSome(ctx context.Context, seq uint64) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.makeSure(); err != nil {
		return 0, err
	}
	if seq = min(seq, j.last); seq <= j.trimmed {
		return 0, nil
	}
	tx, err := j.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	result, err := tx.Stmt(j.stmt.trim).Exec(int64(seq), trimStep)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	if _, err := tx.Stmt(j.stmt.mark).Exec(int64(seq)); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	j.untidy = j.untidy || n > 0
	if n < trimStep {
		j.trimmed = seq
		j.tail.trim(seq)
	}
	return n, nil
}

// tidy takes what was forgotten out of the file and its write-ahead log.
func (j *Journal) tidy(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	if since := now.Sub(j.tidied); !j.untidy || since >= 0 && since < tidyEvery {
		return nil
	}
	var pages, free int64
	if err := j.write.QueryRowContext(ctx, `SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count`).Scan(&pages, &free); err != nil {
		return err
	}
	gain, rest := free*pageSize, (pages-free)*pageSize
	if rest > tidyLittle && (gain < tidyGainALot || rest > tidyNotTooMuch) {
		return nil
	}
	j.tidied = now
	if _, err := j.write.ExecContext(ctx, `VACUUM`); err != nil {
		return err
	}
	var busy, length, moved int
	if err := j.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &length, &moved); err != nil {
		return err
	}
	j.untidy = busy != 0
	return nil
}
