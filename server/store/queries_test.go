package store

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadQueries(t *testing.T) {
	file := func(s string) fstest.MapFS { return fstest.MapFS{"query/a.sql": {Data: []byte(s)}} }
	q, err := loadQueries(file("-- a comment\n-- name: one\nSELECT 1;\n\n-- name: two\n-- of lines\nSELECT\n2\n"))
	if err != nil || len(q) != 2 || q.get("one") != "SELECT 1" || q.get("two") != "-- of lines\nSELECT\n2" {
		t.Errorf("%q, %v", q, err)
	}
	for _, bad := range []string{"-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;", "-- name: one\n", "-- name: one"} {
		if _, err := loadQueries(file(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown name does not panic")
		}
	}()
	q.get("three")
}

// Every query is SQL that the database understands; %s stands for a list of
// values.
func TestQueries_prepare(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		for name, sql := range s.query {
			if s.postgres == nil && (strings.HasPrefix(name, "turn_") || strings.HasPrefix(name, "postgres_")) {
				continue // of PostgreSQL alone
			}
			if strings.HasPrefix(sql, "LISTEN") {
				continue // is no statement that can be prepared
			}
			st, err := s.write.Prepare(strings.ReplaceAll(sql, "%s", "NULL"))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			st.Close()
		}
	})
}
