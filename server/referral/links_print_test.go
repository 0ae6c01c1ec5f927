package referral

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever the ranges, each number leads to the code whose sheet bears it.
func TestLinks_bySerial(t *testing.T) {
	ps := realProvinces(t)
	rapid.Check(t, func(t *rapid.T) {
		s := snapshot(destination("a", ""), destination("b", ""), destination("c", ""))
		s.Batches = []PrintBatch{{ID: "x", Name: "Đợt 1", State: BatchPrinted}}
		owner := map[Serial]Code{}
		next := Serial(1)
		for _, code := range []Code{"b", "a", "c"} {
			next += Serial(rapid.IntRange(0, 3).Draw(t, "gap"))
			n := Serial(rapid.IntRange(0, 4).Draw(t, "sheets"))
			place := PrintPlace{Code: code, Batch: "x"}
			if n > 0 {
				place.Serials = SerialRange{next, next + n - 1}
			}
			for i := range n {
				owner[next+i] = code
			}
			next += n
			s.Places = append(s.Places, place)
		}
		l, err := BuildLinks(s, ps, nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := Serial(0); n <= next; n++ {
			code, found := l.BySerial(n)
			if want, printed := owner[n], owner[n] != ""; code != want || found != printed {
				t.Fatalf("number %d is on the sheet of %q (%v), want %q", n, code, found, want)
			}
			if found && (!l.Print(code).Serials.Contains(n) || l.Print(code).Batch.Name != "Đợt 1") {
				t.Fatalf("%s: %+v does not hold %d", code, l.Print(code), n)
			}
		}
		if l.Print("hub") != nil {
			t.Fatal("a code of no batch has one")
		}
	})
}
