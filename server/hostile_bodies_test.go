package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHostile_bodies announces bodies that never come, on many connections.
func TestHostile_bodies(t *testing.T) {
	// Together 5 GB, and what they may cost: those of a moment, and as much again
	// of those before, until it is collected.
	const claims, claimed, most = 500, 10_000_000, 400 << 20
	server := startWatched(t, t.TempDir())
	code := server.placements(1)[0]
	guest := server.invite(code)
	before := server.holds()
	for range 2 {
		var held crowd
		for i := range claims {
			conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
			if i%2 == 0 {
				fmt.Fprintf(conn, "POST /api/v1/portals HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n{", claimed)
			} else {
				fmt.Fprintf(conn, "POST /nhung/%s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n{", code, claimed)
			}
		}
		time.Sleep(300 * time.Millisecond) // they are to be there together
		now := server.holds()
		t.Logf("%d claims of %d bytes: %s", claims, claimed, now)
		if grown := now.resident - before.resident; grown > most && !raceDetector {
			t.Errorf("%s more", megabytes(grown))
		}
		response, err := http.Post(server.URL+"/v1/seen", "text/plain", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusRequestEntityTooLarge {
			t.Errorf("a small body: %s", response.Status)
		}
		held.scatter()
	}
	guest.leave(t)
	server.calmsDown(before)
}
