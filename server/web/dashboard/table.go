package dashboard

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"lensan/server/stats"
)

// table is a list of parts of a whole.
type table struct {
	ID, Title string
	Head      string
	Count     string   // what is counted
	More      []string // heads of further columns
	Rows      []tableRow
	Total     int64
	Hidden    bool   // the total is withheld too
	Note      string // why there are no rows, or what they are of
	All       string // address of the whole table
	Files     tableFiles
	Left      int // rows that stand on the whole table alone
}

type tableRow struct {
	Label  string
	Sub    string // in small letters below
	Href   string // of the page that is narrowed to the row, "" if there is none
	Value  int64
	Hidden bool // fewer than 5: the value is not given
	Share  string
	Width  string  // of the bar: 100 for the longest
	More   []int64 // of further columns; stats.Unknown where nothing is known
}

// cardRows is how many rows a card of the overview has.
const cardRows = 10

// columns says what stands in a row besides its name and number; nil is nothing.
type columns struct {
	link func(stats.Row) string // address of the row's page
	sub  func(stats.Row) string
	more func(stats.Row) []int64
}

// tableOf sorts rows by arrivals and gives each its share of all. It takes the
// first most rows, all for 0.
func (v *visit) tableOf(by stats.GroupBy, p part, most int, c columns) table {
	t := table{ID: string(by), Title: v.l.T("overview.title." + string(by)), Head: v.l.T("overview.by." + string(by)), Count: v.l.T("dashboard.figure.arrivals"),
		All: v.to(Root+"/bang", "by", string(by)), Files: v.filesOf(by)}
	if p.refused != nil {
		t.Note, t.All, t.Files = v.l.T("overview.table.refused"), "", tableFiles{}
		return t
	}
	rows := append([]stats.Row(nil), p.Rows...)
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Arrivals > rows[j].Arrivals })
	t.Total, t.Hidden = p.Total.Arrivals, p.Total.Hidden
	for _, row := range rows {
		if row.Arrivals == 0 && !row.Hidden {
			continue
		}
		if most > 0 && len(t.Rows) == most {
			t.Left++
			continue
		}
		r := tableRow{Label: row.Label, Value: row.Arrivals, Hidden: row.Hidden}
		if c.link != nil {
			r.Href = c.link(row)
		}
		if c.sub != nil {
			r.Sub = c.sub(row)
		}
		if c.more != nil {
			r.More = c.more(row)
		}
		if !row.Hidden {
			r.Share = v.share(r.Value, t.Total)
			r.Width = strconv.FormatFloat(100*float64(r.Value)/float64(rows[0].Arrivals), 'f', 1, 64)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// named gives rows the labels that people read.
func (v *visit) named(by stats.GroupBy, p part) part {
	rows := append([]stats.Row(nil), p.Rows...)
	for i, row := range rows {
		switch by {
		case "channel", "destination", "device", "os", "browser", "app":
			if by != "destination" || row.Key == "hub" {
				rows[i].Label = v.valueLabel(string(by), row.Key)
			}
		case "province":
			if p := v.provinceOf(row); p != nil {
				rows[i].Label = v.provinceLabel(p)
			}
		case "referrer_host", "campaign", "batch":
			if row.Key == "" {
				rows[i].Label = v.l.T("overview.none." + string(by))
			}
		}
	}
	p.Rows = rows
	return p
}

// narrowedBy returns the address of a row's page: this one, with one more filter.
func (v *visit) narrowedBy(name string) func(stats.Row) string {
	return func(row stats.Row) string {
		if row.Key == "" || strings.HasPrefix(row.Key, "#") {
			return ""
		}
		return v.to(Root, name, row.Key)
	}
}

// share writes part of whole in percent.
func (v *visit) share(part, whole int64) string {
	if whole <= 0 {
		return v.percent(0)
	}
	return v.percent(100 * float64(part) / float64(whole))
}

// percent writes "12 %" in Vietnamese and "12%" in English.
func (v *visit) percent(p float64) string {
	if v.l.Code == "en" {
		return v.hundredth(p) + "%"
	}
	return v.hundredth(p) + "\u00a0%"
}

// hundredth writes how many of a hundred, below ten with one decimal.
func (v *visit) hundredth(p float64) string {
	digits, sign := 0, ""
	switch {
	case p > 0 && p < 0.05:
		p, digits, sign = 0.1, 1, "<"
	case p > 0 && p < 9.95:
		digits = 1
	}
	s := sign + v.l.Number(int64(math.Round(p)))
	if digits > 0 {
		s = sign + strconv.FormatFloat(p, 'f', digits, 64)
		if v.l.Code != "en" {
			s = strings.Replace(s, ".", ",", 1)
		}
	}
	return s
}
