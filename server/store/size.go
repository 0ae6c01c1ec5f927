package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// TableSize is how many rows a table has.
type TableSize struct {
	Table string
	Rows  int64
}

// Sizes counts the rows of every cube and of the visitors, by name, and the
// bytes of the whole database.
func (s *Store) Sizes(ctx context.Context) (tables []TableSize, bytes int64, err error) {
	names := map[string]bool{"visitors": true}
	for _, t := range statsTables {
		names[t.table] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		size := TableSize{Table: name}
		if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM "+name).Scan(&size.Rows); err != nil {
			return nil, 0, fmt.Errorf("size of %s: %w", name, classed(err))
		}
		tables = append(tables, size)
	}
	err = s.read.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").Scan(&bytes)
	if err != nil {
		return nil, 0, fmt.Errorf("size of the database: %w", classed(err))
	}
	return tables, bytes, nil
}
