package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/assets"
)

// TestHostile_slow asks byte by byte on some connections, and hardly reads what
// is answered on others.
func TestHostile_slow(t *testing.T) {
	const writers, readers = 200, 200
	server := startWatched(t, t.TempDir())
	codes := server.placements(2)
	guest := server.invite(codes[1])
	before := server.holds()

	file, err := assets.Files.ReadFile("js/chart.js")
	if err != nil {
		t.Fatal(err)
	}
	large := fmt.Sprintf("/assets/js/chart.%x.js", sha256.Sum256(file))[:len("/assets/js/chart.")+10] + ".js"
	var all sync.WaitGroup
	for range readers {
		all.Go(func() { readSlowly(t, server, large, len(file)) })
	}
	for range writers {
		all.Go(func() { askSlowly(t, server, codes[0]) })
	}
	all.Wait()
	guest.leave(t)
	server.calmsDown(before)

	var stats report
	server.call("GET", "/stats?group_by=placement&wait=applied", nil, http.StatusOK, &stats)
	for _, row := range stats.Rows {
		if row.Key == codes[0] && row.Recorded != writers {
			t.Errorf("%d slow redirects, %d recorded", writers, row.Recorded)
		}
	}
}

// askSlowly sends one byte at a time and is redirected all the same.
func askSlowly(t *testing.T, server *watched, code string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	for _, b := range []byte("GET /go/" + code + " HTTP/1.1\r\nHost: a\r\n\r\n") {
		if _, err := conn.Write([]byte{b}); err != nil {
			t.Error(err)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusFound {
		t.Errorf("asked byte by byte: %v, %v", answer, err)
	}
}

// readSlowly takes a few bytes at a time for a second, with next to no room for
// more, and then goes away.
func readSlowly(t *testing.T, server *watched, path string, size int) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil)
	if err != nil || answer.StatusCode != http.StatusOK || answer.ContentLength != int64(size) {
		t.Errorf("%s: %v, %v", path, answer, err)
		return
	}
	for buf, end := make([]byte, 16), time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, err := io.ReadFull(answer.Body, buf); err != nil {
			t.Error(err)
			return
		}
	}
}
