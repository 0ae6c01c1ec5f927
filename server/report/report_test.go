package report

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"lensan/assets"
	"lensan/server/pdf"
	"lensan/server/referral"
	"lensan/server/text"
)

// Every sign that a report can say is in the type.
func TestTexts_haveGlyphs(t *testing.T) {
	bundle, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := pdf.OpenFonts()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, code := range text.Languages {
		l := bundle.In(code)
		for _, key := range l.Keys() {
			if strings.HasPrefix(key, "report.") || strings.HasPrefix(key, "dashboard.define.") || strings.HasPrefix(key, "overview.map.") || strings.HasPrefix(key, "dashboard.channel.") {
				seen++
				if sign, found := fonts.Missing(l.T(key)); found {
					t.Errorf("%s: %s has %q, which the type lacks", code, key, sign)
				}
			}
		}
	}
	if sign, found := fonts.Missing("+−–·…0123456789.,%\u00a0"); found {
		t.Errorf("the type lacks %q", sign)
	}
	if seen < 80 {
		t.Errorf("only %d texts seen", seen)
	}
}

func TestReadMonth(t *testing.T) {
	today := referral.MustDay("2026-11-24")
	for in, want := range map[string]string{"2026-10": "2026-10-01", "2024-02": "2024-02-01", "2000-01": "2000-01-01"} {
		if got, err := ReadMonth(in, "/month", today); err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for in, key := range map[string]string{"2026-11": "error.report_early", "2030-01": "error.report_early", "": "error.report_month", "2026-13": "error.report_month",
		"1999-12": "error.report_month", "2026-10-01": "error.report_month"} {
		_, err := ReadMonth(in, "/month", today)
		var e *referral.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Key != key || e.Fields[0].Field != "/month" {
			t.Errorf("%q: %v, want %s", in, err, key)
		}
	}
}

func FuzzReadMonth(f *testing.F) {
	for _, s := range []string{"2026-10", "2026-11", "", "-1-01", "99999-99", "2026-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, err := ReadMonth(s, "/month", referral.MustDay("2026-11-24"))
		if err == nil && (day.String() != s+"-01" || lastOf(day).String() > "2026-10-31") {
			t.Errorf("%q is %s", s, day)
		}
	})
}

// FuzzOutline shows that a path of any form is drawn or refused, never a panic.
func FuzzOutline(f *testing.F) {
	for _, s := range []string{"M1 2l3-4h0z", "M1 2", "l", "M-1-2z", "Q1 2", "M99999999999999999999 1"} {
		f.Add(s)
	}
	bad := regexp.MustCompile(`[^Mlhz0-9 -]`)
	f.Fuzz(func(t *testing.T, s string) {
		var page sheet
		if err := page.outline(s, 0, 0, 1, white); err == nil && bad.MatchString(s) {
			t.Errorf("%q was drawn", s)
		}
	})
}
