// Package export writes tables as the files that offices open: CSV and XLSX.
// It is told what stands in them and knows neither what is counted nor where
// the files go.
package export

import (
	"iter"
	"time"

	"lensan/server/referral"
)

// A Table is what one file holds.
type Table struct {
	Columns []Column
	Rows    iter.Seq2[[]Value, error] // as many values as there are columns
	Total   []Value                   // below the rows, nil for none
	About   Page                      // a second sheet of a workbook
	Name    string                    // of the first sheet
	Title   string                    // of the document
}

// A Column of a table. Key is its head in CSV, which programs read; Head that
// in a workbook, which people read.
type Column struct {
	Key, Head string
	Wide      bool // holds names
}

// A Page explains a table: what it is of, and what its words mean.
type Page struct {
	Name  string
	Notes []Note
}

// A Note is a line of a page; one without a text is a heading.
type Note struct{ Term, Text string }

// A Value is what one cell holds.
type Value struct {
	kind   kind
	text   string // as CSV writes it
	number int64
	time   time.Time // on the clock of Asia/Ho_Chi_Minh, marked as UTC
}

type kind int

const (
	kindText kind = iota
	kindNumber
	kindDay
	kindMonth
	kindHour
	kindFew // a number that is withheld
)

// Text returns a value of signs, which no program takes for a formula.
func Text(s string) Value { return Value{text: s} }

// Texts returns a row of texts.
func Texts(row []string) []Value {
	out := make([]Value, len(row))
	for i, s := range row {
		out[i] = Text(s)
	}
	return out
}

// Nothing is an empty cell: what is not known.
var Nothing = Value{}

// Few is a number that is withheld because it is small.
var Few = Value{kind: kindFew, text: "<5"}

// Day returns a day that a spreadsheet can count with.
func Day(d referral.Day) Value {
	return Value{kind: kindDay, text: d.String(), time: wall(d.Start())}
}

// Month returns the month of a day.
func Month(d referral.Day) Value {
	return Value{kind: kindMonth, text: d.String()[:7], time: wall(d.Start())}
}

// Hour returns an hour of Asia/Ho_Chi_Minh.
func Hour(t time.Time) Value {
	return Value{kind: kindHour, text: t.In(referral.Zone).Format(time.RFC3339), time: wall(t)}
}

// wall keeps the clock's reading: spreadsheets know no zones.
func wall(t time.Time) time.Time {
	t = t.In(referral.Zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}
