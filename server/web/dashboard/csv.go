package dashboard

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/stats"
)

// csvHeads are the columns of a file, as the API names them.
var csvHeads = []string{"key", "label", "arrivals", "through", "views", "visitors", "signups", "people", "repeat", "bot", "preview", "recorded"}

// numbersFile answers /so-lieu.csv: a grouping with all its rows, as UTF-8 with
// the mark by which Excel knows it. A number that is withheld is "<5", one that
// is not known is empty.
func (d *Dashboard) numbersFile(v *visit) error {
	s, by, p, err := v.askBreakdown()
	if err != nil {
		return err
	}
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.Write(csvHeads) // a bytes.Buffer does not fail
	for _, row := range v.named(by, p).Rows {
		w.Write(csvRow(row))
	}
	p.Total.Key, p.Total.Label = "", v.l.T("dashboard.overview.total")
	w.Write(csvRow(p.Total))
	w.Flush()
	v.c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	v.c.Attachment("lensan-" + string(by) + "-" + s.period.From.String() + "-" + s.period.To.String() + ".csv")
	return v.c.Send(b.Bytes())
}

func csvRow(r stats.Row) []string {
	out := []string{harmless(r.Key), harmless(r.Label)}
	for _, n := range []int64{r.Arrivals, r.Through, r.Views, r.Visitors, r.Signups, r.People, r.Repeat, r.Bot, r.Preview, r.Recorded()} {
		switch {
		case r.Hidden:
			out = append(out, "<5")
		case n == stats.Unknown:
			out = append(out, "")
		default:
			out = append(out, strconv.FormatInt(n, 10))
		}
	}
	return out
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
