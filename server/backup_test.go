package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mustRun runs this program and returns what it printed.
func mustRun(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", cmd.Args[1:], err, out)
	}
	return string(out)
}

// mustRefuse runs this program, which has to fail with status 1 and say why.
func mustRefuse(t *testing.T, cmd *exec.Cmd, why string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	var status *exec.ExitError
	if !errors.As(err, &status) || status.ExitCode() != exitFailed || !strings.Contains(string(out), why) {
		t.Errorf("%v ended with %v and %q, want status 1 and %q", cmd.Args[1:], err, out, why)
	}
}

// TestBackupUnderLoad_restoresEveryAnsweredClick backs up a loaded server
// several times. Each backup, restored elsewhere and served, holds for each
// placement at least what was answered before it began, and at most what was
// asked by its end.
func TestBackupUnderLoad_restoresEveryAnsweredClick(t *testing.T) {
	const connections, backups = 8, 3
	data, folder := t.TempDir(), t.TempDir()
	server := start(t, data)
	codes := server.placements(connections)
	var asked, answered [connections]atomic.Int64
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
				asked[i].Add(1)
				response, err := client.Get(server.URL + "/go/" + codes[i])
				if err != nil {
					t.Error(err)
					return
				}
				response.Body.Close()
				answered[i].Add(1)
			}
		})
	}
	count := func(counters *[connections]atomic.Int64) (list [connections]int64) {
		for i := range counters {
			list[i] = counters[i].Load()
		}
		return list
	}
	type bounds struct{ least, most [connections]int64 }
	var taken []bounds
	for n := range backups {
		time.Sleep(700 * time.Millisecond)
		least := count(&answered)
		mustRun(t, program(data, "backup", filepath.Join(folder, string(rune('a'+n)))))
		taken = append(taken, bounds{least, count(&asked)})
	}
	close(stop)
	load.Wait()
	server.stop()
	if left, _ := filepath.Glob(filepath.Join(folder, ".*")); len(left) > 0 || exists(filepath.Join(data, "backup.tmp")) {
		t.Errorf("backups left files behind: %v", left)
	}
	for n, b := range taken {
		target := filepath.Join(t.TempDir(), "data")
		mustRun(t, program(target, "restore", filepath.Join(folder, string(rune('a'+n)))))
		mustRun(t, program(target, "check"))
		restored := start(t, target)
		var stats report
		restored.call("GET", "/stats?group_by=placement&wait=applied", nil, http.StatusOK, &stats)
		recorded := map[string]int64{}
		for _, row := range stats.Rows {
			recorded[row.Key] = row.Recorded
		}
		for i, code := range codes {
			if got := recorded[code]; got < b.least[i] || got > b.most[i] {
				t.Errorf("backup %d, %s: %d recorded, between %d and %d expected", n, code, got, b.least[i], b.most[i])
			}
		}
		mustRedirect(t, noRedirect(1), restored.URL+"/go/"+codes[0])
		var after report
		restored.call("GET", "/stats?wait=applied", nil, http.StatusOK, &after)
		if after.Total.Recorded != stats.Total.Recorded+1 {
			t.Errorf("backup %d: %d recorded after one more click on %d", n, after.Total.Recorded, stats.Total.Recorded)
		}
		t.Logf("backup %d: %d clicks restored", n, stats.Total.Recorded)
		restored.stop()
	}
}

// TestBackup_countsWhatTheJournalHolds backs up after a kill, before any
// server has counted the last clicks, and finds neither User-Agent nor hash.
func TestBackup_countsWhatTheJournalHolds(t *testing.T) {
	data := t.TempDir()
	server := start(t, data)
	code := server.placements(1)[0]
	const clicks = 40
	client := noRedirect(1)
	for range clicks {
		request, err := http.NewRequest("GET", server.URL+"/go/"+code, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("User-Agent", "secret-of-a-phone/1.0")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	server.kill()
	file := filepath.Join(t.TempDir(), "lensan.backup")
	if out := mustRun(t, program(data, "backup", file)); !strings.Contains(out, "40 clicks") {
		t.Errorf("backup says %q", out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("secret-of-a-phone")) {
		t.Error("the backup holds a User-Agent")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestBackupAndRestore_refuse(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	file := filepath.Join(folder, "lensan.backup")
	mustRefuse(t, program(data, "backup", file), "holds no database")
	server := start(t, data)
	mustRun(t, program(data, "backup", file))
	mustRefuse(t, program(data, "backup", file), "there already")
	mustRefuse(t, program(data, "restore", file), "A server is using")
	server.stop()
	mustRefuse(t, program(data, "restore", file), "lensan.db is there already")

	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	damaged, strange := filepath.Join(folder, "damaged"), filepath.Join(folder, "strange")
	for name, content := range map[string][]byte{damaged: raw, strange: []byte("no backup")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	empty := t.TempDir()
	mustRefuse(t, program(empty, "restore", damaged), "damaged")
	mustRefuse(t, program(empty, "restore", strange), "not a backup")
	if left, _ := filepath.Glob(filepath.Join(empty, "*.db*")); len(left) > 0 {
		t.Errorf("a refused backup left %v", left)
	}
	stale := filepath.Join(empty, "lensan.db-journal") // which would be played back into what is restored
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, program(empty, "restore", file), "lensan.db-journal is there already")
	if err := os.Remove(stale); err != nil {
		t.Fatal(err)
	}
	mustRun(t, program(empty, "restore", file))
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// With PostgreSQL, what lies in the data folder is not what is served.
func TestBackup_leavesPostgresAlone(t *testing.T) {
	data := t.TempDir()
	t.Setenv("LENSAN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	there := filepath.Join(data, "there.tar")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for verb, file := range map[string]string{"backup": filepath.Join(data, "new.tar"), "restore": there} {
		out, err := program(data, verb, file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "pg_dump") {
			t.Errorf("%s: %v %s", verb, err, out)
		}
	}
}
