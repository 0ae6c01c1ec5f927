package main

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/server/testkit"
)

// TestKilledUnderLoad_losesNothing kills a real process again and again at
// random moments of recording, applying and trimming. Each connection has a
// placement of its own and one request under way at a time, so a kill leaves at
// most one click of each placement that was recorded and not answered; anything
// beyond that would be a click counted twice.
func TestKilledUnderLoad_losesNothing(t *testing.T) {
	kills, connections := 5, 16
	if testkit.Full() {
		kills = 24
	} else {
		t.Logf("%d kills instead of 24: the full count runs in server/test.sh", kills)
	}
	data := t.TempDir()
	server := start(t, data)
	codes := server.placements(connections)
	answered := make([]atomic.Int64, connections)
	random := rand.New(rand.NewPCG(1034, uint64(time.Now().UnixNano())))

	for range kills {
		client := noRedirect(connections)
		stop := make(chan struct{})
		var load sync.WaitGroup
		for i := range connections {
			load.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					response, err := client.Get(server.URL + "/go/" + codes[i])
					if err != nil {
						return
					}
					response.Body.Close()
					if response.StatusCode != http.StatusFound {
						t.Errorf("answered %s", response.Status)
						return
					}
					answered[i].Add(1)
				}
			})
		}
		time.Sleep(time.Duration(20+random.IntN(700)) * time.Millisecond)
		server.kill()
		close(stop)
		load.Wait()
		client.CloseIdleConnections()
		server = start(t, data)
	}

	var stats report
	server.call("GET", "/stats?group_by=placement&wait=applied", nil, http.StatusOK, &stats)
	recorded := map[string]int64{}
	for _, row := range stats.Rows {
		recorded[row.Key] = row.Recorded
	}
	var sum int64
	for i, code := range codes {
		n := answered[i].Load()
		sum += n
		if got := recorded[code]; got < n || got > n+int64(kills) {
			t.Errorf("%s: %d answered, %d recorded, at most %d expected", code, n, got, n+int64(kills))
		}
	}
	if c := stats.Total; c.Recorded != c.People+c.Repeat+c.Bot+c.Preview {
		t.Errorf("recorded %d is not the sum of its classes %+v", c.Recorded, c)
	}
	t.Logf("%d kills, %d clicks answered with 302, %d recorded, %d answered and missing, 0 twice", kills, sum, stats.Total.Recorded, max(0, sum-stats.Total.Recorded))
	if took := server.stop(); took > 30*time.Second {
		t.Errorf("stopping took %s", took)
	}
}
