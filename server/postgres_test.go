package main

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"lensan/server/testkit"
)

// everywhere is how soon a change has to be in force at the other server. With
// the race detector, beside all other tests, it only has to come.
func everywhere() time.Duration {
	if raceDetector {
		return time.Minute
	}
	return 2 * time.Second
}

// Two servers start at once on one fresh database, each with a journal of its
// own; one is killed under load and comes back. What either answered is
// recorded once, and a change made at one is in force at the other within 2 s.
func TestPostgres_twoServersOneKilled(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	setting := "LENSAN_DATABASE_URL=" + database
	folders := [2]string{t.TempDir(), t.TempDir()}
	var servers [2]*process
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() { servers[i] = start(t, folders[i], setting) })
	}
	all.Wait()
	const connections = 8
	codes := servers[0].placements(connections)
	begun := time.Now()
	for last := codes[connections-1]; ; time.Sleep(20 * time.Millisecond) {
		response, err := noRedirect(1).Get(servers[1].URL + "/go/" + last)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusFound {
			break
		}
		if time.Since(begun) > everywhere() {
			t.Fatalf("the other server still answers %s", response.Status)
		}
	}
	t.Logf("a placement was in force at the other server after %s", time.Since(begun).Round(time.Millisecond))

	var answered atomic.Int64
	answered.Store(1)
	var load sync.WaitGroup
	stop := make(chan struct{})
	for i := range 2 * connections {
		server, code, client := servers[i%2], codes[i/2], noRedirect(1)
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				response, err := client.Get(server.URL + "/go/" + code)
				if err != nil {
					return // killed
				}
				response.Body.Close()
				if response.StatusCode != http.StatusFound {
					t.Errorf("answered %s", response.Status)
					return
				}
				answered.Add(1)
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	servers[0].kill()
	time.Sleep(300 * time.Millisecond)
	close(stop)
	load.Wait()
	servers[0] = start(t, folders[0], setting)

	var stats report
	for _, server := range servers {
		server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &stats)
	}
	if n := answered.Load(); stats.Total.Recorded < n || stats.Total.Recorded > n+connections || stats.Lost+stats.Unconfirmed != 0 {
		t.Errorf("%d answered, %d recorded, at most %d more expected: %+v", n, stats.Total.Recorded, connections, stats)
	}
	t.Logf("%d clicks answered by two servers, %d recorded, one killed", answered.Load(), stats.Total.Recorded)
	for _, server := range servers {
		server.stop()
	}
}

// Words that one of two servers takes stand on the other's pages and badges
// within 2 s, and so does what is taken back.
func TestPostgres_wordsInForceEverywhere(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	setting := "LENSAN_DATABASE_URL=" + database
	one, two := start(t, t.TempDir(), setting), start(t, t.TempDir(), setting)
	code := one.placements(1)[0]
	two.says("/nhung/"+code, code, everywhere())
	two.says("/b/"+code+".svg", "Hỗ trợ hộ sản xuất nông nghiệp", 0)
	one.put("public.hub.title", "Bán nông sản qua mạng", http.StatusOK)
	one.put("snippet.alt", "Cùng bà con lên sàn số", http.StatusOK)
	one.says("/go/"+code+"/hub", "Bán nông sản qua mạng", 0)
	took := two.says("/go/"+code+"/hub", "Bán nông sản qua mạng", everywhere())
	took += two.says("/b/"+code+".svg", "Cùng bà con lên sàn số", everywhere())
	t.Logf("words were in force at the other server after %s", took.Round(time.Millisecond))
	two.call("DELETE", "/texts/vi/public.hub.title?reason=x", nil, http.StatusNoContent, nil)
	two.says("/go/"+code+"/hub", "Đưa nông sản lên sàn", 0)
	one.says("/go/"+code+"/hub", "Đưa nông sản lên sàn", everywhere())
	for _, server := range []*process{one, two} {
		server.stop()
	}
}

// An instance moves to PostgreSQL between two starts and goes on: its accounts,
// codes and numbers are there, and its journal with what was not applied.
func TestCopy_toPostgres(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	data := t.TempDir()
	server := start(t, data)
	code := server.placements(1)[0]
	client := noRedirect(1)
	for range 10 {
		mustRedirect(t, client, server.URL+"/go/"+code)
	}
	if out, err := program(data, "copy", "--to", database).CombinedOutput(); err == nil || !strings.Contains(string(out), data) {
		t.Errorf("beside a running server: %v %s", err, out)
	}
	server.kill() // clicks may wait in the journal
	if out, err := program(data, "copy", "--to", database).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server = start(t, data, "LENSAN_DATABASE_URL="+database)
	mustRedirect(t, client, server.URL+"/go/"+code)
	var stats report
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &stats)
	if stats.Total.Recorded != 11 {
		t.Errorf("%+v, want 11 recorded", stats)
	}
	server.stop()
}
