package signups

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lensan/server/referral"
)

const maxBytes = 5 << 20 // of a CSV file

// headers are the columns of a CSV file: their names as in the API, then others.
var headers = [][]string{{"day", "ngày", "ngay"}, {"code", "mã", "ma"}, {"stage", "bước", "buoc"}, {"count", "số", "so", "số lượng", "so luong"}}

// Table says where the rows of a CSV file stand.
type Table struct {
	names []string // of the columns, from the left
	lines []int    // of the rows
}

// ReadCSV reads day, code, stage and count from CSV in UTF-8 with a header, its
// fields parted by comma or semicolon. stage may be left out: signup. Days are
// YYYY-MM-DD or D/M/YYYY. Faults name line and column.
func ReadCSV(from io.Reader) (rows []Row, t Table, err error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxBytes+1))
	if err != nil {
		return nil, t, err
	}
	whole := func(key string, line int, nameValue ...string) ([]Row, Table, error) {
		e := referral.Errorf(referral.ErrInvalid, key, nameValue...)
		return nil, t, &referral.Error{Kind: referral.ErrInvalid, Key: "error.csv_invalid", Fields: []referral.FieldError{{Key: e.Key, Args: e.Args, Line: line, Column: 1}}}
	}
	switch {
	case len(raw) > maxBytes:
		return whole("error.csv_size", 1, "max", strconv.Itoa(maxBytes>>20))
	case !utf8.Valid(raw):
		return whole("error.csv_utf8", 1)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	var faults []referral.FieldError
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return whole("error.csv_quote", syntax.StartLine)
		} else if err != nil {
			return nil, t, err
		}
		line, _ := r.FieldPos(0)
		switch {
		case t.names == nil:
			if fault := t.header(record); fault != nil {
				fault.Line = line
				return nil, t, &referral.Error{Kind: referral.ErrInvalid, Key: "error.csv_invalid", Fields: []referral.FieldError{*fault}}
			}
			continue
		case len(record) != len(t.names):
			faults = append(faults, referral.FieldError{Key: "error.csv_width", Line: line, Column: min(len(record), len(t.names)) + 1,
				Args: referral.Args{"got": strconv.Itoa(len(record)), "want": strconv.Itoa(len(t.names))}})
		case len(rows) == MaxRows:
			return whole("error.csv_rows", line, "max", strconv.Itoa(MaxRows))
		default:
			row, bad := t.row(record)
			for _, fault := range bad {
				fault.Line = line
				faults = append(faults, fault)
			}
			rows, t.lines = append(rows, row), append(t.lines, line)
		}
	}
	if len(rows) == 0 && len(faults) == 0 {
		return whole("error.csv_empty", 1)
	}
	if len(faults) > 0 {
		return rows, t, &referral.Error{Kind: referral.ErrInvalid, Key: "error.csv_invalid", Fields: faults[:min(len(faults), maxFaults)]}
	}
	return rows, t, nil
}

const maxFaults = 200

func (t *Table) header(record []string) *referral.FieldError {
	for i, cell := range record {
		at := slices.IndexFunc(headers, func(names []string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(cell))) })
		switch {
		case at < 0:
			return &referral.FieldError{Field: cell, Key: "error.csv_column_unknown", Column: i + 1, Args: referral.Args{"value": cell, "columns": "day, code, stage, count"}}
		case slices.Contains(t.names, headers[at][0]):
			return &referral.FieldError{Field: cell, Key: "error.csv_column_twice", Column: i + 1, Args: referral.Args{"value": cell}}
		}
		t.names = append(t.names, headers[at][0])
	}
	for _, name := range []string{"day", "code", "count"} {
		if !slices.Contains(t.names, name) {
			return &referral.FieldError{Field: name, Key: "error.csv_column_missing", Column: len(record) + 1, Args: referral.Args{"value": name}}
		}
	}
	return nil
}

func (t *Table) row(record []string) (r Row, faults []referral.FieldError) {
	r.Stage = SignUp
	for i, cell := range record {
		cell = strings.TrimSpace(cell)
		fault := func(key string, args referral.Args) {
			faults = append(faults, referral.FieldError{Field: t.names[i], Key: key, Args: args, Column: i + 1})
		}
		switch t.names[i] {
		case "day":
			var err error
			if r.Day, err = parseDay(cell); err != nil {
				fault("error.day", referral.Args{"value": cell})
			}
		case "code":
			var err error
			var told *referral.Error
			if r.Code, err = referral.ParseCode(cell); errors.As(err, &told) {
				fault(told.Key, told.Args)
			}
		case "stage":
			if cell != "" {
				r.Stage = Stage(cell)
			}
		case "count":
			n, err := strconv.ParseInt(cell, 10, 64)
			if err != nil {
				fault("error.range", referral.Args{"min": "0", "max": strconv.Itoa(MaxCount)})
			}
			r.Count = n
		}
	}
	return r, faults
}

// parseDay reads 2026-11-24, and 24/11/2026 as spreadsheets write it here.
func parseDay(s string) (referral.Day, error) {
	if t, err := time.Parse("2/1/2006", s); err == nil {
		return referral.ParseDay(t.Format(time.DateOnly))
	}
	return referral.ParseDay(s)
}

// Located puts the faults of rows ("/rows/3/code") at their line and column;
// others, and other errors, it returns as they are.
func (t Table) Located(err error) error {
	var named *referral.Error
	if !errors.As(err, &named) || len(named.Fields) == 0 {
		return err
	}
	out := &referral.Error{Kind: named.Kind, Key: "error.csv_invalid", Args: named.Args}
	for _, f := range named.Fields {
		if rest, ok := strings.CutPrefix(f.Field, "/rows/"); ok {
			index, name, _ := strings.Cut(rest, "/")
			if i, err := strconv.Atoi(index); err == nil && i < len(t.lines) {
				f.Field, f.Line, f.Column = name, t.lines[i], max(slices.Index(t.names, name), 0)+1
			}
			if row := f.Args["row"]; row != "" { // of a row that stands twice
				if i, err := strconv.Atoi(row); err == nil && i < len(t.lines) {
					f.Args = referral.Args{"row": strconv.Itoa(t.lines[i])}
				}
			}
		}
		if out.Fields = append(out.Fields, f); len(out.Fields) == maxFaults {
			break
		}
	}
	return out
}
