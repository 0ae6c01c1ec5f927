package signups

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"lensan/server/referral"
)

// workbook makes an XLSX file of rows; nil is a blank one.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var friday = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

func TestFromWorkbook(t *testing.T) {
	for name, c := range map[string]struct {
		rows [][]any
		want string
	}{
		"dates, numbers and texts": {[][]any{{"Ngày", "Mã", "Số"}, {friday, "K7Q2PX", 3}, {"24/11/2026", " K7Q2PX ", "12"}}, "Ngày,Mã,Số\n2026-11-27,K7Q2PX,3\n24/11/2026,K7Q2PX,12\n"},
		"a time of the day":        {[][]any{{"day", "code", "count"}, {friday.Add(9 * time.Hour), "x", 1}}, "day,code,count\n2026-11-27,x,1\n"},
		"blank rows keep theirs":   {[][]any{nil, {"day", "code", "count"}, nil, {friday, "x", 0}}, "\nday,code,count\n\n2026-11-27,x,0\n"},
		"cells left empty":         {[][]any{{"day", "code", "count", "stage"}, {friday, "x", 1}, {nil, nil, 1}}, "day,code,count,stage\n2026-11-27,x,1,\n,,1,\n"},
		"lines within a cell":      {[][]any{{"day", "code", "count"}, {"24/11/2026\n", "a\r\nb", "1"}}, "day,code,count\n24/11/2026,a b,1\n"},
		"numbers elsewhere":        {[][]any{{"count", "code", "day"}, {46000, "234567", friday}}, "count,code,day\n46000,234567,2026-11-27\n"},
		"as Google Sheets writes":  {[][]any{{"day", "code", "count"}, {"46353.0", "234567.0", "3.0"}, {"46353.5", "x", "3.5"}, {"x", ".0", "1.000"}}, "day,code,count\n2026-11-27,234567,3\n2026-11-27,x,3.5\nx,.0,1.000\n"},
		"nothing":                  {nil, ""},
	} {
		got, err := FromWorkbook(workbook(t, c.rows...))
		if diff := cmp.Diff(c.want, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// A fault in a sheet is told at the row that people see.
func TestFromWorkbook_faultsKeepTheirRow(t *testing.T) {
	code := string(referral.NewCode())
	table, err := FromWorkbook(workbook(t, nil, []any{"Ngày", "Mã", "Số lượng"}, []any{friday, code, 1}, nil, []any{friday, "nope", "ba"}, []any{friday, code, 1, "x", "y"}))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = ReadCSV(bytes.NewReader(table))
	var told *referral.Error
	if !errors.As(err, &told) {
		t.Fatal(err)
	}
	got := map[[2]int]bool{}
	for _, f := range told.Fields {
		got[[2]int{f.Line, f.Column}] = true
	}
	if diff := cmp.Diff(map[[2]int]bool{{5, 2}: true, {5, 3}: true, {6, 4}: true}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFromWorkbook_1904(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{"A1": "day", "A2": 44890} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if got, err := FromWorkbook(b.Bytes()); string(got) != "day\n2026-11-26\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// altered returns a workbook with a part replaced.
func altered(t testing.TB, file []byte, part string, body []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, x := range r.File {
		old, err := x.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(old)
		if err != nil {
			t.Fatal(err)
		}
		if x.Name == part {
			raw = body
		}
		to, err := w.Create(x.Name)
		if err == nil {
			_, err = to.Write(raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flipped changes a byte in the middle of the sheet as it is packed.
func flipped(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range r.File {
		if part.Name == sheetPart {
			at, err := part.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			file = bytes.Clone(file)
			file[at+int64(part.CompressedSize64)/2] ^= 0x10
		}
	}
	return file
}

const (
	sheetPart   = "xl/worksheets/sheet1.xml"
	stringsPart = "xl/sharedStrings.xml"
)

func texts(items string) []byte {
	return []byte(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + items + `</sst>`)
}

// cells are n that all show the first of the texts.
func cells(n int) string { return strings.Repeat(`<c t="s"><v>0</v></c>`, n) }

func sheet(rows string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`)
}

func TestFromWorkbook_refused(t *testing.T) {
	plain := workbook(t, []any{"day", "code", "count"})
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"too large":             {append(bytes.Clone(plain), make([]byte, maxBytes)...), "error.csv_size"},
		"an old workbook":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "error.signups_workbook"},
		"another archive":       {altered(t, plain, "xl/workbook.xml", []byte("<x/>")), "error.signups_workbook"},
		"cut off":               {plain[:len(plain)/2], "error.signups_workbook"},
		"unpacks to too much":   {altered(t, plain, sheetPart, sheet(strings.Repeat(" ", maxUnpacked+1))), "error.signups_workbook"},
		"a row a million below": {altered(t, plain, sheetPart, sheet(`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`)), "error.csv_rows"},
		"a cell at the far end": {altered(t, plain, sheetPart, sheet(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)), "error.csv_width"},
		"a bit is wrong":        {flipped(t, plain), "error.signups_workbook"},
		"a text many times":     {altered(t, altered(t, plain, stringsPart, texts("<si><t>"+strings.Repeat("x", 200_000)+"</t></si>")), sheetPart, sheet(strings.Repeat("<row>"+cells(30)+"</row>", 100))), "error.csv_size"},
		"blanks many times":     {altered(t, altered(t, plain, stringsPart, texts("<si><t>"+strings.Repeat(" ", 200_000)+"</t></si>")), sheetPart, sheet(strings.Repeat("<row>"+cells(30)+"</row>", 100))), "error.csv_size"},
		"a text too long":       {altered(t, plain, stringsPart, texts("<si><t>"+strings.Repeat("x", 2<<20)+"</t></si>")), "error.signups_workbook"},
		"long texts in a row":   {altered(t, altered(t, plain, stringsPart, texts("<si><si/>"+strings.Repeat("<r><t>"+strings.Repeat("x", 1<<19)+"</t></r>", 4)+"</si>")), sheetPart, sheet("<row>"+cells(20)+"</row>")), "error.signups_workbook"},
		"half a million texts":  {altered(t, plain, stringsPart, texts(strings.Repeat("<si/>", 1<<19))), "error.signups_workbook"},
		"half a million cells":  {altered(t, plain, sheetPart, sheet("<row>"+strings.Repeat("<c/>", 1<<19)+"</row>")), "error.signups_workbook"},
		"half a million styles": {altered(t, plain, "xl/styles.xml", []byte("<styleSheet><cellXfs>"+strings.Repeat("<xf/>", 1<<19)+"</cellXfs></styleSheet>")), "error.signups_workbook"},
		"another encoding":      {altered(t, plain, sheetPart, []byte(`<?xml version="1.0" encoding="windows-1258"?><worksheet/>`)), "error.signups_workbook"},
	} {
		if !IsWorkbook(c.file) {
			t.Errorf("%s: is none", name)
		}
		table, err := FromWorkbook(c.file)
		var told *referral.Error
		if !errors.As(err, &told) || len(told.Fields) != 1 || told.Fields[0].Key != c.key || told.Fields[0].Line < 1 || told.Fields[0].Column < 1 || table != nil {
			t.Errorf("%s: %q, %+v", name, table, err)
		}
	}
	if IsWorkbook([]byte("day,code,count\n")) || IsWorkbook(nil) {
		t.Error("CSV is a workbook")
	}
}

// A file that says of itself that it is small is not believed.
func TestFromWorkbook_lyingSize(t *testing.T) {
	file := altered(t, workbook(t, []any{"day"}), sheetPart, sheet(strings.Repeat(" ", 2*maxUnpacked)))
	at := bytes.LastIndex(file, []byte(sheetPart)) // in the directory at its end
	copy(file[at-22:], []byte{100, 0, 0, 0})       // the size unpacked
	if table, err := FromWorkbook(file); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("%d bytes, %v", len(table), err)
	}
}

// The largest report that there may be is read.
func TestFromWorkbook_largest(t *testing.T) {
	rows := [][]any{{"Ngày", "Mã", "Bước", "Số"}}
	for range MaxRows {
		rows = append(rows, []any{friday, string(referral.NewCode()), "first_listing", MaxCount})
	}
	table, err := FromWorkbook(workbook(t, rows...))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := ReadCSV(bytes.NewReader(table)); len(got) != MaxRows || err != nil {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

// Whatever a file is, it is refused with a place or becomes CSV that is no
// larger than a sheet may be.
func FuzzFromWorkbook(f *testing.F) {
	good := workbook(f, []any{"Ngày", "Mã", "Số"}, []any{friday, "K7Q2PX", 3}, nil, []any{"24/11/2026", "K7Q2PX", "x"})
	f.Add(good, []byte(nil))
	f.Add(good[:len(good)-30], []byte(nil))
	for _, rows := range []string{"", `<row r="1"><c r="A1" t="s"><v>9</v></c></row>`, `<row r="0"><c r="A0"/></row>`, `<row r="1"><c r="A1" t="inlineStr"><is><t>day</t></is></c></row><row r="2"><c r="A2"><v>1e9</v></c></row>`,
		`<row r="3"><c r="C3"><f>SUM(A1)</f><v>NaN</v></c></row><row r="2"/>`, `<row r="-1"><c r="ZZZZ1"/></row>`} {
		f.Add(good, sheet(rows))
	}
	f.Fuzz(func(t *testing.T, file, part []byte) {
		if part != nil {
			file = altered(t, good, sheetPart, part)
		}
		table, err := FromWorkbook(file)
		var told *referral.Error
		switch {
		case err == nil:
			if n := bytes.Count(table, []byte("\n")); n > maxLines {
				t.Errorf("%d lines", n)
			}
			ReadCSV(bytes.NewReader(table))
		case !errors.As(err, &told) || len(told.Fields) != 1 || told.Fields[0].Line < 1:
			t.Errorf("%v", err)
		}
	})
}
