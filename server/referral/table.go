package referral

import (
	"encoding/csv"
	"fmt"
	"strings"
)

// readTable reads a CSV text with a header into one map a row, refusing a
// table that lacks one of the columns.
func readTable(text string, columns ...string) ([]map[string]string, error) {
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%v: %w", err, ErrInvalid)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("empty table: %w", ErrInvalid)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("column %s is missing: %w", name, ErrInvalid)
		}
	}
	out := make([]map[string]string, 0, len(rows)-1)
	for _, row := range rows[1:] {
		m := make(map[string]string, len(columns))
		for _, name := range columns {
			m[name] = row[at[name]]
		}
		out = append(out, m)
	}
	return out, nil
}
