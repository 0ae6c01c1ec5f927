package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"lensan/server/referral"
)

func rowsOf(rows ...[]Value) func(func([]Value, error) bool) {
	return func(yield func([]Value, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var day = referral.MustDay("2026-11-24")

func sample() Table {
	return Table{
		Columns: []Column{{Key: "key", Head: "Mã"}, {Key: "label", Head: "Tỉnh, thành phố", Wide: true}, {Key: "arrivals", Head: "Lượt đến"}},
		Rows: rowsOf(
			[]Value{Text("91"), Text("An Giang"), Number(1234567)},
			[]Value{Text("=1+1"), Text("@SUM(A1)"), Few},
			[]Value{Day(day), Month(day), Nothing},
			[]Value{Hour(day.Start().Add(9 * 3600e9)), Text("Đắk Lắk"), Number(0)}),
		Total: []Value{Text(""), Text("Cộng"), Number(1234567)},
		Name:  "Số liệu", Title: "Theo tỉnh",
		About: Page{Name: "Giải thích", Notes: []Note{{Term: "Phạm vi"}, {"Lượt đến", "Số lượt bấm của người."}}},
	}
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, sample()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffkey,label,arrivals\n91,An Giang,1234567\n'=1+1,'@SUM(A1),<5\n2026-11-24,2026-11,\n2026-11-24T09:00:00+07:00,Đắk Lắk,0\n,Cộng,1234567\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// A spreadsheet program sees types: a number is no text, a day is a serial
// number, and a text that looks like a formula is none.
func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := WriteXLSX(&b, sample()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"Số liệu", "Giải thích"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]struct {
		raw, shown string
		kind       excelize.CellType
	}{
		"C1": {"Lượt đến", "Lượt đến", excelize.CellTypeInlineString},
		"A2": {"91", "91", excelize.CellTypeInlineString},
		"C2": {"1234567", "1,234,567", excelize.CellTypeUnset},
		"A3": {"=1+1", "=1+1", excelize.CellTypeInlineString},
		"C3": {"<5", "<5", excelize.CellTypeInlineString},
		"A4": {"46350", "24/11/2026", excelize.CellTypeUnset},
		"B4": {"46350", "11/2026", excelize.CellTypeUnset},
		"C4": {"", "", excelize.CellTypeUnset},
		"A5": {"46350.375", "24/11/2026 09:00", excelize.CellTypeUnset},
		"C6": {"1234567", "1,234,567", excelize.CellTypeUnset},
	} {
		raw, err1 := f.GetCellValue("Số liệu", cell, excelize.Options{RawCellValue: true})
		shown, err2 := f.GetCellValue("Số liệu", cell)
		kind, err3 := f.GetCellType("Số liệu", cell)
		formula, err4 := f.GetCellFormula("Số liệu", cell)
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		if raw != want.raw || shown != want.shown || kind != want.kind || formula != "" {
			t.Errorf("%s: %q shown as %q, type %d, formula %q; want %+v", cell, raw, shown, kind, formula, want)
		}
	}
	panes, err := f.GetPanes("Số liệu")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head is not frozen: %+v, %v", panes, err)
	}
	about, err := f.GetRows("Giải thích")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"Phạm vi"}, {"Lượt đến", "Số lượt bấm của người."}}, about); diff != "" {
		t.Error(diff)
	}
}

func TestWrite_errors(t *testing.T) {
	broken := errors.New("broken")
	table := sample()
	table.Rows = func(yield func([]Value, error) bool) { yield(nil, broken) }
	full := sample()
	for name, write := range map[string]func(io.Writer, Table) error{"CSV": WriteCSV, "XLSX": WriteXLSX} {
		if err := write(io.Discard, table); !errors.Is(err, broken) {
			t.Errorf("%s of rows that fail: %v", name, err)
		}
		if err := write(noRoom{}, full); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s without room: %v", name, err)
		}
	}
}

type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// Whatever a text is, CSV gives it back, at most with an apostrophe before it,
// and never as the beginning of a formula.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "An Giang", "=1+1", " =1", "＝1", "-", "+84", "@x", "\t=1", "\r\n", "a\"b,c\nd", "\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := WriteCSV(&b, Table{Columns: make([]Column, 2), Rows: rowsOf([]Value{Text(s), Text("x")})}); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
		if err != nil || len(records) != 2 {
			t.Fatalf("%q is read as %q: %v", s, records, err)
		}
		got := records[1][0]
		// A reader of CSV takes CR LF for LF.
		want := strings.ReplaceAll(s, "\r\n", "\n")
		if got != want && got != "'"+want {
			t.Errorf("%q became %q", s, got)
		}
		if begin := []rune(strings.TrimLeft(got, " \u00a0\u3000")); len(begin) > 0 && slices.Contains([]rune("=+-@\t\r\n＝＋－＠"), begin[0]) {
			t.Errorf("%q is a formula: %q", s, got)
		}
	})
}
