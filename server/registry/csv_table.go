package registry

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lensan/server/referral"
)

// Limits of an import. Faults beyond maxFaults are not reported.
const (
	maxImportBytes = 10 << 20
	maxImportRows  = 20_000
	maxFaults      = 200
)

// column is one that a table may have.
type column struct {
	name     string   // as in the API
	aliases  []string // further headers, as SearchKey gives them
	required bool
}

// table is a CSV file read: its columns by position from 0, and its rows.
type table struct {
	names []string
	rows  []tableRow
}

type tableRow struct {
	line  int // from 1, of its first field
	cells map[string]string
}

// position returns the place of a column from 1, or 1 for one that is not there.
func (t *table) position(name string) int { return max(slices.Index(t.names, name), 0) + 1 }

// csvFaults gathers faults with their places, at most maxFaults.
type csvFaults struct{ fields []referral.FieldError }

func (f *csvFaults) add(line, column int, name, key string, args referral.Args) {
	if !f.full() {
		f.fields = append(f.fields, referral.FieldError{Field: name, Key: key, Args: args, Line: line, Column: column})
	}
}

func (f *csvFaults) full() bool { return len(f.fields) >= maxFaults }

func (f *csvFaults) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &referral.Error{Kind: referral.ErrInvalid, Key: "error.csv_invalid", Fields: f.fields}
}

// readTable reads CSV in UTF-8 with or without a byte order mark, its fields
// parted by comma or semicolon, whichever the header has more of. Lines without
// any text are passed over. Every fault is an *referral.Error's field.
func readTable(from io.Reader, columns []column) (*table, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxImportBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	var f csvFaults
	if len(raw) > maxImportBytes {
		f.add(1, 1, "", "error.csv_size", referral.Args{"max": strconv.Itoa(maxImportBytes >> 20)})
		return nil, f.err()
	}
	if !utf8.Valid(raw) {
		for i, line := range bytes.Split(raw, []byte("\n")) {
			if !utf8.Valid(line) {
				f.add(i+1, 1, "", "error.csv_utf8", nil)
			}
		}
		return nil, f.err()
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	comma := separator(raw)
	if comma == 0 {
		f.add(1, 1, "", "error.csv_empty", nil)
		return nil, f.err()
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	t := &table{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.addSyntax(raw, comma, err)
			return nil, f.err()
		}
		line, _ := r.FieldPos(0)
		if blank(record) {
			continue
		}
		if t.names == nil {
			if t.names = readHeader(&f, line, record, columns); f.err() != nil {
				return nil, f.err()
			}
			continue
		}
		if len(t.rows) == maxImportRows {
			f.add(line, 1, "", "error.csv_rows", referral.Args{"max": strconv.Itoa(maxImportRows)})
			return nil, f.err()
		}
		t.addRow(&f, line, record)
		if f.full() {
			return nil, f.err()
		}
	}
	if len(t.rows) == 0 {
		f.add(1, 1, "", "error.csv_empty", nil)
	}
	return t, f.err()
}

func (t *table) addRow(f *csvFaults, line int, record []string) {
	for len(record) > len(t.names) && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	if len(record) != len(t.names) {
		f.add(line, min(len(record), len(t.names))+1, "", "error.csv_width",
			referral.Args{"got": strconv.Itoa(len(record)), "want": strconv.Itoa(len(t.names))})
		return
	}
	row := tableRow{line: line, cells: make(map[string]string, len(record))}
	for i, cell := range record {
		row.cells[t.names[i]] = tidy(cell)
	}
	t.rows = append(t.rows, row)
}

// readHeader returns the API's names of the columns.
func readHeader(f *csvFaults, line int, record []string, columns []column) []string {
	for len(record) > 0 && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	var known, names []string
	for _, c := range columns {
		known = append(known, c.name)
	}
	for i, header := range record {
		key := SearchKey(tidy(header))
		at := slices.IndexFunc(columns, func(c column) bool {
			return c.name == strings.ReplaceAll(key, " ", "_") || slices.Contains(c.aliases, key)
		})
		switch {
		case at < 0:
			f.add(line, i+1, header, "error.csv_column_unknown", referral.Args{"value": header, "columns": strings.Join(known, ", ")})
			names = append(names, "")
		case slices.Contains(names, columns[at].name):
			f.add(line, i+1, columns[at].name, "error.csv_column_twice", referral.Args{"value": columns[at].name})
			names = append(names, "")
		default:
			names = append(names, columns[at].name)
		}
	}
	for _, c := range columns {
		if c.required && !slices.Contains(names, c.name) {
			f.add(line, len(record)+1, c.name, "error.csv_column_missing", referral.Args{"value": c.name})
		}
	}
	return names
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// separator returns the one of comma and semicolon that stands more often
// outside quotation marks in the first line with text; 0 if there is none.
func separator(raw []byte) rune {
	for line := range bytes.Lines(raw) {
		if len(bytes.Trim(line, " \t\r\n,;\"")) == 0 {
			continue
		}
		quoted, semicolons := false, 0
		for _, c := range line {
			switch {
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == ';':
				semicolons++
			case c == ',':
				semicolons--
			}
		}
		if semicolons > 0 {
			return ';'
		}
		return ','
	}
	return 0
}

// addSyntax adds the fault of a row that is not CSV, at its field.
func (f *csvFaults) addSyntax(raw []byte, comma rune, err error) {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		f.add(1, 1, "", "error.csv_quote", nil)
		return
	}
	lines := bytes.SplitAfter(raw, []byte("\n"))
	field, quoted := 1, false
	for n := syntax.StartLine; n <= min(syntax.Line, len(lines)); n++ {
		line := lines[n-1]
		if n == syntax.Line {
			line = line[:max(min(syntax.Column-1, len(line)), 0)]
		}
		for _, c := range line {
			if c == '"' {
				quoted = !quoted
			} else if rune(c) == comma && !quoted {
				field++
			}
		}
	}
	f.add(syntax.StartLine, field, "", "error.csv_quote", nil)
}
