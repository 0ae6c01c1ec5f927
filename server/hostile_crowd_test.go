package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lensan/server/testkit"
)

// What a crowd may cost in bytes: each connection while it is there, and all of
// them once they have left.
const (
	eachHolds   = 40 << 10
	crowdLeaves = 32 << 20
)

// TestHostile_crowd keeps ten thousand connections open that say nothing, half
// a request or one request, while a visitor is redirected.
func TestHostile_crowd(t *testing.T) {
	if raceDetector {
		t.Log("left out: its memory and time would be the race detector's")
		return
	}
	size := room(t, 10_000)
	server := startWatched(t, t.TempDir(), "GOGC=25") // tells soon what is garbage
	codes := server.placements(2)
	guest := server.invite(codes[1])
	before := server.holds()

	var with [2]held
	for i := range with {
		crowd := gather(t, server, size, codes[0])
		with[i] = server.holds()
		t.Logf("%d connections: %s", size, with[i])
		if got := with[i].files - before.files; got < int64(size)-10 { // others come and go
			t.Errorf("%d of %d connections are open", got, size)
		}
		crowd.scatter()
		eventually(t, time.Minute, "the files are closed", func() error {
			if server.files() > before.files+10 {
				return errors.New("they are not")
			}
			return nil
		})
	}
	guest.leave(t)
	server.calmsDown(before)
	for _, h := range with {
		if each := (h.resident - before.resident) / int64(size); each > eachHolds {
			t.Errorf("a connection holds %d bytes, more than %d", each, eachHolds)
		}
	}
	eventually(t, time.Minute, "its memory is free again", func() error {
		for range 20 { // what is garbage shows when there is more of it
			response, err := http.Get(server.URL + "/nhung/" + codes[0])
			if err != nil {
				return err
			}
			response.Body.Close()
		}
		if now := server.holds(); now.heap > before.heap+crowdLeaves {
			return errors.New(now.String())
		}
		return nil
	})
	t.Logf("after more requests: %s", server.holds())
}

// room returns how many connections this process may hold, at most want.
func room(t *testing.T, want int) int {
	t.Helper()
	const others = 500
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if need := uint64(want + others); limit.Cur < need {
		raised := syscall.Rlimit{Cur: min(need, limit.Max), Max: limit.Max}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised); err == nil {
			limit = raised
		}
		if limit.Cur < need {
			testkit.LeaveOut(t, "a crowd of as many connections as wanted", "this process may open too few files")
			return int(limit.Cur) - others
		}
	}
	return want
}

type crowd []net.Conn

// gather opens connections from several addresses, and says a third of what a
// browser would on each.
func gather(t *testing.T, server *watched, size int, code string) crowd {
	t.Helper()
	c := make(crowd, size)
	whole := "GET /go/" + code + " HTTP/1.1\r\nHost: a\r\n\r\n"
	var all sync.WaitGroup
	var failed atomic.Bool
	const hands = 16
	for hand := range hands {
		all.Go(func() {
			from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+hand))}, Timeout: time.Minute}
			for i := hand; i < size; i += hands {
				conn, err := from.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
				if err != nil {
					failed.Store(true)
					t.Error(err)
					return
				}
				c[i] = conn
				switch i % 3 {
				case 0:
					io.WriteString(conn, whole)
					var answer [512]byte
					if n, err := conn.Read(answer[:]); !bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 302 ")) {
						failed.Store(true)
						t.Errorf("answered %q, %v", answer[:n], err)
						return
					}
				case 1:
					io.WriteString(conn, whole[:len(whole)/2])
				}
			}
		})
	}
	all.Wait()
	if failed.Load() {
		c.scatter()
		t.FailNow()
	}
	return c
}

// scatter ends all connections, half of them at once and half in order.
func (c crowd) scatter() {
	for i, conn := range c {
		if conn == nil {
			continue
		}
		if i%2 == 0 {
			conn.(*net.TCPConn).SetLinger(0)
		}
		conn.Close()
	}
}

// TestHostile_fewFiles gives a server fewer files than there are connections:
// it says so to those who come late, and goes on.
func TestHostile_fewFiles(t *testing.T) {
	const files = 400
	data := t.TempDir()
	cmd := program(data, "serve")
	cmd.Args = append([]string{"sh", "-c", `ulimit -n 400 && exec "$0" "$@"`}, cmd.Args...)
	var err error
	if cmd.Path, err = exec.LookPath("sh"); err != nil {
		t.Fatal(err)
	}
	server := &watched{metrics: testkit.FreeAddress(t)}
	cmd.Env = append(cmd.Env, "LENSAN_METRICS_LISTEN="+server.metrics)
	server.process = startBy(t, cmd, cmd.Start)
	code := server.placements(1)[0]
	client := noRedirect(1)
	mustRedirect(t, client, server.URL+"/go/"+code)

	late := 0
	var held crowd
	for range files {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	deadline := time.Now().Add(time.Minute)
	for _, conn := range slices.Backward(held) { // the late ones are answered at once
		conn.SetReadDeadline(deadline)
		var answer [64]byte
		n, err := conn.Read(answer[:])
		if late == 0 { // the last one is the latest: after it a second does for all
			deadline = time.Now().Add(time.Second)
		}
		switch {
		case bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 503 ")):
			late++
		case !errors.Is(err, os.ErrDeadlineExceeded):
			t.Errorf("%q, %v", answer[:n], err)
		}
	}
	const clicks = 200
	for range clicks {
		mustRedirect(t, client, server.URL+"/go/"+code)
	}
	held.scatter()
	eventually(t, time.Minute, "newcomers are served", func() error {
		response, err := http.Get(server.URL + "/readyz")
		if err == nil {
			response.Body.Close()
		}
		return err
	})
	var stats report
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &stats)
	if stats.Total.Recorded != clicks+1 || stats.Lost != 0 || late == 0 {
		t.Errorf("%d redirects, %d recorded, %d lost; %d were told to come back", clicks+1, stats.Total.Recorded, stats.Lost, late)
	}
	t.Logf("%d files: %d of %d connections were answered 503; %d redirects, all recorded", files, late, files, clicks+1)
	server.stop()
}
