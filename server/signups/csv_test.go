package signups

import (
	"errors"
	"strings"
	"testing"

	"lensan/server/referral"
)

// Whatever a file holds, it is read into rows whose places are known, or every
// fault has a place.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"", "day,code,count\n2026-11-24,K7Q2PX,3\n", "\ufeffNgày;Mã;Số\r\n24/11/2026;k7q2px;3\r\n", "day,code,count\n\"", "day,day\n", "day,code,count,stage\n,,,\n", "day,code,count\n1,2\n", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		rows, table, err := ReadCSV(strings.NewReader(file))
		var told *referral.Error
		switch {
		case err == nil:
			if len(rows) == 0 || len(rows) != len(table.lines) {
				t.Errorf("%d rows at %d places", len(rows), len(table.lines))
			}
		case !errors.As(err, &told) || len(told.Fields) == 0:
			t.Errorf("%v", err)
		default:
			for _, fault := range told.Fields {
				if fault.Line < 1 || fault.Column < 1 {
					t.Errorf("a fault without a place: %+v", fault)
				}
			}
		}
		var f referral.Faults
		f.Add("/rows/0/code", "error.code_unknown")
		f.Add("/rows/999999/code", "error.code_unknown")
		table.Located(f.Err())
	})
}
