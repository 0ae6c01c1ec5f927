package export

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Colours of the head, as everything of ours has them.
const (
	accent = "0B6B3A"
)

// styles of a workbook, by what they are for.
type styles struct {
	head, headNumber, text, number, few, day, month, hour int
	total, totalNumber, term, wrapped                     int
}

// WriteXLSX writes a workbook of two sheets: the table, with a frozen head and
// cells that a spreadsheet can count with, and what explains it. Rows are taken
// as they come; large sheets wait in a temporary file. The first error of the
// rows or of w ends it.
func WriteXLSX(w io.Writer, t Table) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", t.Name); err != nil {
		return err
	}
	if err := writeTable(f, &t, st); err != nil {
		return err
	}
	if _, err := f.NewSheet(t.About.Name); err != nil {
		return err
	}
	if err := writePage(f, t.About, st); err != nil {
		return err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: t.Title, Creator: "Lên Sàn", LastModifiedBy: "Lên Sàn"}); err != nil {
		return err
	}
	return f.Write(w)
}

func newStyles(f *excelize.File) (s styles, err error) {
	add := func(into *int, st excelize.Style) {
		if err == nil {
			*into, err = f.NewStyle(&st)
		}
	}
	format := func(s string) *string { return &s }
	line := []excelize.Border{{Type: "top", Color: accent, Style: 1}}
	head := excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{accent}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	add(&s.head, head)
	head.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true}
	add(&s.headNumber, head)
	add(&s.text, excelize.Style{NumFmt: 49})
	add(&s.number, excelize.Style{NumFmt: 3})
	add(&s.few, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Horizontal: "right"}})
	add(&s.day, excelize.Style{CustomNumFmt: format("dd/mm/yyyy"), Alignment: &excelize.Alignment{Horizontal: "left"}})
	add(&s.month, excelize.Style{CustomNumFmt: format("mm/yyyy"), Alignment: &excelize.Alignment{Horizontal: "left"}})
	add(&s.hour, excelize.Style{CustomNumFmt: format("dd/mm/yyyy hh:mm"), Alignment: &excelize.Alignment{Horizontal: "left"}})
	add(&s.total, excelize.Style{Font: &excelize.Font{Bold: true}, Border: line})
	add(&s.totalNumber, excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 3, Border: line, Alignment: &excelize.Alignment{Horizontal: "right"}})
	add(&s.term, excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	add(&s.wrapped, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	return s, err
}

// cell makes a value one that a spreadsheet knows the type of. Texts stay
// texts: a workbook, unlike CSV, says which cells are formulas.
func (v Value) cell(s *styles) excelize.Cell {
	switch v.kind {
	case kindNumber:
		return excelize.Cell{StyleID: s.number, Value: v.number}
	case kindDay:
		return excelize.Cell{StyleID: s.day, Value: v.time}
	case kindMonth:
		return excelize.Cell{StyleID: s.month, Value: v.time}
	case kindHour:
		return excelize.Cell{StyleID: s.hour, Value: v.time}
	case kindFew:
		return excelize.Cell{StyleID: s.few, Value: v.text}
	}
	if v.text == "" {
		return excelize.Cell{StyleID: s.text}
	}
	return excelize.Cell{StyleID: s.text, Value: v.text}
}

const (
	wideColumn   = 34 // in signs
	narrowColumn = 14
	headHeight   = 32 // points: two lines
)

func writeTable(f *excelize.File, t *Table, st styles) error {
	sw, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	one := 1
	landscape, paper, fit, many := "landscape", 9, true, 0
	if err := f.SetPageLayout(t.Name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &one, FitToHeight: &many}); err != nil {
		return err
	}
	if err := f.SetSheetProps(t.Name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		width, style := float64(narrowColumn), st.headNumber
		if c.Wide {
			width, style = wideColumn, st.head
		}
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: style, Value: c.Head}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sw.SetRow("A1", head, excelize.RowOpts{Height: headHeight}); err != nil {
		return err
	}
	last := 1
	write := func(row []Value, style func(Value) excelize.Cell) error {
		last++
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = style(v)
		}
		return sw.SetRow(fmt.Sprintf("A%d", last), cells)
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		if err := write(row, func(v Value) excelize.Cell { return v.cell(&st) }); err != nil {
			return err
		}
	}
	if t.Total != nil {
		if err := write(t.Total, func(v Value) excelize.Cell {
			c := v.cell(&st)
			if c.StyleID = st.totalNumber; v.kind == kindText {
				c.StyleID = st.total
			}
			return c
		}); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", t.Name), Scope: t.Name})
}

func writePage(f *excelize.File, p Page, st styles) error {
	sw, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	for i, width := range []float64{28, 96} {
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, n := range p.Notes {
		cells := []any{excelize.Cell{StyleID: st.term, Value: n.Term}, excelize.Cell{StyleID: st.wrapped, Value: n.Text}}
		if n.Text == "" {
			cells = []any{excelize.Cell{StyleID: st.head, Value: n.Term}, excelize.Cell{StyleID: st.head}}
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}
