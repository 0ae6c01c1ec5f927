package app

import (
	"sync"
	"testing"

	"lensan/server/referral"
	"lensan/server/signups"
	"lensan/server/stats"
	"lensan/server/testkit"
)

// A report that reaches two servers a hundred times at once counts once.
func TestSignups_twoServersAtOnce(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	p := startPair(t, database)
	day := referral.DayOf(p.now())
	var jobs sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[signups.Outcome]int{}
	for i := range 100 {
		a := p.servers[i%2]
		jobs.Go(func() {
			in := signups.Input{ReportID: "một", Destination: "postmart", Source: "api", Rows: []signups.Row{{Day: day, Code: p.outside.code, Stage: signups.SignUp, Count: 3}}}
			_, outcome, err := signups.New(a.store, a.registry, a.links, p.now).Take(t.Context(), root, in)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			outcomes[outcome]++
		})
	}
	jobs.Wait()
	for i, a := range p.servers {
		r, err := a.stats.Query(t.Context(), stats.Query{From: day, To: day, Lang: "vi"})
		if err != nil || r.Total.Signups != 3 {
			t.Errorf("server %d: %d sign-ups, %v", i, r.Total.Signups, err)
		}
	}
	if outcomes[signups.Created] != 1 || outcomes[signups.Same] != 99 {
		t.Errorf("%v", outcomes)
	}
}
