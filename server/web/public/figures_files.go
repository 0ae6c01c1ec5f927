package public

import (
	"bytes"
	"encoding/json"
	"time"

	"lensan/server/export"
	"lensan/server/figures"
	"lensan/server/referral"
)

type figuresJSON struct {
	Title    nameJSON     `json:"title"`
	Source   string       `json:"source"`
	AsOf     string       `json:"as_of"`
	Licence  licenceJSON  `json:"licence"`
	Sample   bool         `json:"sample,omitempty"` // made-up numbers
	Notes    []string     `json:"notes"`
	Period   periodJSON   `json:"period"`
	Total    sumsJSON     `json:"total"`
	Months   []monthJSON  `json:"months"`
	Coverage coverageJSON `json:"coverage"`
}

type nameJSON struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

type licenceJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type periodJSON struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// sumsJSON keeps what was measured and what was reported apart. A number that
// is hidden is null.
type sumsJSON struct {
	Measured struct {
		Arrivals      *int64 `json:"arrivals"`
		ClickThroughs *int64 `json:"click_throughs"`
	} `json:"measured"`
	Reported struct {
		SignUps *int64 `json:"sign_ups"`
	} `json:"reported"`
}

type monthJSON struct {
	Month string `json:"month"`
	sumsJSON
}

type coverageJSON struct {
	Provinces  int            `json:"provinces"`
	WithLink   int            `json:"provinces_with_link"`
	ByProvince []provinceJSON `json:"by_province"`
}

type provinceJSON struct {
	Code     string   `json:"code"`
	Name     nameJSON `json:"name"`
	HasLink  bool     `json:"has_link"`
	Portals  int      `json:"portals"`
	WithLink int      `json:"portals_with_link"`
}

// notesJSON say what the words mean, for whoever meets the file alone.
var notesJSON = []string{
	"measured: counted here, one for each click or scan by a person; click_throughs went on to a destination.",
	"reported: told by the marketplaces, 0 where they have not reported; not to be added to what was measured.",
	"null: from 1 to 4, withheld so that nobody can be recognised; totals leave such months out.",
	"Provinces are the 34 of today; has_link is true where at least one portal carries the link.",
}

func (p *published) jsonOf(f *figures.Figures) ([]byte, error) {
	title := func(lang string) string { return p.d.Pages.Text(lang).T("public.figures.title") }
	out := figuresJSON{Title: nameJSON{title("vi"), title("en")}, Source: p.d.Base + figuresPath, AsOf: f.At.In(referral.Zone).Format(time.RFC3339),
		Licence: licenceJSON{licenceID, licenceName, licenceURL}, Sample: p.d.Pages.IsSample(), Notes: notesJSON,
		Period: periodJSON{f.From().String(), f.To().String()}, Total: sumsOf(f.Total),
		Coverage: coverageJSON{Provinces: len(f.Provinces), WithLink: f.Placed()}}
	for _, m := range f.Months {
		out.Months = append(out.Months, monthJSON{m.From.String()[:len("2026-11")], sumsOf(m.Sums)})
	}
	for _, x := range f.Provinces {
		out.Coverage.ByProvince = append(out.Coverage.ByProvince, provinceJSON{x.Code, nameJSON{x.NameVi, x.NameEn}, x.IsPlaced(), x.Portals, x.Placed})
	}
	return json.Marshal(out)
}

func sumsOf(s figures.Sums) (out sumsJSON) {
	number := func(c figures.Count) *int64 {
		if c.Hidden {
			return nil
		}
		return &c.N
	}
	out.Measured.Arrivals, out.Measured.ClickThroughs = number(s.Arrivals), number(s.Through)
	out.Reported.SignUps = number(s.SignUps)
	return out
}

// csvOf writes one table of three kinds of rows: months, their total, and
// provinces. What a kind does not have is empty.
func csvOf(f *figures.Figures) ([]byte, error) {
	var t export.Table
	for _, key := range []string{"record", "from", "to", "province", "province_name", "measured_arrivals", "measured_click_throughs", "reported_sign_ups",
		"has_link", "portals", "portals_with_link", "as_of", "licence"} {
		t.Columns = append(t.Columns, export.Column{Key: key})
	}
	none, asOf, licence := export.Nothing, export.Text(f.At.In(referral.Zone).Format(time.RFC3339)), export.Text(licenceName+" "+licenceURL)
	number := func(c figures.Count) export.Value {
		if c.Hidden {
			return export.Few
		}
		return export.Number(c.N)
	}
	sums := func(record string, from, to referral.Day, s figures.Sums) []export.Value {
		return []export.Value{export.Text(record), export.Day(from), export.Day(to), none, none, number(s.Arrivals), number(s.Through), number(s.SignUps), none, none, none, asOf, licence}
	}
	t.Rows = func(yield func([]export.Value, error) bool) {
		for _, m := range f.Months {
			if !yield(sums("month", m.From, m.To, m.Sums), nil) {
				return
			}
		}
		if !yield(sums("total", f.From(), f.To(), f.Total), nil) {
			return
		}
		for _, p := range f.Provinces {
			has := "no"
			if p.IsPlaced() {
				has = "yes"
			}
			if !yield([]export.Value{export.Text("province"), none, none, export.Text(p.Code), export.Text(p.NameVi), none, none, none,
				export.Text(has), export.Number(int64(p.Portals)), export.Number(int64(p.Placed)), asOf, licence}, nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	err := export.WriteCSV(&b, t)
	return b.Bytes(), err
}
