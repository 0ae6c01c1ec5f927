package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
)

// placementsVariable sets how many placements TestRestart_manyPlacements has.
const placementsVariable = "LENSAN_TEST_PLACEMENTS"

// What is promised of a million placements, and of as many as there are in
// proportion, on a machine that does nothing else. Where others work, too, as in
// the short form, the time is a processor's, and memory what is left of it once
// garbage was collected.
const (
	restartReady   = 5 * time.Second // from the start of the process, for a million
	placementBytes = 500             // resident, for each
)

// TestRestart_manyPlacements starts a server on a registry as large as all
// printed sheets of a country, and changes it.
func TestRestart_manyPlacements(t *testing.T) {
	if raceDetector {
		t.Log("left out: its memory and time would be the race detector's")
		return
	}
	n, text := 100_000, os.Getenv(placementsVariable)
	if text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Logf("%d placements; more with %s=1000000", n, placementsVariable)
	}
	data := t.TempDir()
	server := startWatched(t, data)
	last := server.placements(1)[0]
	server.stop()
	begun := time.Now()
	server = startWatched(t, data)
	small, smallWorked, before := time.Since(begun), server.worked(), server.holds()
	server.stop()
	begun = time.Now()
	codes := fillRegistry(t, filepath.Join(data, "lensan.db"), n)
	t.Logf("%d placements written in %s", n, time.Since(begun).Round(time.Millisecond))

	begun = time.Now()
	server = startWatched(t, data)
	ready, worked := time.Since(begun), server.worked()
	client := noRedirect(1)
	mustRedirect(t, client, server.URL+"/go/"+string(codes[n-1]))
	mustRedirect(t, client, server.URL+"/go/"+last)
	after := server.holds()
	each := func(now held) int64 { return (now.resident - before.resident) / int64(n) }
	t.Logf("1 placement: ready after %s, %s", small.Round(time.Millisecond), before)
	t.Logf("%d placements: ready after %s (%s of a processor), %s: %d bytes for each", n, ready.Round(time.Millisecond), worked, after, each(after))

	for tries := 1; ; tries++ {
		begun = time.Now()
		server.call("PATCH", "/placements/"+last, map[string]any{"label": fmt.Sprint("Chân trang ", tries)}, http.StatusOK, nil)
		changed := time.Since(begun)
		after = server.holds()
		t.Logf("a change is in force after %s; then %s: %d bytes for each", changed.Round(time.Millisecond), after, each(after))
		if each(after) <= placementBytes {
			break
		}
		if text != "" || tries == 20 {
			t.Fatalf("%d bytes for each placement, %d are promised", each(after), placementBytes)
		}
	}

	most := restartReady * time.Duration(n) / 1_000_000
	if more := worked - smallWorked; more > most {
		t.Errorf("ready after %s of a processor more, %s are promised", more, most)
	}
	if text != "" && ready > small+most {
		t.Errorf("ready after %s, %s are promised", ready, small+most)
	}
	server.stop()
}

// worked returns the processor time that a process has used.
func (p *process) worked() time.Duration {
	p.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // what precedes is the name
	f := strings.Fields(rest)
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		p.t.Fatal(err)
	}
	return time.Duration(user+system) * (time.Second / 100)
}

// fillRegistry adds placements to a store that has a portal, and returns their
// codes.
func fillRegistry(t *testing.T, path string, n int) []referral.Code {
	t.Helper()
	s, err := store.OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	codes, seen := make([]referral.Code, 0, n), make(map[referral.Code]bool, n)
	now := time.Now().UTC().Truncate(time.Millisecond)
	err = s.Write(t.Context(), func(tx registry.Tx) error {
		for len(codes) < n {
			code := referral.NewCode()
			if seen[code] {
				continue
			}
			seen[code] = true
			codes = append(codes, code)
			if err := tx.InsertPlacement(&referral.Placement{Code: code, Portal: "stttt-an-giang", Kind: referral.PlacementQR, Destination: "support_portal",
				Label: "Áp phích ở nhà văn hoá ấp " + strconv.Itoa(len(codes)), State: referral.PlacementOpen, CreatedAt: now, UpdatedAt: now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes
}
