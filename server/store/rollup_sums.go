package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/rollup"
)

// sums gathers what one table is to be raised by. Its statement is built here
// and not in query/: a dozen statements differ in names alone, and the number
// of rows in VALUES varies.
type sums struct {
	table    string
	keys     []string
	counters []string
	cells    map[cellKey]cellCounts
}

// cellKey holds the values of sums.keys, then zeros; cellCounts likewise.
type (
	cellKey    [6]int64
	cellCounts [5]int64
)

var (
	clickCounters   = []string{"people", "repeat", "bot", "preview"}
	throughCounters = append(slices.Clone(clickCounters), "through")
)

func clickSums(table string, size int, keys ...string) *sums {
	return &sums{table: table, keys: keys, counters: clickCounters, cells: make(map[cellKey]cellCounts, size)}
}

func (s *sums) addClicks(k cellKey, c rollup.Counts) {
	s.add(k, cellCounts{c.People, c.Repeat, c.Bot, c.Preview})
}

// addThrough also counts the people of a destination other than the hub.
func (s *sums) addThrough(k cellKey, c rollup.Counts, destination int64) {
	n := cellCounts{c.People, c.Repeat, c.Bot, c.Preview}
	if destination != referral.HubNum {
		n[4] = c.People
	}
	s.add(k, n)
}

func (s *sums) add(k cellKey, n cellCounts) {
	sum := s.cells[k]
	for i, v := range n {
		sum[i] += v
	}
	s.cells[k] = sum
}

// rowsAtOnce is how many rows one statement carries: enough to hide the cost of
// a call, few enough for SQLite, which looks a $n up in a list each time that
// it is bound (8 rows: 207,000 clicks/s in BenchmarkApply, 64 rows: 83,000).
const rowsAtOnce = 8

// write adds the sums in the order of the key, so that neighbours share pages
// and two servers take rows in the same order.
func (s *sums) write(ctx context.Context, tx *sql.Tx, arrays bool) error {
	keys := make([]cellKey, 0, len(s.cells))
	for k := range s.cells {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b cellKey) int { return slices.Compare(a[:], b[:]) })
	if arrays {
		return s.writeArrays(ctx, tx, keys)
	}
	var full *sql.Stmt
	args := make([]any, 0, rowsAtOnce*(len(s.keys)+len(s.counters)))
	for part := range slices.Chunk(keys, rowsAtOnce) {
		args = args[:0]
		for _, k := range part {
			sum := s.cells[k]
			for i := range s.keys {
				args = append(args, k[i])
			}
			for i := range s.counters {
				args = append(args, sum[i])
			}
		}
		stmt := full
		if stmt == nil || len(part) < rowsAtOnce {
			var err error
			if stmt, err = tx.PrepareContext(ctx, s.upsert(s.values(len(part)))); err != nil {
				return fmt.Errorf("%s: %w", s.table, err)
			}
			defer stmt.Close()
			full = stmt
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("%s: %w", s.table, err)
		}
	}
	return nil
}

// writeArrays does it with one statement, to which each column is an array: for
// PostgreSQL, to which a call is a message there and back.
func (s *sums) writeArrays(ctx context.Context, tx *sql.Tx, keys []cellKey) error {
	if len(keys) == 0 {
		return nil
	}
	columns := make([][]int64, len(s.keys)+len(s.counters))
	for _, k := range keys {
		for i := range s.keys {
			columns[i] = append(columns[i], k[i])
		}
		sum := s.cells[k]
		for i := range s.counters {
			columns[len(s.keys)+i] = append(columns[len(s.keys)+i], sum[i])
		}
	}
	args, arrays := make([]any, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		args[i], arrays[i] = column, "$"+strconv.Itoa(i+1)+"::bigint[]"
	}
	if _, err := tx.ExecContext(ctx, s.upsert("SELECT * FROM unnest("+strings.Join(arrays, ", ")+")"), args...); err != nil {
		return fmt.Errorf("%s: %w", s.table, err)
	}
	return nil
}

// values returns VALUES with placeholders for some rows.
func (s *sums) values(rows int) string {
	var b strings.Builder
	b.WriteString("VALUES ")
	for row, n := 0, 0; row < rows; row++ {
		if row > 0 {
			b.WriteString(", ")
		}
		for i := range len(s.keys) + len(s.counters) {
			if n++; i == 0 {
				b.WriteString("($")
			} else {
				b.WriteString(", $")
			}
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// upsert returns the statement that adds rows.
func (s *sums) upsert(rows string) string {
	var b strings.Builder
	keys := strings.Join(s.keys, ", ")
	fmt.Fprintf(&b, "INSERT INTO %s (%s, %s) %s", s.table, keys, strings.Join(s.counters, ", "), rows)
	fmt.Fprintf(&b, " ON CONFLICT (%s) DO UPDATE SET ", keys)
	for i, c := range s.counters {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s = %s.%s + excluded.%s", c, s.table, c, c)
	}
	return b.String()
}
