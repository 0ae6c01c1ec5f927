package store

import (
	"errors"
	"sync"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Of several who close a report at the same moment, one does; what the others
// wrote leaves no trace.
func TestCloseCodeReport_once(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *Store) {
		x := referral.CodeReport{Serial: 42, Where: "Chợ Mỹ Xuyên", CreatedAt: noon}
		if err := s.InsertCodeReport(background, &x); err != nil {
			t.Fatal(err)
		}
		const people = 8
		var wg sync.WaitGroup
		errs := make([]error, people)
		for i := range people {
			wg.Go(func() {
				y := x
				y.ClosedAt, y.ClosedBy, y.Outcome = noon, "account:lan", string(rune('a'+i))
				errs[i] = s.CloseCodeReport(background, y, referral.Change{Time: noon, Entity: "report", Key: "1", Verb: "close", Reason: y.Outcome})
			})
		}
		wg.Wait()
		closed := 0
		for _, err := range errs {
			if err == nil {
				closed++
			} else if !errors.Is(err, referral.ErrConflict) {
				t.Error(err)
			}
		}
		got, err := s.FindCodeReport(background, x.Num)
		list, _, err2 := s.History(background, "report", "1", registry.Page{})
		if closed != 1 || err != nil || err2 != nil || len(list) != 1 || list[0].Reason != got.Outcome {
			t.Errorf("%d closed it: %+v, %v; history %+v, %v", closed, got, err, list, err2)
		}
	})
}
