package signups

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"lensan/server/referral"
)

// Limits of a workbook: of the file as it is sent, of what it unpacks to, and
// of its first sheet, blank rows included.
const (
	maxUnpacked = 32 << 20
	maxLines    = 3 * MaxRows
	maxCells    = 64
)

// IsWorkbook reports whether a file is an XLSX file, or one of its kin that
// FromWorkbook refuses: a workbook of old (XLS) or one under a password.
func IsWorkbook(file []byte) bool {
	return bytes.HasPrefix(file, []byte("PK\x03\x04")) || bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0"))
}

// FromWorkbook returns the first sheet of an XLSX file as CSV for ReadCSV: a
// line for each row of the sheet, so that faults name the rows that people see.
// Cells of the column of days that hold a date become YYYY-MM-DD.
func FromWorkbook(file []byte) (table []byte, err error) {
	refused := func(key string, line int, nameValue ...string) error {
		e := referral.Errorf(referral.ErrInvalid, key, nameValue...)
		return &referral.Error{Kind: referral.ErrInvalid, Key: "error.csv_invalid", Fields: []referral.FieldError{{Key: e.Key, Args: e.Args, Line: line, Column: 1}}}
	}
	if len(file) > maxBytes {
		return nil, refused("error.csv_size", 1, "max", strconv.Itoa(maxBytes>>20))
	}
	// The library reads what anybody may send; a file that it stumbles over must
	// not end the server.
	defer func() {
		if stumbled := recover(); stumbled != nil {
			table, err = nil, refused("error.signups_workbook", 1)
		}
	}()
	if !whole(file) {
		return nil, refused("error.signups_workbook", 1)
	}
	f, openErr := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if openErr != nil {
		return nil, refused("error.signups_workbook", 1)
	}
	defer f.Close() // nothing is on disk: what would be is refused by its size
	props, propsErr := f.GetWorkbookProps()
	rows, rowsErr := f.Rows(f.GetSheetName(0))
	if propsErr != nil || rowsErr != nil {
		return nil, refused("error.signups_workbook", 1)
	}
	defer rows.Close()
	from1904 := props.Date1904 != nil && *props.Date1904
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	day, width, read := -1, 0, 0
	for line := 1; rows.Next(); line++ {
		cells, cellErr := rows.Columns()
		switch {
		case cellErr != nil:
			return nil, refused("error.signups_workbook", line)
		case line > maxLines:
			return nil, refused("error.csv_rows", line, "max", strconv.Itoa(MaxRows))
		}
		if len(cells) > maxCells {
			return nil, refused("error.csv_width", line, "got", strconv.Itoa(len(cells)), "want", strconv.Itoa(max(width, len(headers))))
		}
		for _, cell := range cells {
			read += len(cell)
		}
		if read > maxBytes {
			return nil, refused("error.csv_size", line, "max", strconv.Itoa(maxBytes>>20))
		}
		cells = tidied(cells)
		if len(cells) > 0 && width == 0 {
			width = len(cells)
			day = slices.IndexFunc(cells, func(cell string) bool { return slices.Contains(headers[0], strings.ToLower(cell)) })
		} else if len(cells) > 0 {
			for len(cells) < width {
				cells = append(cells, "")
			}
			if day >= 0 {
				cells[day] = dated(cells[day], from1904)
			}
		}
		if len(cells) == 0 {
			w.Flush()
			out.WriteByte('\n')
			continue
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("sheet as CSV: %w", err)
		}
	}
	if rows.Error() != nil {
		return nil, refused("error.signups_workbook", 1)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// tidied puts each cell on one line and drops empty ones at the end. A whole
// number is written without ".0", which Google Sheets adds.
func tidied(cells []string) []string {
	for i, cell := range cells {
		cells[i] = strings.Join(strings.Fields(strings.ToValidUTF8(cell, "")), " ")
		if whole, ok := strings.CutSuffix(cells[i], ".0"); ok && whole != "" && strings.Trim(whole, "0123456789") == "" {
			cells[i] = whole
		}
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// dated writes the day of a date as spreadsheets keep them: days since the end
// of 1899, or since 1904. What is no such number stays as it is.
func dated(cell string, from1904 bool) string {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 1 || n > 2958465 {
		return cell
	}
	at, err := excelize.ExcelDateToTime(n, from1904)
	if err != nil {
		return cell
	}
	return at.Format("2006-01-02")
}
