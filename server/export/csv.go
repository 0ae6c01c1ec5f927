package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Number returns a count.
func Number(n int64) Value {
	return Value{kind: kindNumber, text: strconv.FormatInt(n, 10), number: n}
}

// WriteCSV writes rows as they come, as UTF-8 with the mark by which Excel
// knows it. A text that a spreadsheet would take for a formula is written with
// an apostrophe before it. The first error of the rows or of w ends it.
func WriteCSV(out io.Writer, t Table) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = c.Key
	}
	w.Write(record) // the writer keeps its error
	write := func(row []Value) {
		for i, v := range row {
			if record[i] = v.text; v.kind == kindText {
				record[i] = harmless(v.text)
			}
		}
		w.Write(record[:len(row)])
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		write(row)
	}
	if t.Total != nil {
		write(t.Total)
	}
	w.Flush()
	return w.Error()
}

// harmless keeps a spreadsheet from taking a text for a formula: also one after
// spaces, and one that begins with the wide signs of East Asian keyboards.
func harmless(s string) string {
	trimmed := strings.TrimLeft(s, " \u00a0\u3000")
	if trimmed != "" && strings.ContainsAny(firstRune(trimmed), "=+-@\t\r\n＝＋－＠") {
		return "'" + s
	}
	return s
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
