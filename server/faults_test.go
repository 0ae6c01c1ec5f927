package main

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/testkit"
)

// TestStoreLocked_redirectsGoOn holds the database's write lock from outside.
func TestStoreLocked_redirectsGoOn(t *testing.T) {
	data := t.TempDir()
	server := start(t, data)
	code := server.placements(1)[0]
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "lensan.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	client := noRedirect(1)
	const clicks = 50
	for range clicks {
		mustRedirect(t, client, server.URL+"/go/"+code)
	}
	var stats report
	for deadline := time.Now().Add(time.Minute); stats.StalledSince == nil; time.Sleep(100 * time.Millisecond) {
		server.call("GET", "/stats", nil, http.StatusOK, &stats)
		if time.Now().After(deadline) {
			t.Fatal("the statistics do not say since when they stand still")
		}
	}
	if stats.Total.Recorded != 0 {
		t.Fatalf("%d clicks applied to a locked database", stats.Total.Recorded)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	stats = report{}
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &stats)
	if stats.Total.Recorded != clicks || stats.Lost != 0 || stats.StalledSince != nil {
		t.Errorf("after the lock: %+v, want %d recorded and none lost", stats, clicks)
	}
	server.stop()
}

// TestDiskFull_redirectsGoOnAndLostCounts fills a small real file system.
func TestDiskFull_redirectsGoOnAndLostCounts(t *testing.T) {
	data := t.TempDir()
	if err := syscall.Mount("lensan-test", data, "tmpfs", 0, "size=12m"); err != nil {
		testkit.LeaveOut(t, "a full disk", "mount says: "+err.Error())
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	server := start(t, data)
	code := server.placements(1)[0]
	client := noRedirect(1)
	client.Transport = longName{client.Transport}
	mustRedirect(t, client, server.URL+"/go/"+code)
	var before report
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &before)

	filler := filepath.Join(data, "filler")
	fill(t, filler)
	clicks := int64(0)
	for ready := true; ready; { // the journal's segment has room of its own
		for range 100 {
			mustRedirect(t, client, server.URL+"/go/"+code)
		}
		if clicks += 100; clicks > 200_000 {
			t.Fatal("/readyz says that all is well with a full disk")
		}
		response, err := http.Get(server.URL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		ready = response.StatusCode != http.StatusServiceUnavailable
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	server.waitReady()
	mustRedirect(t, client, server.URL+"/go/"+code)
	var after report
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &after)
		if after.Total.Recorded+after.Lost == before.Total.Recorded+clicks+1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("recorded %d + lost %d, want %d together", after.Total.Recorded, after.Lost, before.Total.Recorded+clicks+1)
		}
	}
	if after.Lost == 0 || after.Unconfirmed != 0 {
		t.Errorf("lost %d, unconfirmed %d on a full disk", after.Lost, after.Unconfirmed)
	}
	t.Logf("full disk: %d redirects answered, %d recorded, %d counted as lost", clicks, after.Total.Recorded-before.Total.Recorded-1, after.Lost)
	server.stop()
}

// longName is a phone of which every click takes much room.
type longName struct{ http.RoundTripper }

func (l longName) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", strings.Repeat("x", referral.MaxUserAgent))
	return l.RoundTripper.RoundTrip(r)
}

// fill takes all room that is left on the file system of path.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

func mustRedirect(t *testing.T, client *http.Client, url string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		t.Fatalf("%s answered %s", url, response.Status)
	}
}
