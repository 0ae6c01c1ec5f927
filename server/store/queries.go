package store

import (
	"fmt"
	"io/fs"
	"strings"
)

// queries maps a name to its SQL.
type queries map[string]string

// loadQueries reads query/*.sql, where each statement follows a line
// "-- name: placement_by_code".
func loadQueries(files fs.FS) (queries, error) {
	paths, err := fs.Glob(files, "query/*.sql")
	if err != nil {
		return nil, err
	}
	q := queries{}
	for _, path := range paths {
		raw, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		for _, block := range strings.Split("\n"+string(raw), "\n-- name: ")[1:] {
			name, sql, _ := strings.Cut(block, "\n")
			name, sql = strings.TrimSpace(name), strings.TrimSpace(sql)
			if q[name] != "" || sql == "" {
				return nil, fmt.Errorf("%s: query %q is empty or stands twice", path, name)
			}
			q[name] = strings.TrimSuffix(sql, ";")
		}
	}
	return q, nil
}

// get returns a query by name; a name that is not there is a programming error.
func (q queries) get(name string) string {
	sql, ok := q[name]
	if !ok {
		panic("no query named " + name)
	}
	return sql
}
