package poster

import (
	"strings"

	"lensan/server/pdf"
	"lensan/server/referral"
	"lensan/server/text"
)

// A Sheet is one poster or sticker. Names may be long: they are set smaller,
// and cut with "…" where even the smallest type is too large. Empty ones leave
// their line out.
type Sheet struct {
	Code      referral.Code
	ScanURL   string // what the symbol holds: "HTTPS://LENSAN.GOV.VN/K7Q2PX"
	Words     string // the same as people type it: "lensan.gov.vn/K7Q2PX"
	VerifyURL string // where people check it, without a scheme
	Province  string // "Tỉnh An Giang"
	Portal    string // name of the portal that placed it
	Place     string // "Nhà văn hoá ấp Vĩnh Hậu"
	Commune   string
	Serial    string // "" on a draft and without a batch
	Hotline   string
	Texts     referral.PosterTexts
	Draft     bool // says so in white on black, and shows no serial number
}

func checkSigns(faults *referral.Faults, pointer, value string, f *fonts) {
	if sign, found := f.Missing(value); found {
		faults.Add(pointer, "error.poster_glyph", "sign", string(sign))
	}
}

// check reports every field at fault.
func (s *Sheet) check(f *fonts) error {
	var faults referral.Faults
	for _, field := range []struct{ pointer, value string }{
		{"/words", s.Words}, {"/verify_url", s.VerifyURL}, {"/province", s.Province}, {"/portal", s.Portal},
		{"/place", s.Place}, {"/commune", s.Commune}, {"/serial", s.Serial}, {"/hotline", s.Hotline},
	} {
		checkSigns(&faults, field.pointer, field.value, f)
	}
	for name, value := range s.Texts {
		checkSigns(&faults, "/texts/"+name, value, f)
	}
	return faults.Err()
}

// words returns a text of the sheet, its own or the language's, in a weight.
func (s *Sheet) words(l *text.Language, key string, w pdf.Weight) []span {
	return []span{{s.text(l, key), w}}
}

// text returns the sheet's own text or the language's.
func (s *Sheet) text(l *text.Language, key string) string {
	if own, ok := s.Texts[key]; ok {
		return own
	}
	return l.T("poster." + key)
}

// filled puts a value in semi-bold in the place of {name}, or at the end.
func filled(text, name, value string) []span {
	before, after, found := strings.Cut(text, "{"+name+"}")
	if !found {
		before += " "
	}
	return []span{{before, pdf.Regular}, {value, pdf.SemiBold}, {after, pdf.Regular}}
}

// where joins place and commune.
func (s *Sheet) where() string {
	switch {
	case s.Place == "":
		return s.Commune
	case s.Commune == "":
		return s.Place
	}
	return s.Place + ", " + s.Commune
}
