package public

import (
	"testing"
	"unicode/utf8"

	"lensan/server/referral"
)

func TestReadAsked(t *testing.T) {
	w := string(widgetCode)
	for _, row := range []struct {
		typed, number string
		want          asked
	}{
		{w, "", asked{Code: w}},
		{" k7q 2p - " + w[5:], "", asked{Code: w}},
		{"0001 2344", "", asked{Serial: 1234, Number: "0001 2344"}},
		{"Số 00012344", "", asked{Serial: 1234, Number: "0001 2344"}},
		{"０００１ ２３４４", "", asked{Serial: 1234, Number: "0001 2344"}},
		{"0001-2344", "", asked{Serial: 1234, Number: "0001 2344"}},
		{"0001 2345", "", asked{Number: "0001 2345"}}, // the check digit does not fit
		{"0001234", "", asked{Number: "0001234"}},
		{w + " 0001 2344", "", asked{Code: w, Serial: 1234, Number: "0001 2344"}},
		{w[:3] + "-" + w[3:] + ", số 0001 2344", "", asked{Code: w, Serial: 1234, Number: "0001 2344"}},
		{"0001 2344 " + w, "", asked{Code: w, Serial: 1234, Number: "0001 2344"}},
		{w + " 0001 2345", "", asked{Code: w, Number: "0001 2345"}},
		{w, "00012344", asked{Code: w, Serial: 1234, Number: "0001 2344"}},
		{w, "abc", asked{Code: w, Number: "abc"}},
		{"", "00012344", asked{Serial: 1234, Number: "0001 2344"}},
		{"https://h.vn/go/" + w + "/guide", "", asked{Code: w}},
		{"K7Q2P0", "", asked{Code: "K7Q2P0"}},
		{"xin chào bà con", "", asked{}},
	} {
		if got := readAsked(row.typed, row.number); got != row.want {
			t.Errorf("readAsked(%q, %q) = %+v, want %+v", row.typed, row.number, got, row.want)
		}
	}
}

func FuzzReadAsked(f *testing.F) {
	for _, seed := range [][2]string{{"K7Q2PX", ""}, {"K7Q2PX 0001 2344", ""}, {"0001 2344,K7Q2PX", ""}, {"", "Nº 0001 2344"}, {"０００１", "\xff"}, {"123456 00012344", ""}, {"////", "0"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, typed, number string) {
		a := readAsked(typed, number)
		if a.Serial < 0 || a.Serial > 0 && a.Number != a.Serial.String() {
			t.Errorf("readAsked(%q, %q): serial %d is shown as %q", typed, number, a.Serial, a.Number)
		}
		if !utf8.ValidString(a.Number) || !utf8.ValidString(a.Code) {
			t.Errorf("readAsked(%q, %q): not UTF-8", typed, number)
		}
		if again := readAsked(a.Code, a.Number); a.Code != "" && (again.Code != a.Code || again.Serial != a.Serial) {
			t.Errorf("readAsked(%q, %q) = %+v, and again %+v", typed, number, a, again)
		}
	})
}

func FuzzReadReport(f *testing.F) {
	for _, seed := range [][3]string{{"K7Q2PW", "xã Vĩnh Hòa", "dán đè\nlên mã cũ"}, {"0001 2344", "", ""}, {"", "x", "\x00"}, {"K7Q2PW 0001 2345", "\xff", "\u202e"}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, ma, where, note string) {
		report, err := readReport(ma, where, note)
		if err != nil {
			return
		}
		if report.Validate() != nil {
			t.Errorf("readReport(%q, %q, %q) passes, and is not valid", ma, where, note)
		}
		if _, err := referral.ParseCode(string(report.Code)); report.Code != "" && err != nil {
			t.Errorf("readReport(%q, %q, %q): %q is no code", ma, where, note, report.Code)
		}
	})
}
