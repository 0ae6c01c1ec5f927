package public

import (
	"time"

	"lensan/server/figures"
	"lensan/server/referral"
	"lensan/server/text"
	"lensan/server/web"
)

type figuresData struct {
	Frame      frame
	At         time.Time
	From, To   referral.Day
	Placed     int
	All        int
	Cards      []figuresCard
	Months     []figuresRow
	Total      figuresRow
	Hides      bool
	Map        web.Map
	Provinces  []figuresProvince
	Base       string
	LicenceURL string
}

type figuresCard struct {
	Class, Source, Label string // Source: who counted
	Value                string
}

type figuresRow struct {
	Month                      string
	Arrivals, Through, SignUps string
}

type figuresProvince struct {
	Name, Count string
	Placed      bool
}

func (p *published) pageOf(f *figures.Figures, lang string) ([]byte, error) {
	l := p.d.Pages.Text(lang)
	data := figuresData{Frame: frameIn(lang, figuresPath), At: f.At, From: f.From(), To: f.To(), Placed: f.Placed(), All: len(f.Provinces), Hides: f.Hides(),
		Total: figuresRowOf(l, "", f.Total), Map: p.mapOf(f, l), Base: p.d.Base, LicenceURL: licenceURL}
	measured, reported := l.T("public.figures.measured"), l.T("public.figures.reported")
	data.Cards = []figuresCard{
		{"measured", measured, l.T("public.figures.arrivals"), data.Total.Arrivals},
		{"measured", measured, l.T("public.figures.through"), data.Total.Through},
		{"reported", reported, l.T("public.figures.sign_ups"), data.Total.SignUps},
	}
	for _, m := range f.Months {
		day := m.From.String()
		data.Months = append(data.Months, figuresRowOf(l, day[5:7]+"/"+day[:4], m.Sums))
	}
	for _, x := range f.Provinces {
		row := figuresProvince{Name: referral.Name{Vi: x.NameVi, En: x.NameEn}.In(lang), Placed: x.IsPlaced()}
		if x.Portals > 0 {
			row.Count = l.T("public.figures.of", "n", l.Number(int64(x.Placed)), "all", l.Number(int64(x.Portals)))
		}
		data.Provinces = append(data.Provinces, row)
	}
	return p.d.Pages.Bytes(lang, "figures.html", data)
}

func figuresRowOf(l *text.Language, month string, s figures.Sums) figuresRow {
	number := func(c figures.Count) string {
		if c.Hidden {
			return "<5"
		}
		return l.Number(c.N)
	}
	return figuresRow{month, number(s.Arrivals), number(s.Through), number(s.SignUps)}
}

// mapOf shades the provinces that carry the link and hatches the others.
func (p *published) mapOf(f *figures.Figures, l *text.Language) web.Map {
	shapes := map[string]web.MapShape{}
	placed, missing := l.T("public.figures.placed"), l.T("public.figures.not_yet")
	for _, x := range f.Provinces {
		name := referral.Name{Vi: x.NameVi, En: x.NameEn}.In(l.Code)
		if x.IsPlaced() {
			shapes[x.Code] = web.MapShape{Title: name + ": " + placed, Step: web.MapSteps}
		} else {
			shapes[x.Code] = web.MapShape{Title: name + ": " + missing}
		}
	}
	m := web.NewMap(p.d.Map, l, func(code string) web.MapShape { return shapes[code] })
	m.Title = l.T("public.figures.map", "day", l.Day(referral.DayOf(f.At)))
	m.Legend = []web.MapStep{{Step: web.MapSteps, Text: placed}, {Text: missing}}
	return m
}
